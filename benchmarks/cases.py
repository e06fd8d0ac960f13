"""What is measured: training steps of the engine beside those of others, and how they scale."""

import math
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import product

import numpy as np
import pandas as pd
import torch
from released_loop import ReleasedLoop
from roofline import least_seconds
from timing import Row, alternate, row, sgemm_rate
from torch import Tensor, nn

from sparsernn.data.grammars import DECOYS, REBER, sample
from sparsernn.data.strings import Batch, Strings
from sparsernn.data.tasks.an_bn import an_bn
from sparsernn.engine.batch import make_steps
from sparsernn.engine.clipping import Clip
from sparsernn.graphs.families.barabasi_albert import barabasi_albert
from sparsernn.graphs.families.watts_strogatz import watts_strogatz
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.speed.how_fast import Speeds, how_fast
from sparsernn.speed.timing import median
from sparsernn.thesis.repository import CELLS
from sparsernn.training.settings import Training
from sparsernn.training.steps import step, stepping
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED
from sparsernn.wiring.wiring import Wiring, gates_of

__all__ = ["CASES"]

CLIP = 5.0
DENSITIES = (1.0, 0.7, 0.5, 0.3, 0.1, 0.04)


@cache
def strings(batch: int, seed: int = 0, length: int | None = None) -> Batch:
    """A batch of Reber strings and decoys as in the thesis, or of random ones of one length."""
    rng = np.random.default_rng(seed)
    if length is not None:
        codes = rng.integers(66, 80, (length, batch))
        return Batch(codes, np.full(batch, length), rng.integers(0, 2, batch))
    texts = [sample(g, 400, 16, rng) for g in (REBER, DECOYS["m4"])]
    chosen = [str(rng.choice(texts[i % 2])) for i in range(batch)]
    lengths = np.array([len(text) for text in chosen])
    codes = np.zeros((lengths.max(), batch), np.int64)
    for column, text in enumerate(chosen):
        codes[: len(text), column] = np.frombuffer(text.encode(), np.uint8)
    return Batch(codes, lengths, np.arange(batch) % 2)


class TorchStack(nn.Module):
    """What one would write with `torch.nn`: embedding, three dense layers, read-out."""

    def __init__(self, cell: str, size: int = 50, layers: int = 3, outputs: int = 2) -> None:
        super().__init__()
        self.embedding = nn.Embedding(128, size)
        kinds = {"gru": nn.GRU, "lstm": nn.LSTM}
        if cell in kinds:
            self.recurrent = kinds[cell](size, size, layers)
        else:
            self.recurrent = nn.RNN(size, size, layers, nonlinearity=cell.removeprefix("rnn_"))
        self.out = nn.Linear(size, outputs)

    def forward(self, codes: Tensor, lengths: Tensor) -> Tensor:
        """Logits at the last letter."""
        outputs, _ = self.recurrent(self.embedding(codes))
        return self.out(outputs[lengths - 1, torch.arange(len(lengths))])

    def steps(self, codes: Tensor, lengths: Tensor) -> Tensor:
        """Logits at every letter."""
        return self.out(self.recurrent(self.embedding(codes))[0])


class Stepper:
    """Whole training steps of a network on one batch; ours are those of the project's own loop."""

    def __init__(self, network: nn.Module, batch: Batch) -> None:
        if isinstance(network, SequenceClassifier):
            self.context = stepping(network, Training(1, len(batch.targets), 1e-4, CLIP))
            self.take_step = self.context.__enter__()
        else:
            # Beside its own loop, each gets the optimiser that is best for it.
            optimiser = torch.optim.Adam(network.parameters(), lr=1e-4, fused=True)
            self.take_step = lambda batch: step(network, optimiser, batch, Clip(CLIP))  # type: ignore
        self.batch = batch

    def __call__(self) -> None:
        """Forward, backward, clip, Adam."""
        self.take_step(self.batch)


def thesis_wirings(cell: str, quick: bool, seed: int = 5) -> Iterator[tuple[str, Wiring]]:
    """Networks of the published protocol on the thesis's two families, 10 to 50 vertices."""
    rng = np.random.default_rng(seed)
    for n in (10, 30) if quick else (10, 20, 30, 40, 50):
        graphs = {"ba": barabasi_albert(n, n // 10, rng), "ws": watts_strogatz(n, n // 5, 1.0, rng)}
        for family, graph in graphs.items():
            yield f"{family} {n}", Wiring.from_graph(graph, cell, PUBLISHED)


def sparse(quick: bool) -> Iterator[Row]:
    """Sparse networks, B = 128, against the loop of the thesis."""
    for cell in CELLS:
        for name, wiring in thesis_wirings(cell, quick):
            ours, other = (SequenceClassifier(wiring, engine=e) for e in ("fused", "torch"))
            a, b = Stepper(ours, strings(128)), Stepper(ReleasedLoop(other), strings(128))
            yield row("sparse", cell, name, *alternate(a, b, 2 if quick else 5))


def dense(quick: bool) -> Iterator[Row]:
    """Dense 3 x 50, B = 32, against `torch.nn`."""
    for cell in CELLS:
        for read in ("last_letter", "last_step"):
            ours = SequenceClassifier(Wiring.dense(cell, 50, 50, 3, read))
            a, b = Stepper(ours, strings(32)), Stepper(TorchStack(cell), strings(32))
            yield row("dense", cell, read, *alternate(a, b, 5 if quick else 25))


def next_symbol(quick: bool) -> Iterator[Row]:
    """The next symbol of aⁿbⁿ at every step, dense 1 x 50, B = 32, against `torch.nn`."""
    drawn = an_bn(32, (2, 60), 0.3, np.random.default_rng(0))
    symbols = Strings.encode(pd.DataFrame({"string": [text for text, _ in drawn]}))
    [batch] = symbols.batches(32)
    for cell in CELLS:
        wiring = Wiring.dense(cell, 50, 50, 1)
        ours = SequenceClassifier(wiring, num_classes=symbols.outputs)
        other = TorchStack(cell, layers=1, outputs=symbols.outputs)
        a, b = Stepper(ours, batch), Stepper(other, batch)
        yield row("next_symbol", cell, "every step", *alternate(a, b, 5 if quick else 25))


def pruned(quick: bool) -> Iterator[Row]:
    """Dense 3 x 50, B = 32, pruned to less and less, against itself unpruned."""
    for cell in CELLS:
        whole = SequenceClassifier(
            Wiring.dense(cell, 50, 50, 3, "last_step"), generator=torch.Generator().manual_seed(0)
        )
        for percent in (50, 90) if quick else (10, 30, 50, 60, 70, 80, 85, 90, 95, 99):
            less = prune_network(whole, Pruning(percent, "both", CORRECTED))
            original = SequenceClassifier.from_state_dict(whole.wiring, whole.state_dict())
            a, b = Stepper(less, strings(32)), Stepper(original, strings(32))
            yield row("pruned", cell, str(percent), *alternate(a, b, 5 if quick else 15))


def multiply_adds(wiring: Wiring, batch: Batch) -> float:
    """Multiplications of weights in a training step: forward, states back, weights' gradients."""
    active = (batch.lengths > np.arange(len(batch.inputs))[:, None]).sum(1)
    if wiring.readout_step == "last_step":
        active = np.full(len(batch.inputs), len(batch.lengths))
    return 3.0 * wiring.weights * make_steps(active, True).tokens


def limit(quick: bool) -> Iterator[Row]:
    """The step beside the time that sgemm, at its best, would need for its multiplications."""
    rate = sgemm_rate()
    for cell in CELLS:
        cases = {"dense 3 x 50": (Wiring.dense(cell, 50, 50, 3, "last_step"), 32)}
        cases |= {name: (wiring, 128) for name, wiring in list(thesis_wirings(cell, True))[-1:]}
        for name, (wiring, size) in cases.items():
            batch = strings(size)
            ours = median(Stepper(SequenceClassifier(wiring), batch), 5 if quick else 25)
            best = 2 * multiply_adds(wiring, batch) / rate
            yield row("sgemm", cell, name, ours, best, best / ours)
            # tanh alone, over as many numbers as the step takes tanh and sigmoids of.
            each = gates_of(cell) + (cell == "lstm") if cell != "rnn_relu" else 0
            units = sum(block.size for block in wiring.blocks)
            arguments = torch.randn(each * units, batch.inputs.size)
            values = torch.empty_like(arguments)
            tanh = partial(torch.tanh, arguments, out=values)
            alone = median(tanh, 5) if each else 0.0
            yield row("activations", cell, name, ours, alone, alone / ours)


def scaling(quick: bool) -> Iterator[Row]:
    """Our step alone, against one size at a time, the others held."""

    def measure(axis: str, value: int, wiring: Wiring, batch: Batch) -> Row:
        network = SequenceClassifier(wiring)
        units = sum(block.size for block in wiring.blocks)
        case = f"{axis} {value}"
        ours = median(Stepper(network, batch), 3 if quick else 9)
        return row(
            "scaling", wiring.cell, f"{case} ({units} units, {wiring.weights} weights)", ours
        )

    def graph(cell: str, n: int, degree: int) -> Wiring:
        drawn = watts_strogatz(n, degree, 1.0, np.random.default_rng(7))
        return Wiring.from_graph(drawn, cell, CORRECTED)

    for cell in ("gru",) if quick else CELLS:
        for n in (10, 100) if quick else (10, 30, 100, 300, 1000):
            yield measure("vertices", n, graph(cell, n, 4), strings(128, length=20))
        for degree in (4, 16) if quick else (4, 8, 16, 32, 64):
            yield measure("degree", degree, graph(cell, 100, degree), strings(128, length=20))
        for batch in (16, 128) if quick else (1, 16, 32, 64, 128, 256, 512):
            yield measure("batch", batch, graph(cell, 50, 10), strings(batch, length=20))
        for length in (10, 40) if quick else (5, 10, 20, 40, 80, 160):
            yield measure("length", length, graph(cell, 50, 10), strings(128, length=length))


def of_density(cell: str, size: int, density: float) -> SparseRNN:
    """One layer, of whose weights so many exist, drawn at random."""
    wiring, rng = Wiring.dense(cell, size, size), np.random.default_rng(0)
    if density < 1:
        shapes = [(b.mask_ih.shape, b.mask_hh.shape) for b in wiring.blocks]
        drawn = [(rng.random(ih) < density, rng.random(hh) < density) for ih, hh in shapes]
        wiring = wiring.with_masks(drawn)
    return SparseRNN(wiring)


def large(quick: bool) -> Iterator[Row]:
    """One layer at the sizes that people use, against the fastest dense engine, and itself dense.

    Engines other than torch run only where they are installed: envs/requirements-bench.txt.
    """
    for cell in ("lstm", "gru"):
        for size in (256,) if quick else (128, 256, 512, 1024):
            for density, batch in product((1.0, 0.1) if quick else DENSITIES, (1, 32)):
                speeds = how_fast(of_density(cell, size, density), 50, batch, rounds=3)
                case = f"{size} units, {density:.0%} of weights, B = {batch}"
                yield from compared(cell, case, speeds)


def roofline(quick: bool) -> Iterator[Row]:
    """Our engine on such layers beside what the processor could do at best."""
    sizes, shares = ((256,), (0.1,)) if quick else ((128, 512, 1024), (0.1, 0.04))
    for cell, size, density, batch in product(("lstm", "gru"), sizes, shares, (1, 32)):
        network = of_density(cell, size, density)
        inputs = torch.randn(50, batch, size)
        for trained in (False, True):
            ours = median(partial(_call, network, inputs, trained), 3)
            told = ", trained" if trained else ""
            case = f"{size} units, {density:.0%} of weights, B = {batch}{told}"
            for name, least in least_seconds(network.wiring, 50, batch, trained).items():
                yield row("roofline", cell, f"{case}: {name}", ours, least, least / ours)


def _call(network: SparseRNN, inputs: Tensor, trained: bool) -> None:
    with torch.set_grad_enabled(trained):
        outputs, _ = network(inputs)
        if trained:
            network.zero_grad()
            outputs.sum().backward()


def compared(cell: str, case: str, speeds: Speeds) -> Iterator[Row]:
    """Our engine beside the fastest dense one, and beside itself with all weights."""
    others = [speed for speed in speeds.each if "sparsernn" not in speed.engine]
    for what, told, form in (
        ("run", "", "fused"),
        ("run", ", for inference", "for inference"),
        ("train", ", trained", "fused"),
    ):
        ours = [speed for speed in speeds.each if form in speed.engine]
        able = [speed for speed in others if not math.isnan(getattr(speed, what))]
        best = min(able, key=lambda speed: getattr(speed, what))
        for name, other in [("large", best), *[("large_unpruned", each) for each in ours[1:]]]:
            times = getattr(ours[0], what), getattr(other, what)
            ratio = getattr(ours[0], f"{what}_ratio") / getattr(other, f"{what}_ratio")
            against = f", against {best.engine}" if name == "large" else ""
            yield row(name, cell, case + told + against, *times, ratio)


def masked(quick: bool) -> Iterator[Row]:
    """A training step on a graph of 1,000 vertices, against masked PyTorch operations."""
    for cell, degree in product(("gru",) if quick else ("gru", "lstm"), (4, 16)):
        drawn = watts_strogatz(1000, degree, 1.0, np.random.default_rng(7))
        for edges in ("feedforward", "recurrence"):
            network = SparseRNN.from_graph(drawn, cell, 16, edges=edges)
            torch_engine, ours = how_fast(network, 20, 32, rounds=3).each[:2]
            case = f"1,000 vertices of degree {degree}, {edges}, B = 32, trained"
            times = ours.train, torch_engine.train, ours.train_ratio
            yield row("masked", cell, case, *times)


def threads(quick: bool) -> Iterator[Row]:
    """Batches of one layer on two threads, against one; it needs two processors that are free."""
    for cell, batch in product(("lstm",) if quick else ("lstm", "gru"), (32, 128)):
        one, two = (of_density(cell, 512, 0.1) for _ in range(2))
        one.threads, two.threads = 1, 2
        inputs = torch.randn(50, batch, 512)
        for trained in (False, True):
            on_two, on_one = (partial(_call, each, inputs, trained) for each in (two, one))
            case = f"512 units, 10% of weights, B = {batch}{', trained' if trained else ''}"
            yield row("threads", cell, case, *alternate(on_two, on_one, 5 if quick else 15))


CASES: dict[str, Callable[[bool], Iterator[Row]]] = {
    "sparse": sparse,
    "dense": dense,
    "next_symbol": next_symbol,
    "pruned": pruned,
    "limit": limit,
    "large": large,
    "roofline": roofline,
    "masked": masked,
    "threads": threads,
    "scaling": scaling,
}
