"""The training loop: epochs of shuffled batches, Adam, a clipped gradient, and a record of each."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from sparsernn.data.strings import Batch, Strings
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.limits import memory_errors

__all__ = ["STATUSES", "Epoch", "Run", "Training", "evaluate", "step", "stepping", "train"]

Step: TypeAlias = Callable[[Batch], tuple[float, float, int]]
Status: TypeAlias = Literal["ok", "diverged", "out_of_time", "out_of_memory"]
STATUSES: Mapping[type[Exception], Status] = MappingProxyType(
    {
        FloatingPointError: "diverged",
        TimeoutError: "out_of_time",
        MemoryError: "out_of_memory",
    }
)


@dataclass(frozen=True)
class Training:
    """How a network is trained.

    Attributes:
        epochs: passes over the training set.
        batch_size: strings a step, in training and in evaluation.
        lr: learning rate of Adam.
        clip_norm: the gradient's norm is cut to this; None does not cut.
    """

    epochs: int
    batch_size: int
    lr: float
    clip_norm: float | None


class Epoch(NamedTuple):
    """One line of a training's history: losses are means over strings, accuracies shares."""

    epoch: int
    train_loss: float
    train_acc: float
    test_loss: float
    test_acc: float


@dataclass
class Run:
    """What came of a training.

    Attributes:
        history: one entry an epoch.
        status: "ok"; "diverged" if a loss or gradient was not finite; "out_of_time" or
            "out_of_memory" if a limit was met.
        reason: why it is not ok, in words.
    """

    history: list[Epoch] = field(default_factory=list)
    status: Status = "ok"
    reason: str = ""


def evaluate(network: SequenceClassifier, strings: Strings, batch_size: int) -> tuple[float, float]:
    """Mean loss and accuracy over strings, in batches of the given order."""
    loss, correct = 0.0, 0
    with torch.no_grad():
        for batch in strings.batches(batch_size):
            logits, labels = _logits(network, batch)
            loss += float(functional.cross_entropy(logits, labels, reduction="sum"))
            correct += int((logits.argmax(1) == labels).sum())
    return loss / len(strings), correct / len(strings)


def train(
    network: SequenceClassifier,
    train_strings: Strings,
    test_strings: Strings,
    settings: Training,
    rng: np.random.Generator,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    clock: Callable[[], None] = lambda: None,
) -> Run:
    """Train a network in place.

    A loss or gradient that is not finite ends the training, as do a lack of memory and a limit of
    time; the network then keeps the weights it had after the last whole epoch, and the run says so.

    Args:
        network: changed in place.
        train_strings: trained on, in an order drawn anew each epoch.
        test_strings: evaluated after each epoch.
        settings: how.
        rng: source of the order.
        on_epoch: called after each epoch, to report progress.
        clock: called before each step; raises `TimeoutError` when time is up.
    """
    run = Run()
    with stepping(network, settings) as take_step:
        for epoch in range(1, settings.epochs + 1):
            before: dict[str, Tensor] = {}
            try:
                with memory_errors():
                    before = {name: value.clone() for name, value in network.state_dict().items()}
                    batches = train_strings.batches(settings.batch_size, rng)
                    loss, accuracy = _train_epoch(take_step, batches, len(train_strings), clock)
                    test = evaluate(network, test_strings, settings.batch_size)
                if not math.isfinite(test[0]):
                    raise FloatingPointError(f"test loss became {test[0]}")
            except tuple(STATUSES) as error:
                if before:
                    network.load_state_dict(before)
                run.status, run.reason = STATUSES[type(error)], f"{error} in epoch {epoch}"
                break
            run.history.append(Epoch(epoch, loss, accuracy, *test))
            on_epoch(run.history[-1])
    return run


def _train_epoch(
    take_step: Step,
    batches: Iterable[Batch],
    count: int,
    clock: Callable[[], None],
) -> tuple[float, float]:
    """Mean loss and accuracy over the `count` strings of the batches."""
    total, correct = 0.0, 0
    for number, batch in enumerate(batches, start=1):
        clock()
        loss, norm, right = take_step(batch)
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise FloatingPointError(f"loss {loss:.3g}, gradient norm {norm:.3g} at batch {number}")
        total += loss * len(batch.labels)
        correct += right
    return total / count, correct / count


@contextmanager
def stepping(network: SequenceClassifier, settings: Training) -> Iterator[Step]:
    """A function that trains the network on one batch.

    It returns the loss, the gradient's norm and the number of right answers, and takes no step if
    either of the first two is not finite. Within, the network's masks must not change.
    """
    with network.flattened() as parameters:
        if network.whole is not None:
            from sparsernn.engine.trainer import Trainer

            trainer = Trainer(*network.whole, settings.lr, settings.clip_norm)
            yield lambda batch: trainer.step(batch.codes, batch.lengths, batch.labels)
        else:
            optimiser = torch.optim.Adam(parameters, lr=settings.lr, fused=True)
            yield lambda batch: step(network, optimiser, batch, settings.clip_norm)


def step(
    network: SequenceClassifier,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    clip_norm: float | None,
) -> tuple[float, float, int]:
    """One step of any optimiser, by automatic differentiation; returns what `stepping` says."""
    logits, labels = _logits(network, batch)
    loss = functional.cross_entropy(logits, labels)
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    for parameter in parameters:
        parameter.grad = None
    loss.backward()
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norms = torch._foreach_norm(gradients)
    norm = float(norms[0] if len(norms) == 1 else torch.stack(norms).norm())
    if math.isfinite(loss.item()) and math.isfinite(norm):
        if clip_norm is not None and norm > clip_norm:
            torch._foreach_mul_(gradients, clip_norm / norm)
        optimiser.step()
    return loss.item(), norm, int((logits.argmax(1) == labels).sum())


def _logits(network: SequenceClassifier, batch: Batch) -> tuple[Tensor, Tensor]:
    codes, lengths = torch.from_numpy(batch.codes), torch.from_numpy(batch.lengths)
    return network(codes, lengths), torch.from_numpy(batch.labels)
