"""What a study cost: the times that Snakemake wrote for each job, summed."""

import os
from pathlib import Path

import pandas as pd

from sparsernn.errors import InputError

__all__ = ["TRAINED", "costs"]

TRAINED = ("dense", "pruning", "sparse")  # parts whose paths go on with protocol and cell


def costs(folder: str | os.PathLike[str]) -> pd.DataFrame:
    """Jobs and core-seconds of a study by part, protocol and cell.

    A job has one thread, so its seconds are core-seconds where each had a core to itself.
    Snakemake's own `cpu_time` is sampled too rarely for short jobs.

    Args:
        folder: the `timings` of a study's results.

    Raises:
        InputError: there are none.
    """
    root = Path(folder)
    jobs = [_job(path, root) for path in sorted(root.rglob("*.tsv"))]
    if not jobs:
        raise InputError(f"{root}: no timings (*.tsv). Give those of a study that has run.")
    groups = pd.DataFrame(jobs).groupby(["part", "protocol", "cell"])
    table = groups.agg(jobs=("core_seconds", "size"), core_seconds=("core_seconds", "sum"))
    return table.reset_index()


def _job(path: Path, root: Path) -> dict[str, object]:
    part, *rest = path.relative_to(root).with_suffix("").parts
    protocol, cell = rest[:2] if part in TRAINED else ("", "")
    seconds = float(pd.read_csv(path, sep="\t")["s"].sum())
    return {"part": part, "protocol": protocol, "cell": cell, "core_seconds": seconds}
