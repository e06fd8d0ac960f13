"""Gradual pruning: ever more weights go while a network trains."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from sparsernn.data.strings import Batch
from sparsernn.errors import InputError, brief
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.masks import Masks
from sparsernn.plugins import function
from sparsernn.pruning.masking import Pruning, pruned_wiring, weights_of
from sparsernn.pruning.pools import Arrays, masks_of
from sparsernn.pruning.scoring import network_scores, reads_network
from sparsernn.training.steps import Change
from sparsernn.wiring.wiring import Wiring

__all__ = ["Gradual", "GradualPruning", "as_masks", "last_step"]


@dataclass(frozen=True)
class Gradual:
    """When weights go during a training.

    Attributes:
        schedule: how many by when; a name of `sparsernn.pruning.schedules`.
        every: steps between prunings.
        until: share of the steps after which all are gone that go, above 0 and up to 1.
    """

    schedule: str = "cubic"
    every: int = 100
    until: float = 0.75


class GradualPruning:
    """Prunes a network during its training: an argument `changing` of `train`.

    The last pruning is exact: after it, the number of weights is that of pruning at once.

    Args:
        network: the network to be trained, before its training.
        pruning: how many of which weights are gone at the end.
        how: when they go.
        steps: number of steps of the training.
        rng: source of randomness, for criteria that draw.
        batches: training strings, for criteria that read the network.
    """

    def __init__(
        self,
        network: SequenceClassifier,
        pruning: Pruning,
        how: Gradual,
        steps: int,
        rng: np.random.Generator | None = None,
        batches: Sequence[Batch] = (),
    ) -> None:
        self.network, self.pruning, self.how = network, pruning, how
        self.rng, self.batches = rng, batches
        self.original: Wiring = network.wiring
        self.share = function("schedules", how.schedule)
        self.last = last_step(how.until, steps)

    def __call__(self, step: int, batch: Batch) -> Change | None:
        """The masks after a step; None: as they are."""
        if step > self.last or (step % self.how.every and step < self.last):
            return None
        share = float(self.share(step / self.last)) if step < self.last else 1.0
        if not 0 <= share <= 1:
            raise InputError(
                f"schedules/{self.how.schedule}.py: it gives {brief(share)} at "
                f"{step / self.last:.3f}; expected a share from 0 to 1. Correct the function."
            )
        now = self._pruned(self.pruning.percent * share) if share else self.network.wiring
        masks = as_masks(masks_of(now))
        return Change(masks, masks)

    def _pruned(self, percent: float) -> Wiring:
        network, pruning = self.network, replace(self.pruning, percent=percent)
        scores = None
        if reads_network(pruning.criterion):
            scores = network_scores(network, pruning.criterion, self.batches)
        weights = weights_of(network.recurrent)
        return pruned_wiring(network.wiring, weights, pruning, self.original, self.rng, scores)


def last_step(until: float, steps: int) -> int:
    """The step at which a share of a training is done; at least the first."""
    return max(1, round(until * steps))


def as_masks(arrays: Arrays) -> list[Masks]:
    """Masks as tensors."""
    return [(_tensor(ih), _tensor(hh)) for ih, hh in arrays]


def _tensor(mask: Any) -> torch.Tensor:
    return torch.from_numpy(np.array(mask, bool))
