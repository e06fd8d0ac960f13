"""How fast a given network runs and trains, dense and sparse, on the engines that are installed."""

import copy
import math
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from sparsernn.errors import InputError, brief
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.networks.torch_modules import from_torch
from sparsernn.speed.peers import PEERS, installed
from sparsernn.speed.timing import in_turn, ratio

__all__ = ["Speed", "Speeds", "how_fast"]

Call = Callable[[], Any]


class Speed(NamedTuple):
    """What one engine needs for a batch.

    Attributes:
        engine: its name.
        weights: share of the network's weights that it computes with.
        run: seconds of a call without gradients.
        train: seconds of a call and its gradients; NaN if it can't train the network.
        run_ratio, train_ratio: how many times as fast as the first engine, round by round.
    """

    engine: str
    weights: float
    run: float
    train: float
    run_ratio: float
    train_ratio: float


class Speeds(NamedTuple):
    """What each engine needs; printed, a table and what it says.

    Attributes:
        network: what was measured, in words.
        each: the engines, that of plain PyTorch first.
    """

    network: str
    each: tuple[Speed, ...]

    def fastest(self, train: bool = False) -> Speed:
        """The engine that runs the network fastest, or that trains it fastest."""
        if train:
            able = [speed for speed in self.each if not math.isnan(speed.train)]
            return min(able or self.each, key=lambda speed: speed.train)
        return min(self.each, key=lambda speed: speed.run)

    def __str__(self) -> str:
        rows = [("engine", "weights", "run, ms", "times", "trained, ms", "times")]
        for speed in self.each:
            times = (speed.run, speed.run_ratio, speed.train, speed.train_ratio)
            run, faster, train, faster_trained = map(_number, _in_milliseconds(*times))
            rows.append((speed.engine, f"{speed.weights:.0%}", run, faster, train, faster_trained))
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [self.network]
        for row in rows:
            parts = [row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]
            lines.append("  ".join(parts))
        return "\n".join([*lines, *self._advice()])

    def _advice(self) -> list[str]:
        first, run = self.each[0], self.fastest()
        lines = [f"To run it, take {_best(run, run.run_ratio, first)}."]
        if not all(math.isnan(speed.train) for speed in self.each):
            train = self.fastest(train=True)
            lines.append(f"To train it, take {_best(train, train.train_ratio, first)}.")
        return lines


def _in_milliseconds(run: float, faster: float, train: float, faster_trained: float) -> list[float]:
    return [1000 * run, faster, 1000 * train, faster_trained]


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3g}"


def _best(best: Speed, faster: float, first: Speed) -> str:
    if best.engine == first.engine:
        return first.engine
    return f"{best.engine}: {faster:.2g} times as fast as {first.engine}"


def how_fast(
    network: nn.RNNBase | SparseRNN,
    steps: int = 50,
    batch: int = 32,
    threads: int = 1,
    rounds: int = 7,
) -> Speeds:
    """Time a network on random inputs: as it is, and dense, on each engine that can run it.

    The engines are ours (`engine="fused"`, which can also be `for_inference`, and
    `engine="torch"`), the dense layers of `torch.nn`, and, where they are installed, ONNX Runtime
    and OpenVINO, which only run. They are measured in turn; times are medians, and ratios medians
    of the ratios in each round. The network itself is left as it is.

    Args:
        network: an `nn.RNN`, `nn.GRU` or `nn.LSTM`, whose weights of exactly 0 count as pruned;
            or a `SparseRNN`. It runs on the CPU.
        steps: time steps of each sequence.
        batch: sequences side by side.
        threads: of each engine.
        rounds: how often each is measured.

    Raises:
        InputError: a number below 1, or a module of another kind.

    Example:
        >>> import torch
        >>> from sparsernn import how_fast
        >>> speeds = how_fast(torch.nn.GRU(8, 16), steps=5, batch=2, rounds=1)
        >>> speeds.each[0].engine, speeds.each[0].weights
        ('torch.nn', 1.0)
    """
    numbers = {"steps": steps, "batch": batch, "threads": threads, "rounds": rounds}
    for name, value in numbers.items():
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise InputError(
                f"how_fast: {name} is {brief(value)}; expected a whole number above 0."
            )
    given = network if isinstance(network, SparseRNN) else from_torch(network, "torch")
    rnn = copy.deepcopy(given).cpu()
    rnn.engine = "torch"
    dtype = next(rnn.parameters()).dtype
    shape = (batch, steps) if rnn.batch_first else (steps, batch)
    with torch.random.fork_rng(devices=[]), _on_threads(threads):
        inputs = torch.randn(*shape, rnn.wiring.input_size, dtype=dtype)
        names, runs, trainings = zip(*_contenders(rnn, inputs, threads), strict=True)
        run = in_turn(runs, rounds)
        able = [training for training in trainings if training is not None]
        trained = iter(in_turn(able, rounds))
    none = [math.nan] * rounds
    train = [none if training is None else next(trained) for training in trainings]
    each = tuple(
        Speed(
            name,
            share,
            statistics.median(run[i]),
            statistics.median(train[i]),
            ratio(run[0], run[i]),
            ratio(train[0], train[i]),
        )
        for i, (name, share) in enumerate(names)
    )
    return Speeds(f"{rnn.wiring}, {steps} steps, batch {batch}, threads {threads}", each)


@contextmanager
def _on_threads(number: int) -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)


Contender = tuple[tuple[str, float], Call, Call | None]


def _contenders(rnn: SparseRNN, inputs: Tensor, threads: int) -> Iterator[Contender]:
    """Engines that can run a network: name and share of weights, a call, and a training call."""
    share = _share(rnn)
    dense = _torch_nn(rnn)
    if dense is not None:
        yield ("torch.nn", 1.0), _run(dense, inputs), _train(dense, inputs)
    yield ('sparsernn, engine="torch"', share), _run(rnn, inputs), _train(rnn, inputs)
    fused = _fused(rnn, threads)
    if fused is not None:
        forms = [(share, fused), *([(1.0, _all_weights(fused))] if share < 1 else [])]
        for weights, form in forms:
            yield ('sparsernn, engine="fused"', weights), _run(form, inputs), _train(form, inputs)
            fast = _for_inference(form)
            if fast is not None:
                yield ("sparsernn, for inference", weights), _run(fast, inputs), None
    if dense is not None and inputs.dtype == torch.float32:
        for name in installed():
            yield (name, 1.0), PEERS[name][1](dense, inputs, threads), None


def _share(rnn: SparseRNN) -> float:
    masks = [mask for name, mask in rnn.named_buffers() if "mask_" in name]
    return sum(int((mask != 0).sum()) for mask in masks) / sum(mask.numel() for mask in masks)


def _torch_nn(rnn: SparseRNN) -> nn.RNNBase | None:
    try:
        return rnn.to_torch()
    except InputError:  # a graph's wiring, or a cell that torch lacks
        return None


def _fused(rnn: SparseRNN, threads: int) -> SparseRNN | None:
    fused, dtype = copy.deepcopy(rnn), next(rnn.parameters()).dtype
    try:
        fused.engine = "fused"
    except InputError:  # a cell without kernels, or a leak
        return None
    fused.threads = None if threads == 1 else threads
    return fused if dtype in (torch.float32, torch.float64) else None


def _for_inference(rnn: SparseRNN) -> nn.Module | None:
    try:
        return rnn.eval().for_inference()
    except InputError:  # hooks, or modules in the place of blocks
        return None


def _all_weights(rnn: SparseRNN) -> SparseRNN:
    whole = copy.deepcopy(rnn)
    for name, mask in whole.named_buffers():
        if "mask_" in name:
            mask.fill_(1)
    return whole


def _run(module: nn.Module, inputs: Tensor) -> Call:
    def run() -> None:
        module.eval()
        with torch.inference_mode():
            module(inputs)

    return run


def _train(module: nn.Module, inputs: Tensor) -> Call | None:
    if not any(parameter.requires_grad for parameter in module.parameters()):
        return None

    def train() -> None:
        module.train()
        module.zero_grad()
        module(inputs)[0].sum().backward()

    return train
