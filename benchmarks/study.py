"""What a finished study cost: `python benchmarks/study.py [RESULTS]`.

Reads the logs of its jobs and writes RESULTS/benchmarks/study.csv: by part, protocol and cell the
number of jobs and their core-seconds, and how many of these are start-up.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from sparsernn.errors import InputError  # noqa: E402
from sparsernn.files.tables import write_csv  # noqa: E402
from sparsernn.workflow.core_seconds import costs  # noqa: E402


def main() -> None:
    """Read, sum, write, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("results", type=Path, nargs="?", default=Path("results"))
    results = parser.parse_args().results
    try:
        table = costs(results)
    except InputError as error:
        sys.exit(str(error))
    write_csv(table.round(1), results / "benchmarks" / "study.csv")
    print(table.round(0).to_string(index=False))
    total = table["core_seconds"].sum()
    share = table["start_up"].sum() / total
    print(f"total {total / 3600:.2f} core-hours; start-up of jobs {share:.0%}")


if __name__ == "__main__":
    main()
