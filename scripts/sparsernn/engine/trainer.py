"""Training steps of a whole classifier on flat arrays: no automatic differentiation in between."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.autograd import FusedEngine, Sizes, classify, classify_back, quiet
from sparsernn.engine.cache import kernel
from sparsernn.engine.held import Held
from sparsernn.engine.readout import norm
from sparsernn.engine.tensors import check

__all__ = ["Trainer"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


class Trainer:
    """Adam on the mean cross-entropy of batches; the same numbers as torch's, to rounding.

    Args:
        engine: of the network.
        sizes: number of letters, of input features and of classes.
        parameters: all of the network's in one vector, changed in place.
        held: which of them are fixed, or of weights that keep their signs; None: none.
        lr: learning rate.
        clip_norm: the gradient's norm is cut to this; None does not cut.
    """

    def __init__(
        self,
        engine: FusedEngine,
        sizes: Sizes,
        parameters: Tensor,
        held: Held | None,
        lr: float,
        clip_norm: float | None,
    ) -> None:
        check(parameters)
        self.engine, self.sizes, self.held, self.lr = engine, sizes, held, lr
        self.limit = math.inf if clip_norm is None else clip_norm
        self.flat: Array = parameters.detach().numpy()
        self.mean, self.square, self.gradient = (np.zeros_like(self.flat) for _ in range(3))
        self.steps = 0

    def moments(self, weight: Tensor) -> list[Tensor]:
        """The moments of a parameter that is a view of the vector, in its shape; also views."""
        places = slice(weight.storage_offset(), weight.storage_offset() + weight.numel())
        whole = (self.mean, self.square)
        return [torch.from_numpy(moment[places]).view_as(weight) for moment in whole]

    @quiet
    def step(
        self, codes: IntArray, lengths: IntArray, labels: IntArray
    ) -> tuple[float, float, int]:
        """Loss, gradient norm and number of right answers; no step if either is not finite.

        Args:
            codes: (T, B) letters, padded.
            lengths: (B,) number of letters.
            labels: (B,) classes.
        """
        run = self.engine.run(codes, lengths, self.sizes, True)
        weights = self.flat if self.held is None else self.held.weights(self.flat)
        logits, saved = classify(run, self.sizes, weights)
        d_logits = np.empty_like(logits)
        loss, right = cross_entropy(logits.dtype, logits, labels, d_logits)
        gradient = self.gradient
        gradient.fill(0)
        classify_back(run, self.sizes, weights, saved, d_logits, gradient)
        if self.held is not None:
            self.held.hold(self.flat, gradient)
        length = norm(gradient)
        if math.isfinite(loss) and math.isfinite(length):
            self.steps += 1
            scale = min(1.0, self.limit / length) if length else 1.0
            numbers = np.array(_adam_numbers(self.steps, self.lr, scale), self.flat.dtype)
            adam(self.flat.dtype, self.flat, gradient, self.mean, self.square, numbers)
        return loss, length, right


@kernel
def cross_entropy(logits: Array, labels: IntArray, d_logits: Array) -> tuple[float, int]:
    """Mean cross-entropy and number of right answers; `d_logits` gets the loss's gradient.

    With p = softmax(z), the loss -log p[label] has the derivative p - [label] by z.
    """
    count, classes = logits.shape
    loss, right = 0.0, 0
    for b in range(count):
        best = 0
        for k in range(1, classes):
            # As in torch, NaN counts as the largest.
            if not logits[b, k] <= logits[b, best] and not math.isnan(logits[b, best]):
                best = k
        top, below = logits[b, best], 0.0
        for k in range(classes):
            below += math.exp(logits[b, k] - top)
        loss += math.log(below) + top - logits[b, labels[b]]
        right += best == labels[b]
        for k in range(classes):
            share = math.exp(logits[b, k] - top) / below
            d_logits[b, k] = (share - (k == labels[b])) / count
    return loss / count, right


BETA_MEAN, BETA_SQUARE, EPSILON = 0.9, 0.999, 1e-8


def _adam_numbers(step: int, lr: float, scale: float) -> tuple[float, ...]:
    """What `adam` takes of a step: the averages start from zero, so early ones are scaled up."""
    root = math.sqrt(1 - BETA_SQUARE**step)
    rate = lr / (1 - BETA_MEAN**step)
    return scale, 1 - BETA_MEAN, BETA_SQUARE, 1 - BETA_SQUARE, rate, 1 / root, EPSILON


@kernel
def adam(flat: Array, gradient: Array, mean: Array, square: Array, numbers: Array) -> None:
    """One step: flat -= rate * mean / (sqrt(square) / root + epsilon)."""
    scale, keep_less, keep, add, rate, unbias, epsilon = (
        numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6],
    )  # fmt: skip
    for k in range(len(flat)):
        g = gradient[k] * scale
        mean[k] += (g - mean[k]) * keep_less
        square[k] = square[k] * keep + g * g * add
        flat[k] -= rate * mean[k] / (math.sqrt(square[k]) * unbias + epsilon)
