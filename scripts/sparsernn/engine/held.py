"""Parameters in one vector that are fixed, and those of weights that keep their signs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

__all__ = ["Held"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


class Held(NamedTuple):
    """Which parameters are held, and how.

    Attributes:
        signed: places of parameters whose weight is their absolute value with a sign.
        signs: 1 or -1 for each of them.
        fixed: places of parameters that are not trained.
    """

    signed: IntArray
    signs: Array
    fixed: IntArray

    @classmethod
    def of(cls, parts: Sequence[Tensor], signs: Sequence[Tensor | None]) -> "Held | None":
        """Of a network's parameters, in their order, and the signs that they keep; None: no part.

        A sign of 0 holds nothing.
        """
        flat = np.concatenate(
            [
                np.zeros(part.numel(), np.int8) if own is None else own.numpy().ravel()
                for part, own in zip(parts, signs, strict=True)
            ]
        )
        fixed = np.concatenate([np.full(part.numel(), not part.requires_grad) for part in parts])
        signed = np.flatnonzero((flat != 0) & ~fixed)
        if not len(signed) and not fixed.any():
            return None
        return cls(signed, flat[signed], np.flatnonzero(fixed))

    def weights(self, flat: Array) -> Array:
        """What the kernels compute with."""
        weights = flat.copy()
        weights[self.signed] = np.abs(flat[self.signed]) * self.signs
        return weights

    def hold(self, flat: Array, gradient: Array) -> None:
        """Make the gradient of the weights, in place, that of the parameters."""
        gradient[self.signed] *= np.sign(flat[self.signed]) * self.signs
        gradient[self.fixed] = 0

    def tensor(self, whole: Tensor) -> Tensor:
        """As `weights`, with automatic differentiation."""
        signed, fixed = torch.from_numpy(self.signed), torch.from_numpy(self.fixed)
        signs = torch.from_numpy(self.signs).to(whole.dtype)
        whole = whole.index_copy(0, signed, whole[signed].abs() * signs)
        return whole.index_copy(0, fixed, whole[fixed].detach())
