"""The training loop: epochs of shuffled batches, and a history."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from sparsernn.data.arrays import Arrays
from sparsernn.data.strings import Batch
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.limits import memory_errors
from sparsernn.training.losses import outputs_of
from sparsernn.training.settings import EarlyStopping, Examples, Training
from sparsernn.training.steps import Changing, Steps, stepping

__all__ = ["STATUSES", "Epoch", "Hooks", "Run"]
__all__ += ["answers", "evaluate", "train"]

Status: TypeAlias = Literal["ok", "diverged", "out_of_time", "out_of_memory"]
STATUSES: Mapping[type[Exception], Status] = MappingProxyType(
    {
        FloatingPointError: "diverged",
        TimeoutError: "out_of_time",
        MemoryError: "out_of_memory",
    }
)


class Epoch(NamedTuple):
    """One line of a training's history: losses are means over targets, accuracies shares.

    Where targets are numbers, the root of the mean squared error over their standard deviation
    (`score`) is in the place of the accuracy.
    """

    epoch: int
    train_loss: float
    train_acc: float
    test_loss: float
    test_acc: float


@dataclass
class Run:
    """The course of a training, and how it ended.

    Attributes:
        history: one entry an epoch.
        status: "ok"; "diverged" if a loss or gradient was not finite; "out_of_time" or
            "out_of_memory" if it reached a limit.
        reason: why the status is not "ok".
        validation: loss and accuracy (or `score`) on the validation set after each epoch; empty
            where there is none.
        best_epoch: the epoch whose weights the network has, where training may end early.
    """

    history: list[Epoch] = field(default_factory=list)
    status: Status = "ok"
    reason: str = ""
    validation: list[tuple[float, float]] = field(default_factory=list)
    best_epoch: int | None = None


def evaluate(
    network: SequenceClassifier, examples: Examples, batch_size: int
) -> tuple[float, float]:
    """Mean loss and accuracy (or `score`) over examples, in batches of the given order."""
    loss, correct, count = 0.0, 0, 0
    with torch.no_grad():
        for batch in examples.batches(batch_size):
            total, right = _summed_loss(network, batch)
            loss += total
            correct += right
            count += batch.size
    return loss / count, score(examples, loss / count, correct / count)


def score(examples: Examples, loss: float, accuracy: float) -> float:
    """How good a network is: its accuracy; or if numbers are predicted, the root of its mean
    squared error over the standard deviation of the targets (NRMSE).
    """
    if examples.targets.dtype.kind != "f":
        return accuracy
    assert isinstance(examples, Arrays)
    return math.sqrt(loss / examples.spread) if examples.spread else math.nan


def answers(
    network: SequenceClassifier, examples: Examples, batch_size: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """What is right, and what the network answers: of sequences, or of all their steps.

    Returns:
        (M,) classes, or (M, D) numbers, of each.
    """
    right, found = [], []
    with torch.no_grad():
        for batch in examples.batches(batch_size):
            outputs, targets = outputs_of(network, batch)
            right.append(targets.numpy())
            found.append((outputs if targets.is_floating_point() else outputs.argmax(1)).numpy())
    return np.concatenate(right), np.concatenate(found)


def _summed_loss(network: SequenceClassifier, batch: Batch) -> tuple[float, int]:
    """The sum of the losses of all targets, and the number of right answers."""
    outputs, targets = outputs_of(network, batch)
    if targets.is_floating_point():
        return float(functional.mse_loss(outputs, targets)) * batch.size, 0
    if network.recurrent.engine == "fused":  # PyTorch's sums depend on the processor
        from sparsernn.engine.trainer import cross_entropy

        values, labels = outputs.contiguous().numpy(), targets.contiguous().numpy()
        mean, right = cross_entropy(values.dtype, values, labels, np.empty_like(values))
        return mean * len(labels), right
    loss = functional.cross_entropy(outputs, targets, reduction="sum")
    return float(loss), int((outputs.argmax(1) == targets).sum())


@dataclass(frozen=True)
class Hooks:
    """What is called during a training.

    Attributes:
        on_epoch: called after each epoch, to report progress.
        clock: called before each step; raises `TimeoutError` when time is up.
        changing: changes the masks between steps; None: they stay.
    """

    on_epoch: Callable[[Epoch], None] = lambda epoch: None
    clock: Callable[[], None] = lambda: None
    changing: Changing | None = None


class _Best:
    """The best epoch of a training so far, and the network's weights after it."""

    def __init__(self, network: SequenceClassifier, how: EarlyStopping | None) -> None:
        self.network, self.how = network, how
        self.epoch, self.loss = 0, math.inf
        self.state: dict[str, Tensor] = {}

    def is_over(self, epoch: int, loss: float) -> bool:
        """Whether the training ends after an epoch with this loss on the validation set."""
        if self.how is None or self.how.patience is None:
            return False
        if loss < self.loss:
            self.epoch, self.loss, self.state = epoch, loss, _state(self.network)
        return epoch - self.epoch >= self.how.patience

    def restore(self, run: Run) -> None:
        """Give the network the weights of the best epoch, unless the training failed."""
        if self.state and run.status == "ok":
            self.network.load_state_dict(self.state)
            run.best_epoch = self.epoch


def _state(network: SequenceClassifier) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in network.state_dict().items()}


def train(
    network: SequenceClassifier,
    train_set: Examples,
    test_set: Examples,
    settings: Training,
    rng: np.random.Generator,
    hooks: Hooks = Hooks(),
) -> Run:
    """Train a network in place.

    A loss or gradient that is not finite, a lack of memory and a time limit end the training. The
    network then has the weights of the last complete epoch, and the run's status says why.

    Args:
        network: changed in place.
        train_set: the training set, shuffled before each epoch; with `early_stopping`, a share of
            it is the validation set.
        test_set: the test set, evaluated after each epoch.
        settings: how the network is trained.
        rng: source of the order.
        hooks: what is called meanwhile.

    Raises:
        InputError: masks change during a training that may end early.
    """
    if hooks.changing is not None and settings.early_stopping is not None:
        raise InputError(
            "early_stopping in a training whose masks change; expected none, as the best epoch may "
            "have other masks than the last. Leave early_stopping out."
        )
    run, best = Run(), _Best(network, settings.early_stopping)
    train_set, validation = settings.divided(train_set)
    classes = train_set.targets.dtype.kind != "f"
    with stepping(network, settings, classes=classes, changing=hooks.changing) as steps:
        for epoch in range(1, settings.epochs + 1):
            before: dict[str, Tensor] = {}
            try:
                with memory_errors():
                    before = _state(network)
                    batches = train_set.batches(settings.batch_size, rng)
                    loss, accuracy = _train_epoch(steps, batches, hooks.clock)
                    test = _tested(network, test_set, settings, "test")
                    checked = math.nan, math.nan
                    if validation is not None:
                        checked = _tested(network, validation, settings, "validation")
                    over = best.is_over(epoch, checked[0])
            except tuple(STATUSES) as error:
                if before:
                    network.load_state_dict(before)
                run.status, run.reason = STATUSES[type(error)], f"{error} in epoch {epoch}"
                break
            run.history.append(Epoch(epoch, loss, score(train_set, loss, accuracy), *test))
            run.validation += [] if validation is None else [checked]
            hooks.on_epoch(run.history[-1])
            if over:
                break
            if epoch < settings.epochs:
                steps.end_epoch(checked[0])
    best.restore(run)
    return run


def _tested(
    network: SequenceClassifier, examples: Examples, settings: Training, what: str
) -> tuple[float, float]:
    """As `evaluate`, of a loss that is finite."""
    loss, accuracy = evaluate(network, examples, settings.batch_size)
    if not math.isfinite(loss):
        raise FloatingPointError(f"{what} loss became {loss}")
    return loss, accuracy


def _train_epoch(
    train_batch: Steps, batches: Iterable[Batch], clock: Callable[[], None]
) -> tuple[float, float]:
    """Mean loss and accuracy over the targets of the batches."""
    total, correct, count = 0.0, 0, 0
    for number, batch in enumerate(batches, start=1):
        clock()
        loss, norm, hits = train_batch(batch)
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise FloatingPointError(f"loss {loss:.3g}, gradient norm {norm:.3g} at batch {number}")
        total += loss * batch.size
        correct += hits
        count += batch.size
    return total / count, correct / count
