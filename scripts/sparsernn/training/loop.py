"""The training loop: epochs of shuffled batches, Adam, clipped gradients, and a history."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from sparsernn.data.strings import Batch, Strings
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.limits import memory_errors
from sparsernn.training.steps import Changing, Steps, TrainBatch

__all__ = ["STATUSES", "Epoch", "Run", "Training"]
__all__ += ["answers", "evaluate", "step", "stepping", "train"]

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
        batch_size: strings in a step, in training and in evaluation.
        lr: learning rate of Adam.
        clip_norm: longer gradients are scaled down to this norm; None scales none.
        last_lr: learning rate of the last epoch, to which it falls from `lr` along half a cosine;
            None: it stays.
    """

    epochs: int
    batch_size: int
    lr: float
    clip_norm: float | None
    last_lr: float | None = None

    def lr_in(self, epoch: int) -> float:
        """The learning rate of an epoch, the first of which is 1.

        Example:
            >>> falling = Training(epochs=3, batch_size=8, lr=0.1, clip_norm=None, last_lr=0.01)
            >>> [round(falling.lr_in(epoch), 4) for epoch in (1, 2, 3)]
            [0.1, 0.055, 0.01]
        """
        if self.last_lr is None or self.epochs == 1:
            return self.lr
        done = (epoch - 1) / (self.epochs - 1)
        return self.last_lr + (self.lr - self.last_lr) * (1 + math.cos(math.pi * done)) / 2


class Epoch(NamedTuple):
    """One line of a training's history: losses are means over strings, accuracies shares."""

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
    """

    history: list[Epoch] = field(default_factory=list)
    status: Status = "ok"
    reason: str = ""


def evaluate(network: SequenceClassifier, strings: Strings, batch_size: int) -> tuple[float, float]:
    """Mean loss and accuracy over strings, in batches of the given order."""
    loss, correct = 0.0, 0
    with torch.no_grad():
        for batch in strings.batches(batch_size):
            total, right = _summed_loss(network, batch)
            loss += total
            correct += right
    return loss / len(strings), correct / len(strings)


def answers(
    network: SequenceClassifier, strings: Strings, batch_size: int
) -> npt.NDArray[np.int64]:
    """The class that the network takes each string for: (N,), 1 valid, 0 invalid."""
    with torch.no_grad():
        batches = strings.batches(batch_size)
        found = [_logits(network, batch)[0].argmax(1).numpy() for batch in batches]
    return np.concatenate(found)


def _summed_loss(network: SequenceClassifier, batch: Batch) -> tuple[float, int]:
    """The sum of the strings' losses, and the number of right answers."""
    logits, labels = _logits(network, batch)
    if network.recurrent.engine == "fused":  # PyTorch's sums depend on the processor
        from sparsernn.engine.trainer import cross_entropy

        values = logits.numpy()
        mean, right = cross_entropy(values.dtype, values, batch.labels, np.empty_like(values))
        return mean * len(labels), right
    loss = functional.cross_entropy(logits, labels, reduction="sum")
    return float(loss), int((logits.argmax(1) == labels).sum())


def train(
    network: SequenceClassifier,
    train_strings: Strings,
    test_strings: Strings,
    settings: Training,
    rng: np.random.Generator,
    on_epoch: Callable[[Epoch], None] = lambda epoch: None,
    clock: Callable[[], None] = lambda: None,
    changing: Changing | None = None,
) -> Run:
    """Train a network in place.

    A loss or gradient that is not finite, a lack of memory and a time limit end the training. The
    network then has the weights of the last complete epoch, and the run's status says why.

    Args:
        network: changed in place.
        train_strings: the training set, shuffled before each epoch.
        test_strings: the test set, evaluated after each epoch.
        settings: how the network is trained.
        rng: source of the order.
        on_epoch: called after each epoch, to report progress.
        clock: called before each step; raises `TimeoutError` when time is up.
        changing: changes the masks between steps; None: they stay.
    """
    run = Run()
    with stepping(network, settings, changing) as steps:
        for epoch in range(1, settings.epochs + 1):
            before: dict[str, Tensor] = {}
            steps.set_lr(settings.lr_in(epoch))
            try:
                with memory_errors():
                    before = {name: value.clone() for name, value in network.state_dict().items()}
                    batches = train_strings.batches(settings.batch_size, rng)
                    loss, accuracy = _train_epoch(steps, batches, len(train_strings), clock)
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
    train_batch: TrainBatch,
    batches: Iterable[Batch],
    count: int,
    clock: Callable[[], None],
) -> tuple[float, float]:
    """Mean loss and accuracy over the `count` strings of the batches."""
    total, correct = 0.0, 0
    for number, batch in enumerate(batches, start=1):
        clock()
        loss, norm, hits = train_batch(batch)
        if not math.isfinite(loss) or not math.isfinite(norm):
            raise FloatingPointError(f"loss {loss:.3g}, gradient norm {norm:.3g} at batch {number}")
        total += loss * len(batch.labels)
        correct += hits
    return total / count, correct / count


@contextmanager
def stepping(
    network: SequenceClassifier, settings: Training, changing: Changing | None = None
) -> Iterator[Steps]:
    """Within the block, a function that trains the network on one batch.

    It changes nothing if the loss or the gradient's norm is not finite. The network's masks must
    not change within the block, except by `changing`.
    """
    with network.flattened() as parameters:
        if network.whole is not None:
            from sparsernn.engine.trainer import Trainer

            trainer = Trainer(*network.whole, settings.lr, settings.clip_norm)

            def fused(batch: Batch) -> tuple[float, float, int]:
                return trainer.step(batch.codes, batch.lengths, batch.labels)

            def renew() -> None:
                trainer.engine = network.renew_engine()

            def set_lr(lr: float) -> None:
                trainer.lr = lr

            yield Steps(network, fused, trainer.moments, renew, set_lr, changing)
        else:
            optimiser = torch.optim.Adam(parameters, lr=settings.lr, fused=True)

            def by_torch(batch: Batch) -> tuple[float, float, int]:
                return step(network, optimiser, batch, settings.clip_norm)

            def moments(weight: Tensor) -> list[Tensor]:
                state = optimiser.state[weight]
                return [state["exp_avg"], state["exp_avg_sq"]]

            yield Steps(
                network, by_torch, moments, lambda: None, partial(_set_lr, optimiser), changing
            )


def _set_lr(optimiser: torch.optim.Optimizer, lr: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = lr


def step(
    network: SequenceClassifier,
    optimiser: torch.optim.Optimizer,
    batch: Batch,
    clip_norm: float | None,
) -> tuple[float, float, int]:
    """One step of any optimiser, by automatic differentiation; returns what `TrainBatch` does."""
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
