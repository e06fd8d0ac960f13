"""The wiring whose masks are those in a module's buffers, which alone say which weights exist."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.choice import check_compiler
from sparsernn.wiring.wiring import Wiring

if TYPE_CHECKING:  # numba takes half a second to import, and engine "torch" needs none
    from sparsernn.engine.autograd import FusedEngine

__all__ = ["InForce", "Masks"]

Masks: TypeAlias = tuple[Tensor, Tensor]
"""True where an input weight, and where a recurrent weight, of a block exists."""


class InForce:
    """A wiring with the masks in force, and the engine that runs it.

    Both are made anew when the masks differ from those before, entry by entry: buffers can be
    changed in ways that leave no trace.

    Args:
        wiring: with any masks.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.latest = wiring
        """The wiring as last asked for; its masks may be old."""
        self._known: Sequence[Masks | None] = ()
        self._engine: FusedEngine | None = None

    def wiring(self, masks: Sequence[Masks | None]) -> Wiring:
        """The wiring with the masks of each block; None are those that it began with."""
        wiring, known = self.latest, self._known  # another thread may replace them
        if len(known) == len(masks) and all(map(_same, known, masks)):
            return wiring
        arrays = [
            (block.mask_ih, block.mask_hh)
            if mask is None
            else (mask[0].cpu().numpy(), mask[1].cpu().numpy())
            for block, mask in zip(wiring.blocks, masks, strict=True)
        ]
        self.latest = wiring = wiring.with_masks(arrays)
        self._known = [
            None if mask is None else (mask[0].clone(), mask[1].clone()) for mask in masks
        ]
        return wiring

    def engine(self, masks: Sequence[Masks]) -> "FusedEngine":
        """The fused engine of the wiring with these masks."""
        check_compiler()
        from sparsernn.engine.autograd import FusedEngine

        wiring, engine = self.wiring(masks), self._engine
        if engine is None or engine.wiring is not wiring:
            self._engine = engine = FusedEngine(wiring)
        return engine


def _same(known: Masks | None, masks: Masks | None) -> bool:
    if known is None or masks is None:
        return known is masks
    return all(map(_equal, known, masks))


def _equal(one: Tensor, other: Tensor) -> bool:
    if one.device != other.device:
        return False
    if not one.is_cpu or one.shape != other.shape:
        return torch.equal(one, other)
    return bool((_words(one) == _words(other)).all())


def _words(mask: Tensor) -> npt.NDArray[Any]:
    """Truth values eight at a time where their number allows it: torch takes ten times as long."""
    values = np.ascontiguousarray(mask.numpy()).reshape(-1)
    return values.view(np.uint64) if len(values) % 8 == 0 else values
