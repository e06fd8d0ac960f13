"""Training steps of a whole classifier on flat arrays: no automatic differentiation in between."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.adam import FusedAdam
from sparsernn.engine.autograd import FusedEngine, Sizes, classify, classify_back, quiet
from sparsernn.engine.cache import kernel
from sparsernn.engine.clipping import Clip
from sparsernn.engine.held import Held
from sparsernn.engine.readout import norm
from sparsernn.engine.tensors import check
from sparsernn.errors import InputError

__all__ = ["Trainer"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


class Trainer:
    """Steps of an optimiser on the mean cross-entropy of batches.

    Args:
        engine: of the network.
        sizes: of the network.
        parameters: all of the network's in one vector, changed in place.
        held: which of them are fixed, or of weights that keep their signs; None: none.
        optimiser: of this vector. Its steps take each number by itself: where numbers lie means
            nothing.
        clip: limits of the gradient.
    """

    def __init__(
        self,
        engine: FusedEngine,
        sizes: Sizes,
        parameters: Tensor,
        held: Held | None,
        optimiser: torch.optim.Optimizer,
        clip: Clip,
    ) -> None:
        check(parameters)
        self.engine, self.sizes, self.held, self.optimiser = engine, sizes, held, optimiser
        self.clip = clip
        self.flat: Array = parameters.detach().numpy()
        self.gradient = np.zeros_like(self.flat)
        parameters.grad = torch.from_numpy(self.gradient)

    @quiet
    def step(self, inputs: Array, lengths: IntArray, labels: IntArray) -> tuple[float, float, int]:
        """Loss, gradient norm and number of right answers; no step if either is not finite.

        Args:
            inputs: (T, B) letters, padded; or (T, B, letters) numbers.
            lengths: (B,) number of steps.
            labels: (B,) classes of the sequences, or (T, B) of each of their steps.

        Raises:
            InputError: numbers of another shape or type than the network reads.
        """
        every, codes, count, numbers = labels.ndim == 2, inputs, self.sizes.letters, None
        if self.sizes.linear:
            numbers = self._numbers(inputs)
            count = len(numbers)  # each step of each sequence is a letter of its own
            codes = np.arange(count).reshape(inputs.shape[:2])
        run = self.engine.run(codes, lengths, count, True, every)
        numbers = None if numbers is None else numbers[run.present]
        labels = _string_by_string(labels, lengths) if every else labels
        weights = self.flat if self.held is None else self.held.weights(self.flat)
        logits, saved = classify(run, self.sizes, weights, numbers)
        d_logits = np.empty_like(logits)
        loss, right = cross_entropy(logits.dtype, logits, labels, d_logits)
        gradient = self.gradient
        gradient.fill(0)
        classify_back(run, self.sizes, weights, saved, d_logits, gradient, numbers)
        if self.held is not None:
            self.held.hold(self.flat, gradient)
        length = norm(gradient)
        if math.isfinite(loss) and math.isfinite(length):
            self._take(length)
        return loss, length, right

    def _numbers(self, inputs: Array) -> Array:
        """(T · B, letters) numbers."""
        shape, dtype = inputs.shape, self.flat.dtype
        if len(shape) != 3 or shape[2] != self.sizes.letters or inputs.dtype != dtype:
            raise InputError(
                f"inputs have the shape {shape} and are of {inputs.dtype}; expected "
                f"(T, B, {self.sizes.letters}) numbers of {dtype}, as the network's weights are."
            )
        return inputs.reshape(-1, shape[2])

    def _take(self, length: float) -> None:
        """Clip the gradient, of this norm, and take the step."""
        if self.clip.value is not None:
            np.clip(self.gradient, -self.clip.value, self.clip.value, out=self.gradient)
            length = norm(self.gradient)
        limit = math.inf if self.clip.norm is None else self.clip.norm
        scale = min(1.0, limit / length) if length else 1.0
        if isinstance(self.optimiser, FusedAdam):
            self.optimiser.scale = scale
        else:
            self.gradient *= scale
        fixed = None if self.held is None else self.flat[self.held.fixed]
        self.optimiser.step()
        if self.held is not None:  # weight decay shrinks what has no gradient, too
            self.flat[self.held.fixed] = fixed


def _string_by_string(labels: IntArray, lengths: IntArray) -> IntArray:
    """(T, B) labels in the order in which strings are read out at every letter."""
    reached: IntArray = labels.T[np.arange(len(labels)) < lengths[:, None]]
    return reached


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
