"""What a finished study cost: `python benchmarks/study.py [RESULTS]`.

Reads the timings that Snakemake wrote, and writes RESULTS/benchmarks/study.csv: by part,
protocol and cell the number of jobs and their core-seconds, and how many of these are start-up:
imports and the loading of compiled kernels, measured here on a job without work.
"""

import argparse
import os
import resource
import subprocess
import sys
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from sparsernn.files import write_csv  # noqa: E402

TRAINED = ("dense", "pruning", "sparse")  # parts whose paths go on with protocol and cell
NO_WORK = """
import torch, sparsernn.records, sparsernn.training
from sparsernn.network import SequenceClassifier
from sparsernn.wiring import Wiring
network = SequenceClassifier(Wiring.dense("gru", 4, 4))
network(torch.ones(2, 1, dtype=torch.long), torch.tensor([2])).sum().backward()
"""


def main() -> None:
    """Read, sum, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"))
    results = parser.parse_args().results
    folder = results / "timings"
    jobs = pd.DataFrame([_job(path, folder) for path in sorted(folder.rglob("*.tsv"))])
    if jobs.empty:
        sys.exit(f"{folder}: no timings (*.tsv). Give the results folder of a study.")
    table = jobs.groupby(["part", "protocol", "cell"]).agg(
        jobs=("core_seconds", "size"), core_seconds=("core_seconds", "sum")
    )
    table = table.reset_index()
    trained = table["part"].isin(TRAINED)
    table["start_up"] = (table["jobs"] * _start_up()).where(trained)
    write_csv(table.round(1), results / "benchmarks" / "study.csv")
    print(table.round(0).to_string(index=False))
    total = table["core_seconds"].sum()
    share = table["start_up"].sum() / total
    print(f"total {total / 3600:.2f} core-hours; start-up of training jobs {share:.0%}")


def _job(path: Path, folder: Path) -> dict[str, object]:
    part, *rest = path.relative_to(folder).with_suffix("").parts
    protocol, cell = rest[:2] if part in TRAINED else ("", "")
    # Not cpu_time, which is sampled too rarely for short jobs. A job has one thread, so its seconds
    # are core-seconds if each job had a core to itself.
    seconds = pd.read_csv(path, sep="\t")["s"].sum()
    return {"part": part, "protocol": protocol, "cell": cell, "core_seconds": float(seconds)}


def _start_up() -> float:
    """Core-seconds of a training job without work, the second time: with a warm cache."""
    spent = 0.0
    for _ in range(2):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "OMP_NUM_THREADS": "1"}
        subprocess.run([sys.executable, "-c", NO_WORK], check=True, env=environment)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent


if __name__ == "__main__":
    main()
