"""The steps of a training, and changes of the masks between them."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler

from sparsernn.data.strings import Batch
from sparsernn.engine.clipping import Clip
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.masks import Masks
from sparsernn.training.losses import loss_of, outputs_of
from sparsernn.training.optimisers import (
    ELEMENTWISE,
    new_optimiser,
    new_schedule,
    step_schedule,
)
from sparsernn.training.settings import Training

__all__ = ["Change", "Changing", "Steps", "TrainBatch", "step", "stepping"]

TrainBatch: TypeAlias = Callable[[Batch], tuple[float, float, int]]
"""Takes one step; returns the loss, the gradient's norm and the number of correct answers."""


class Change(NamedTuple):
    """A change of the masks of all blocks.

    Attributes:
        kept: True where a weight existed before, and goes on.
        masks: True where a weight exists from now on; those that are not kept start at zero.
    """

    kept: Sequence[Masks]
    masks: Sequence[Masks]


Changing: TypeAlias = Callable[[int, Batch], Change | None]
"""Called after each step with the number of steps so far and the step's batch."""


@dataclass
class Steps:
    """Steps of one training. A call takes one, and then changes the masks if that is asked for.

    Attributes:
        network: the network that is trained.
        optimiser: what trains it.
        train_batch: takes a step of the optimiser.
        renew: lets the engine know that the masks are others.
        schedule: of the learning rate; None: it stays.
        changing: says which masks change after a step; None: none.
        taken: number of steps so far.
    """

    network: SequenceClassifier
    optimiser: Optimizer
    train_batch: TrainBatch
    renew: Callable[[], None]
    schedule: LRScheduler | None = None
    changing: Changing | None = None
    taken: int = 0

    def __call__(self, batch: Batch) -> tuple[float, float, int]:
        """See `TrainBatch`."""
        loss, norm, right = self.train_batch(batch)
        self.taken += 1
        if self.changing is not None and math.isfinite(loss) and math.isfinite(norm):
            change = self.changing(self.taken, batch)
            if change is not None:
                self.change(change)
        return loss, norm, right

    def end_epoch(self, loss: float) -> None:
        """Let the schedule go on; the loss is that on the validation set, NaN if there is none."""
        if self.schedule is not None:
            step_schedule(self.schedule, loss)

    def moments(self, weight: Tensor) -> list[Tensor]:
        """What the optimiser remembers of each number of a weight, in the weight's shape."""
        if self.network.whole is None:
            return _alike(self.optimiser, weight)
        whole = self.network.whole[2]
        places = slice(weight.storage_offset(), weight.storage_offset() + weight.numel())
        return [each[places].view_as(weight) for each in _alike(self.optimiser, whole)]

    @torch.no_grad()
    def change(self, change: Change) -> None:
        """Put other masks in force.

        Weights that are not kept are zero afterwards, and so is what the optimiser remembers of
        them. Adam goes on to count the steps of all weights together, so its correction for moments
        that started from zero does not know how old a weight is.
        """
        for block, kept, masks in zip(self.network.recurrent.own_blocks(), *change, strict=True):
            weights, now = (block.weight_ih, block.weight_hh), (block.mask_ih, block.mask_hh)
            for weight, stays, mask, new in zip(weights, kept, now, masks, strict=True):
                for tensor in (weight, *self.moments(weight)):
                    tensor.masked_fill_(~stays, 0)
                mask.copy_(new)
        self.renew()


def _alike(optimiser: Optimizer, parameter: Tensor) -> list[Tensor]:
    state = optimiser.state[parameter].values()
    return [each for each in state if isinstance(each, Tensor) and each.shape == parameter.shape]


@contextmanager
def stepping(
    network: SequenceClassifier,
    settings: Training,
    *,
    classes: bool = True,
    changing: Changing | None = None,
) -> Iterator[Steps]:
    """Within the block, a function that trains the network on one batch.

    It changes nothing if the loss or the gradient's norm is not finite. The network's masks must
    not change within the block, except by `changing`.

    Args:
        network: changed in place.
        settings: how the network is trained.
        classes: whether targets are classes, for which the fused engine needs no automatic
            differentiation; or else numbers.
        changing: changes the masks between steps; None: they stay.
    """
    one = classes and settings.optimizer["name"] in ELEMENTWISE
    own = [*network.parameters()]
    with network.flattened(frozen=True) if one else nullcontext(own) as parameters:
        flat = network.whole is not None
        optimiser = new_optimiser(settings.optimizer, parameters, settings.lr, flat)
        take = _fused if flat else _by_torch
        train_batch, renew = take(network, optimiser, settings.clip)
        named = settings.lr_scheduler
        schedule = None if named is None else new_schedule(named, optimiser)
        yield Steps(network, optimiser, train_batch, renew, schedule, changing)


def _fused(
    network: SequenceClassifier, optimiser: Optimizer, clip: Clip
) -> tuple[TrainBatch, Callable[[], None]]:
    """Steps without automatic differentiation."""
    from sparsernn.engine.trainer import Trainer  # numba takes half a second to import

    assert network.whole is not None
    trainer = Trainer(*network.whole, optimiser, clip)

    def renew() -> None:
        trainer.engine = network.renew_engine()

    return lambda batch: trainer.step(batch.inputs, batch.lengths, batch.targets), renew


def _by_torch(
    network: SequenceClassifier, optimiser: Optimizer, clip: Clip
) -> tuple[TrainBatch, Callable[[], None]]:
    return lambda batch: step(network, optimiser, batch, clip), lambda: None


def step(
    network: SequenceClassifier, optimiser: Optimizer, batch: Batch, clip: Clip
) -> tuple[float, float, int]:
    """One step of any optimiser, by automatic differentiation; returns what `TrainBatch` does."""
    outputs, targets = outputs_of(network, batch)
    loss, numbers = loss_of(outputs, targets), targets.is_floating_point()
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    for parameter in parameters:
        parameter.grad = None
    loss.backward()
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    norm = _norm(gradients)
    if math.isfinite(loss.item()) and math.isfinite(norm):
        _clip(gradients, norm, clip)
        optimiser.step()
    return loss.item(), norm, 0 if numbers else int((outputs.argmax(1) == targets).sum())


def _norm(gradients: list[Tensor]) -> float:
    norms = torch._foreach_norm(gradients)
    return float(norms[0] if len(norms) == 1 else torch.stack(norms).norm())


def _clip(gradients: list[Tensor], norm: float, clip: Clip) -> None:
    """Clip gradients of this norm in place."""
    if clip.value is not None:
        for gradient in gradients:
            gradient.clamp_(-clip.value, clip.value)
        norm = _norm(gradients)
    if clip.norm is not None and norm > clip.norm:
        torch._foreach_mul_(gradients, clip.norm / norm)
