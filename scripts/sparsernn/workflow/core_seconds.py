"""The processor time of a study: what each job wrote at the end of its log, summed."""

import os
import re
from pathlib import Path

import pandas as pd

from sparsernn.errors import InputError

__all__ = ["TRAINED", "costs", "of_jobs"]

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
    jobs = of_jobs(results)
    if jobs.empty:
        raise InputError(f"{results}: no logs of jobs that have ended. Give a study that has run.")
    table = jobs.groupby(["part", "protocol", "cell"])
    columns = {name: (name, "sum") for name in ("core_seconds", "start_up")}
    return table.agg(jobs=("core_seconds", "size"), **columns).reset_index()


def of_jobs(results: str | os.PathLike[str]) -> pd.DataFrame:
    """The core-seconds of each job that has ended.

    Args:
        results: the folder of the study's results.

    Returns:
        Columns job (its log, in that folder), part, protocol, cell, core_seconds, start_up.
    """
    root = Path(results)
    jobs = [job for path in sorted(root.rglob("*.log")) if (job := _job(path, root))]
    columns = ["job", "part", "protocol", "cell", "core_seconds", "start_up"]
    return pd.DataFrame(jobs, columns=columns)


def _job(path: Path, root: Path) -> dict[str, object] | None:
    """One job's log; None if it did not end."""
    found = _LINE.findall(path.read_text(encoding="utf-8", errors="replace"))
    if not found:
        return None
    part, *rest = path.relative_to(root).with_suffix("").parts
    protocol, cell = rest[:2] if part in TRAINED else ("", "")
    core_seconds, start_up = map(float, found[-1])
    return {
        "job": path.relative_to(root).as_posix(),
        "part": rest[0] if part == "logs" else part,
        "protocol": protocol,
        "cell": cell,
        "core_seconds": core_seconds,
        "start_up": start_up,
    }
