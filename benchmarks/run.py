"""Run the benchmarks: `python benchmarks/run.py [--quick] [--only dense ...] [--out FOLDER]`.

Writes summary.csv, machine.json and the figures engine and large, each as .pdf and .svg.
"""

import argparse
import json
import sys
from pathlib import Path

import pandas as pd
import torch
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from cases import CASES  # noqa: E402
from draw import draw_engine, draw_large  # noqa: E402
from timing import conditions  # noqa: E402

from sparsernn.files.tables import write_csv  # noqa: E402
from sparsernn.files.whole import write_text  # noqa: E402
from sparsernn.report.style import save  # noqa: E402


def main() -> None:
    """Measure, write, draw."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer cases and repetitions")
    parser.add_argument(
        "--only", choices=CASES, nargs="+", default=[*CASES], help="some benchmarks"
    )
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks"), help="folder")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)  # as in all jobs of the workflow
    rows = []
    with threadpool_limits(1):
        about = conditions()
        for name in options.only:
            for row in CASES[name](options.quick):
                print("{benchmark:12}{cell:10}{case:44}{ratio:8.2f}".format(**row), flush=True)
                rows.append(row)
    table = pd.DataFrame(rows)
    options.out.mkdir(parents=True, exist_ok=True)
    write_csv(table, options.out / "summary.csv")
    write_text(json.dumps(about, indent=2) + "\n", options.out / "machine.json")
    for name, draw in {"engine": draw_engine, "large": draw_large}.items():
        for kind in ("pdf", "svg"):
            save(draw(table), options.out / f"{name}.{kind}")


if __name__ == "__main__":
    main()
