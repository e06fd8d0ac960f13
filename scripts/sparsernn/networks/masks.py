"""The wiring whose masks are those in a module's buffers, which alone say which weights exist."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from sparsernn.wiring.wiring import Wiring

if TYPE_CHECKING:  # numba takes half a second to import, and engine "torch" needs none
    from sparsernn.engine.autograd import FusedEngine

__all__ = ["InForce", "Masks"]

Masks: TypeAlias = Sequence[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]
"""Of each block its mask_ih and mask_hh."""


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
        self._engine: FusedEngine | None = None

    def wiring(self, masks: Masks) -> Wiring:
        """The wiring with these masks."""
        wiring = self.latest  # another thread may replace it
        for block, (mask_ih, mask_hh) in zip(wiring.blocks, masks, strict=True):
            if not np.array_equal(block.mask_ih, mask_ih) or not np.array_equal(
                block.mask_hh, mask_hh
            ):
                self.latest = wiring = wiring.with_masks(masks)
                break
        return wiring

    def engine(self, masks: Masks) -> "FusedEngine":
        """The fused engine of the wiring with these masks."""
        from sparsernn.engine.autograd import FusedEngine

        wiring, engine = self.wiring(masks), self._engine
        if engine is None or engine.wiring is not wiring:
            self._engine = engine = FusedEngine(wiring)
        return engine
