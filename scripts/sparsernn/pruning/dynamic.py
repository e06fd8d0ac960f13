"""Dynamic sparse training: weights come and go while a network trains, and their number stays."""

import copy
import inspect
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from sparsernn.data.strings import Batch
from sparsernn.errors import InputError, brief
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.plugins import function, load
from sparsernn.pruning.gradual import as_masks, last_step
from sparsernn.pruning.loss import gradients, matrices
from sparsernn.pruning.masking import weights_of
from sparsernn.pruning.pools import Arrays, Pool, lowest, masks_of, pools, put, take
from sparsernn.training.steps import Change
from sparsernn.wiring.protocol import Scope
from sparsernn.wiring.wiring import Wiring

__all__ = ["Dynamic", "DynamicSparsity"]

Array = npt.NDArray[Any]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Dynamic:
    """How weights come and go.

    Attributes:
        rule: where weights come; a name of `sparsernn.pruning.growth`.
        every: steps between changes; None: the rule's own, else 100.
        share: of the weights of a pool that go at first; the share falls to 0 along half a cosine.
        until: share of the steps after which the masks stay, above 0 and up to 1.
        scope: the weights that keep their number together; None: the rule's own.
    """

    rule: str
    every: int | None = None
    share: float = 0.3
    until: float = 0.75
    scope: Scope | None = None


class DynamicSparsity:
    """Changes a network's masks during its training: an argument `changing` of `train`.

    The number of weights of each pool is the same after each step. Weights that come start from
    zero, and so do their moments; see `sparsernn.training.steps.Steps.change`.

    Args:
        network: the network to be trained, with the masks to begin with.
        how: how weights come and go.
        steps: number of steps of the training.
        original: the weights that may come; a dense wiring, or a graph's.
        rng: source of randomness.

    Raises:
        InputError: the training is so short that the masks would never change.
    """

    def __init__(
        self,
        network: SequenceClassifier,
        how: Dynamic,
        steps: int,
        original: Wiring,
        rng: np.random.Generator,
    ) -> None:
        self.network, self.how, self.rng = network, how, rng
        self.score, self.file = function("growth", how.rule), load("growth", how.rule)
        self.every = how.every or int(getattr(self.file, "EVERY", 100))
        self.last = last_step(how.until, steps)
        if self.every > self.last:
            raise InputError(
                f"growth: masks would change every {self.every} steps until step {self.last} of "
                f"{steps}, so never; expected some changes. Lower growth: every, or train longer."
            )
        self.allowed = masks_of(original)
        self.pools = list(pools(original, "both", how.scope or self.file.SCOPE))
        self.signs = [[self._signs(array) for array in pair] for pair in self._weights()]
        self.walks = hasattr(self.file, "move") and hasattr(self.file, "goes")
        steep = "gradients" in inspect.signature(self.score).parameters
        self.twin = _with_all(network, self.allowed) if steep else None

    def __call__(self, step: int, batch: Batch) -> Change | None:
        """The masks after a step; None: as they are."""
        if step > self.last:
            return None
        if self.walks:
            self._walk()
        if step % self.every:
            return None
        share = self.how.share * (1 + math.cos(math.pi * step / self.last)) / 2
        weights, slopes = self._weights(), self._slopes(batch)
        kept, masks = self._masks(), self._masks()
        gone = [self._let_go(pool, weights, kept, share) for pool in self.pools]
        if not any(gone):
            return None
        for pool, count in zip(self.pools, gone, strict=True):
            put(masks, pool, take(kept, pool))
            self._let_come(pool, masks, slopes, count)
        return Change(as_masks(kept), as_masks(masks))

    def _weights(self) -> list[list[Array]]:
        return weights_of(self.network.recurrent)

    def _masks(self) -> list[list[BoolArray]]:
        return masks_of(self.network.wiring)

    def _let_go(self, pool: Pool, weights: Arrays, kept: Arrays, share: float) -> int:
        """Take weights of a pool out of the masks; how many."""
        values, present = take(weights, pool), take(kept, pool)
        if self.walks:
            signs = take(self.signs, pool)[present]
            gone = np.flatnonzero(present)[self.file.goes(values[present], signs)]
        else:
            gone = lowest(np.abs(values), present, round(share * int(present.sum())))
        present[gone] = False
        put(kept, pool, present)
        return len(gone)

    def _let_come(self, pool: Pool, masks: Arrays, slopes: Arrays | None, count: int) -> None:
        """Put weights of a pool into the masks, each with a sign of its own."""
        present = take(masks, pool)
        places = take(self.allowed, pool) & ~present
        known = {} if slopes is None else {"gradients": take(slopes, pool)[places]}
        scores = np.zeros(len(places))
        scores[places] = self._checked(self.score(int(places.sum()), self.rng, **known), places)
        come = lowest(-scores, places, count)
        present[come] = True
        put(masks, pool, present)
        signs = take(self.signs, pool)
        signs[come] = self.rng.choice((-1.0, 1.0), len(come))
        put(self.signs, pool, signs)

    def _checked(self, scores: Any, places: BoolArray) -> Any:
        count = int(places.sum())
        values = np.asarray(scores, float)
        if values.shape != (count,) or np.isnan(values).any():
            raise InputError(
                f"growth/{self.how.rule}.py: its scores are {brief(scores)}; expected {count} "
                "numbers, one for each place. Correct the function."
            )
        return values

    @torch.no_grad()
    def _walk(self) -> None:
        """Move all weights in place, by the rule."""
        masks, signs = ([a for pair in each for a in pair] for each in (self._masks(), self.signs))
        for weight, mask, sign in zip(matrices(self.network), masks, signs, strict=True):
            values = weight.detach().numpy()
            values[mask] = self.file.move(values[mask], sign[mask], self.rng)

    def _slopes(self, batch: Batch) -> list[list[Array]] | None:
        """The gradient of a batch's loss by all weights that may be there, if the rule wants it."""
        if self.twin is None:
            return None
        with torch.no_grad():
            pairs = zip(self.twin.parameters(), self.network.parameters(), strict=True)
            for own, weight in pairs:
                own.copy_(weight)
        found = [slope.numpy() for slope in gradients(self.twin, [batch])]
        return [found[i : i + 2] for i in range(0, len(found), 2)]

    def _signs(self, weights: Array) -> Array:
        drawn = self.rng.choice((-1.0, 1.0), weights.shape)
        return np.where(weights == 0, drawn, np.sign(weights))


def _with_all(network: SequenceClassifier, allowed: Arrays) -> SequenceClassifier:
    """A copy that has all weights that may be there; those that are not there are zero."""
    twin = copy.deepcopy(network)
    for block, masks in zip(twin.recurrent.own_blocks(), as_masks(allowed), strict=True):
        block.mask_ih.copy_(masks[0])
        block.mask_hh.copy_(masks[1])
    return twin
