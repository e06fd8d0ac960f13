"""The training loop: epochs of shuffled batches, Adam, clipped gradients, and a history."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from sparsernn.data.arrays import Arrays
from sparsernn.data.strings import Batch, Strings, is_of_steps
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.limits import memory_errors
from sparsernn.training.steps import Changing, Steps, TrainBatch

__all__ = ["STATUSES", "Epoch", "Run", "Training"]
__all__ += ["answers", "evaluate", "mean_loss", "step", "stepping", "train"]

Examples: TypeAlias = Strings | Arrays
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

    def at_rate(self, lr: float) -> "Training":
        """The same training with another learning rate; the last one changes in proportion.

        Example:
            >>> falling = Training(epochs=3, batch_size=8, lr=0.1, clip_norm=None, last_lr=0.01)
            >>> falling.at_rate(0.2).last_lr
            0.02
        """
        last = None if self.last_lr is None else self.last_lr * lr / self.lr
        return replace(self, lr=lr, last_lr=last)


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
    """

    history: list[Epoch] = field(default_factory=list)
    status: Status = "ok"
    reason: str = ""


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
) -> npt.NDArray[np.int64]:
    """The class that the network takes each sequence for: (N,)."""
    with torch.no_grad():
        batches = examples.batches(batch_size)
        found = [_outputs(network, batch)[0].argmax(1).numpy() for batch in batches]
    return np.concatenate(found)


def _summed_loss(network: SequenceClassifier, batch: Batch) -> tuple[float, int]:
    """The sum of the losses of all targets, and the number of right answers."""
    outputs, targets = _outputs(network, batch)
    if targets.is_floating_point():
        return float(functional.mse_loss(outputs, targets)) * batch.size, 0
    if network.recurrent.engine == "fused":  # PyTorch's sums depend on the processor
        from sparsernn.engine.trainer import cross_entropy

        values, labels = outputs.contiguous().numpy(), targets.contiguous().numpy()
        mean, right = cross_entropy(values.dtype, values, labels, np.empty_like(values))
        return mean * len(labels), right
    loss = functional.cross_entropy(outputs, targets, reduction="sum")
    return float(loss), int((outputs.argmax(1) == targets).sum())


def train(
    network: SequenceClassifier,
    train_set: Examples,
    test_set: Examples,
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
        train_set: the training set, shuffled before each epoch.
        test_set: the test set, evaluated after each epoch.
        settings: how the network is trained.
        rng: source of the order.
        on_epoch: called after each epoch, to report progress.
        clock: called before each step; raises `TimeoutError` when time is up.
        changing: changes the masks between steps; None: they stay.
    """
    run = Run()
    whole = not is_of_steps(train_set.targets) and train_set.targets.dtype.kind != "f"
    with stepping(network, settings, whole=whole, changing=changing) as steps:
        for epoch in range(1, settings.epochs + 1):
            before: dict[str, Tensor] = {}
            steps.set_lr(settings.lr_in(epoch))
            try:
                with memory_errors():
                    before = {name: value.clone() for name, value in network.state_dict().items()}
                    batches = train_set.batches(settings.batch_size, rng)
                    loss, accuracy = _train_epoch(steps, batches, clock)
                    test = evaluate(network, test_set, settings.batch_size)
                if not math.isfinite(test[0]):
                    raise FloatingPointError(f"test loss became {test[0]}")
            except tuple(STATUSES) as error:
                if before:
                    network.load_state_dict(before)
                run.status, run.reason = STATUSES[type(error)], f"{error} in epoch {epoch}"
                break
            run.history.append(Epoch(epoch, loss, score(train_set, loss, accuracy), *test))
            on_epoch(run.history[-1])
    return run


def _train_epoch(
    train_batch: TrainBatch, batches: Iterable[Batch], clock: Callable[[], None]
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


@contextmanager
def stepping(
    network: SequenceClassifier,
    settings: Training,
    *,
    whole: bool = True,
    changing: Changing | None = None,
) -> Iterator[Steps]:
    """Within the block, a function that trains the network on one batch.

    It changes nothing if the loss or the gradient's norm is not finite. The network's masks must
    not change within the block, except by `changing`.

    Args:
        network: changed in place.
        settings: how the network is trained.
        whole: whether targets are classes of whole sequences, the one case in which the fused
            engine needs no automatic differentiation.
        changing: changes the masks between steps; None: they stay.
    """
    with (
        network.flattened(frozen=True)
        if whole
        else nullcontext([*network.parameters()]) as parameters
    ):
        if network.whole is not None:
            from sparsernn.engine.trainer import Trainer

            trainer = Trainer(*network.whole, settings.lr, settings.clip_norm)

            def fused(batch: Batch) -> tuple[float, float, int]:
                return trainer.step(batch.inputs, batch.lengths, batch.targets)

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
    outputs, targets = _outputs(network, batch)
    loss, numbers = _loss(outputs, targets), targets.is_floating_point()
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
    return loss.item(), norm, 0 if numbers else int((outputs.argmax(1) == targets).sum())


def mean_loss(network: SequenceClassifier, batch: Batch) -> Tensor:
    """The mean loss of a batch, ready to be derived: cross-entropy (nats), or squared error."""
    return _loss(*_outputs(network, batch))


def _loss(outputs: Tensor, targets: Tensor) -> Tensor:
    numbers = targets.is_floating_point()
    return (functional.mse_loss if numbers else functional.cross_entropy)(outputs, targets)


def _outputs(network: SequenceClassifier, batch: Batch) -> tuple[Tensor, Tensor]:
    """(M, outputs) of the network and their M targets: of sequences, or of all their steps."""
    inputs, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    targets = torch.from_numpy(batch.targets)
    if not batch.of_steps:
        return network(inputs, lengths), targets
    reached = torch.arange(len(inputs))[:, None] < lengths
    return network.steps(inputs, lengths)[reached], targets[reached]
