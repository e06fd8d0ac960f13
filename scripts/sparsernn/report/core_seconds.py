"""The processor time of a study: what each job wrote at the end of its log, summed."""

import os
import re
from pathlib import Path

import pandas as pd

from sparsernn.errors import InputError

__all__ = ["TRAINED", "costs"]

TRAINED = ("dense", "pruning", "sparse")  # in their paths, protocol and cell follow
_LINE = re.compile(r"^core-seconds: ([\d.]+), start-up ([\d.]+)$", re.M)


def costs(results: str | os.PathLike[str]) -> pd.DataFrame:
    """Jobs and core-seconds of a study, by part, protocol and cell.

    Of a job that ran several times, the last run counts. Snakemake's own `cpu_time`, in its
    benchmark files, is sampled too rarely for short jobs.

    Args:
        results: the folder of a study's results.

    Returns:
        Columns part, protocol, cell, jobs, core_seconds, and the part of these that is start_up:
        before a job's own work began, mostly imports.

    Raises:
        InputError: no job has ended.
    """
    root = Path(results)
    jobs = [job for path in sorted(root.rglob("*.log")) if (job := _job(path, root))]
    if not jobs:
        raise InputError(f"{root}: no logs of jobs that have ended. Give a study that has run.")
    table = pd.DataFrame(jobs).groupby(["part", "protocol", "cell"])
    columns = {name: (name, "sum") for name in ("core_seconds", "start_up")}
    return table.agg(jobs=("core_seconds", "size"), **columns).reset_index()


def _job(path: Path, root: Path) -> dict[str, object] | None:
    """One job's log; None if it did not end."""
    found = _LINE.findall(path.read_text(encoding="utf-8", errors="replace"))
    if not found:
        return None
    part, *rest = path.relative_to(root).with_suffix("").parts
    protocol, cell = rest[:2] if part in TRAINED else ("", "")
    core_seconds, start_up = map(float, found[-1])
    return {
        "part": rest[0] if part == "logs" else part,
        "protocol": protocol,
        "cell": cell,
        "core_seconds": core_seconds,
        "start_up": start_up,
    }
