"""How far results differ between processors: `python benchmarks/processors.py [--quick]`.

Trains the same networks as compiled for several kinds of processor, each in a process of its own,
and prints by cell how far their test losses and accuracies are from those of this machine's own
kind. One machine stands for several: it can do with fewer vector instructions than it has.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from sparsernn.files.tables import write_csv  # noqa: E402
from sparsernn.report.tables.formats import markdown  # noqa: E402
from sparsernn.thesis.repository import CELLS  # noqa: E402

# What numba compiles for, with the features of that processor alone, and what torch takes.
# The first is this machine's own.
PROCESSORS = {
    "own": {},
    "AVX2 and FMA": {
        "NUMBA_CPU_NAME": "x86-64-v3",
        "NUMBA_CPU_FEATURES": "",
        "ATEN_CPU_CAPABILITY": "avx2",
    },
    "SSE4.2": {
        "NUMBA_CPU_NAME": "x86-64-v2",
        "NUMBA_CPU_FEATURES": "",
        "ATEN_CPU_CAPABILITY": "default",
    },
}
Outcomes: TypeAlias = dict[str, list[tuple[float, float]]]  # by cell: test loss and accuracy


def main() -> None:
    """Train on each, compare, print, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="fewer networks and epochs")
    parser.add_argument("--train", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=Path("results/benchmarks"), help="folder")
    options = parser.parse_args()
    if options.train:
        print(json.dumps(train_all(options.quick)))
        return
    outcomes = {name: on_processor(name, options.quick) for name in PROCESSORS}
    table = pd.DataFrame(compare(outcomes))
    write_csv(table, options.out / "processors.csv")
    lines = [[name.replace("_", " ") for name in table.columns]]
    lines += [[f"{x:.4g}" if isinstance(x, float) else str(x) for x in row] for row in table.values]
    print(markdown("Differences between processors", "Of test accuracy.", lines, 2))


def on_processor(name: str, quick: bool) -> Outcomes:
    """What networks come to that are trained as on a processor."""
    command = [sys.executable, __file__, "--train", *(["--quick"] if quick else [])]
    with tempfile.TemporaryDirectory() as cache:  # else kernels of another would be taken
        environment = {**os.environ, **PROCESSORS[name], "NUMBA_CACHE_DIR": cache}
        done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE)
    result: Outcomes = json.loads(done.stdout)
    return result


def train_all(quick: bool) -> Outcomes:
    """Train networks of every cell on graphs of the thesis's families."""
    import torch

    from sparsernn.data.datasets import make_strings
    from sparsernn.data.strings import Strings
    from sparsernn.graphs.families.barabasi_albert import barabasi_albert
    from sparsernn.graphs.families.watts_strogatz import watts_strogatz
    from sparsernn.networks.classifier import SequenceClassifier
    from sparsernn.seeds import numpy_generator
    from sparsernn.training.loop import train
    from sparsernn.training.settings import Training
    from sparsernn.wiring.protocol import CORRECTED
    from sparsernn.wiring.wiring import Wiring

    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    decoys = {f"m{i}": 200 for i in range(1, 9)}
    frame = make_strings(1600, decoys, 11, 0.25, numpy_generator(1, "strings"))
    strings = Strings.splits(frame)
    settings = Training(3 if quick else 15, 32, 1e-3, 5.0)
    found: Outcomes = {}
    for cell in CELLS:
        found[cell] = []
        for i in range(2 if quick else 10):
            rng = numpy_generator(1, f"graph/{i}")
            n = 10 + 3 * i
            graph = (barabasi_albert(n, n // 5, rng), watts_strogatz(n, 4, 1.0, rng))[i % 2]
            wiring = Wiring.from_graph(graph, cell, CORRECTED)
            network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(i))
            run = train(network, *strings, settings, numpy_generator(1, f"order/{i}"))
            found[cell].append((run.history[-1].test_loss, run.history[-1].test_acc))
    return found


def compare(outcomes: dict[str, Outcomes]) -> list[dict[str, object]]:
    """A row a processor and cell: how many accuracies are the same, and how far others are."""
    rows: list[dict[str, object]] = []
    own = outcomes["own"]
    for name in list(outcomes)[1:]:
        for cell, values in outcomes[name].items():
            here, there = np.array(own[cell]), np.array(values)
            loss, accuracy = np.abs(there - here).T
            rows.append(
                {
                    "processor": name,
                    "cell": cell,
                    "networks": len(accuracy),
                    "same_accuracy": int((accuracy == 0).sum()),
                    "median_apart": float(np.median(accuracy)),
                    "most_apart": float(accuracy.max()),
                    "means_apart": float(abs(there[:, 1].mean() - here[:, 1].mean())),
                    "median_loss_apart": float(np.median(loss)),
                }
            )
    return rows


if __name__ == "__main__":
    main()
