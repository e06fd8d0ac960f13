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

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from sparsernn.costs import TRAINED, costs  # noqa: E402
from sparsernn.errors import InputError  # noqa: E402
from sparsernn.files import write_csv  # noqa: E402

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
    try:
        table = costs(results / "timings")
    except InputError as error:
        sys.exit(str(error))
    trained = table["part"].isin(TRAINED)
    table["start_up"] = (table["jobs"] * _start_up()).where(trained)
    write_csv(table.round(1), results / "benchmarks" / "study.csv")
    print(table.round(0).to_string(index=False))
    total = table["core_seconds"].sum()
    share = table["start_up"].sum() / total
    print(f"total {total / 3600:.2f} core-hours; start-up of training jobs {share:.0%}")


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
