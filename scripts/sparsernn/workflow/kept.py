"""The tables of a study, kept in a folder of their own, so that nobody need train them again.

A study may be run in parts, on several days or machines: rows that are new are added to those that
the folder has, and rows of the same network replaced. Of a run that is not finished, the tables of
its jobs are taken. To keep those of a run:

    PYTHONPATH=scripts python -m sparsernn.workflow.kept results/mine tables/mine
"""

import sys
from pathlib import Path

import pandas as pd

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.core_seconds import TRAINED, of_jobs
from sparsernn.workflow.plan import TABLES

__all__ = ["keep", "merged"]

_NETWORK = ("protocol", "cell", "family", "graph", "seed")
_KEYS = (
    "job",
    *_NETWORK,
    "schedule",
    "target",
    "scope",
    "criterion",
    "draw",
    "percent",
    "epoch",
    "lr",
)


def keep(results: Path, folder: Path) -> dict[str, int]:
    """Add the tables of a study's results to a folder.

    Args:
        results: the folder of the study's results; tables of which it has nothing stay as they are.
        folder: where the tables are kept, in the same places.

    Returns:
        The number of rows of each table that was written. Beside them, costs.csv has the
        core-seconds of the jobs that trained them.

    Raises:
        InputError: there is no table in the results.
    """
    counts = {}
    for name in TABLES:
        target = folder / f"{name}.csv"
        whole = read_csv(target) if target.exists() else None
        for source in _sources(results, name):
            whole = merged(whole, read_csv(source))
            counts[name] = len(whole)
        if name in counts:
            target.parent.mkdir(parents=True, exist_ok=True)
            write_csv(whole, target)
    if not counts:
        raise InputError(
            f"{results}: no tables of networks or graphs. Give the folder of a study's results."
        )
    jobs = of_jobs(results)
    trained = jobs[jobs["part"].isin(TRAINED)].drop(columns="start_up")
    if len(trained):
        costs = folder / "costs.csv"
        known = read_csv(costs) if costs.exists() else None
        write_csv(merged(known, trained.round({"core_seconds": 0})), costs)
    return counts


def _sources(results: Path, name: str) -> list[Path]:
    """A table of a finished run, or the tables of the jobs that it would be made from."""
    source, (part, _, kind) = results / f"{name}.csv", name.partition("/")
    if source.exists():
        return [source]
    pattern = "sweep.csv" if kind == "sweep" else f"*.{kind}.csv"
    return sorted((results / part).rglob(pattern)) if kind != "properties" else []


def merged(known: pd.DataFrame | None, new: pd.DataFrame) -> pd.DataFrame:
    """The rows of both tables, sorted by what they are of; of the same network the new ones.

    Example:
        >>> known = pd.DataFrame({"seed": [0, 1], "test_acc": [0.5, 0.6]})
        >>> merged(known, pd.DataFrame({"seed": [1, 2], "test_acc": [0.7, 0.8]})).values.tolist()
        [[0.0, 0.5], [1.0, 0.7], [2.0, 0.8]]
    """
    keys = [name for name in _KEYS if name in new]
    whole = new if known is None else pd.concat([known, new], ignore_index=True)
    return whole.drop_duplicates(keys, keep="last").sort_values(keys, ignore_index=True)


if __name__ == "__main__":
    try:
        for table, rows in keep(Path(sys.argv[1]), Path(sys.argv[2])).items():
            print(f"{sys.argv[2]}/{table}.csv: {rows} rows")
    except InputError as problem:
        sys.exit(str(problem))
