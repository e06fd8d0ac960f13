"""The steps of a training, and changes of the masks between them."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from sparsernn.data.strings import Batch
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.masks import Masks

__all__ = ["Change", "Changing", "Steps", "TrainBatch"]

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
        train_batch: takes a step.
        moments: the optimiser's moments of a weight, in the weight's shape.
        renew: lets the optimiser know that the masks are others.
        set_lr: sets the learning rate.
        changing: says which masks change after a step; None: none.
        taken: number of steps so far.
    """

    network: SequenceClassifier
    train_batch: TrainBatch
    moments: Callable[[Tensor], Iterable[Tensor]]
    renew: Callable[[], None]
    set_lr: Callable[[float], None]
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

    @torch.no_grad()
    def change(self, change: Change) -> None:
        """Put other masks in force.

        Weights that are not kept are zero afterwards, and so are their moments. Adam goes on to
        count the steps of all weights together, so its correction for moments that started from
        zero does not know how old a weight is.
        """
        for block, kept, masks in zip(self.network.recurrent.own_blocks(), *change, strict=True):
            weights, now = (block.weight_ih, block.weight_hh), (block.mask_ih, block.mask_hh)
            for weight, stays, mask, new in zip(weights, kept, now, masks, strict=True):
                for tensor in (weight, *self.moments(weight)):
                    tensor.masked_fill_(~stays, 0)
                mask.copy_(new)
        self.renew()
