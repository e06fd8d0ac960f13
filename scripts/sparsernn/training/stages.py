"""A digest after each stage of a small training, to compare two machines by.

`PYTHONPATH=scripts python -m sparsernn.training.stages` prints them for each cell of the fused
engine. Machines that train the same networks print the same lines; the first that differs names the
stage at which they part.
"""

import hashlib
import sys
from collections.abc import Iterator

import torch

from sparsernn.data.datasets import make_strings
from sparsernn.data.strings import Strings
from sparsernn.engine.choice import check_engine, fused_cells
from sparsernn.engine.trainer import Trainer
from sparsernn.files.environment import c_library, processor, versions
from sparsernn.graphs.families.watts_strogatz import watts_strogatz
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.seeds import numpy_generator, torch_seed
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.loop import evaluate
from sparsernn.training.optimisers import new_optimiser
from sparsernn.training.settings import Training
from sparsernn.wiring.wiring import Wiring

__all__ = ["stages"]

ROOT = 1
HOW = Training(epochs=1, batch_size=32, lr=0.001, clip_norm=5.0)


def stages(cell: str) -> Iterator[tuple[str, str]]:
    """Name and digest of each stage, from the strings to the test, of a training of one epoch.

    Args:
        cell: one that the fused engine runs.

    Example:
        >>> [name for name, _ in stages("gru")][:3]
        ['strings', 'graph', 'initial weights']
    """
    check_engine("fused", cell)
    decoys = dict.fromkeys(("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8"), 60)
    table = make_strings(500, decoys, 1, 0.25, numpy_generator(ROOT, "strings"))
    yield "strings", _digest(table.to_csv(index=False).encode())
    graph = watts_strogatz(30, 6, 0.5, numpy_generator(ROOT, "graph"))
    yield "graph", _digest(repr(sorted(graph.edges)).encode())
    generator = torch.Generator().manual_seed(torch_seed(ROOT, "weights"))
    network = SequenceClassifier(Wiring.from_graph(graph, cell), generator=generator)
    yield "initial weights", _weights(network)
    train, test = (Strings.encode(table[table.split == part]) for part in ("train", "test"))
    with network.flattened() as parameters:
        assert network.whole is not None
        optimiser = new_optimiser(HOW.optimizer, parameters, HOW.lr, flat=True)
        trainer = Trainer(*network.whole, optimiser, HOW.clip)
        order = numpy_generator(ROOT, "order")
        for number, batch in enumerate(train.batches(HOW.batch_size, order)):
            if not number:
                with torch.no_grad():
                    codes, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
                    yield "first outputs", _digest(network(codes, lengths).numpy().tobytes())
            loss, norm, _ = trainer.step(batch.inputs, batch.lengths, batch.targets)
            if not number:
                yield "loss and norm", _digest(repr((loss, norm)).encode())
                yield "gradient", _digest(trainer.gradient.tobytes())
                yield "step", _digest(trainer.flat.tobytes())
        yield "epoch", _digest(trainer.flat.tobytes())
        yield "test", _digest(repr(evaluate(network, test, HOW.batch_size)).encode())


def _weights(network: SequenceClassifier) -> str:
    state = network.state_dict()
    return _digest(b"".join(tensor.numpy().tobytes() for tensor in state.values()))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _print_all() -> None:
    fix_arithmetic()
    known = versions(("torch", "numba", "numpy"))
    print(f"# {processor()}; {c_library()}; {', '.join(f'{k} {v}' for k, v in known.items())}")
    for cell in fused_cells():
        for name, value in stages(cell):
            print(f"{cell:10} {name:16} {value}")
            sys.stdout.flush()


if __name__ == "__main__":
    _print_all()
