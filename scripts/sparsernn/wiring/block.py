"""A block of a wiring: units of one layer that are computed together."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["Block", "BoolArray", "IntArray"]

BoolArray: TypeAlias = npt.NDArray[np.bool_]
IntArray: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Block:
    """H units of one recurrent cell that are computed together.

    Attributes:
        name: what it is, for messages.
        layer: number of the layer it belongs to.
        reads: (R,) slots it reads in a time step.
        adds_to: (H,) the slot that each unit's output is added to.
        mask_ih: (gates * H, R) True where an input weight exists.
        mask_hh: (gates * H, H) True where a recurrent weight exists.
        reverse: whether it runs backward in time, from each sequence's last step to its first.
    """

    name: str
    layer: int
    reads: IntArray
    adds_to: IntArray
    mask_ih: BoolArray
    mask_hh: BoolArray
    reverse: bool = False

    def __post_init__(self) -> None:
        for field in ("reads", "adds_to", "mask_ih", "mask_hh"):
            dtype = np.bool_ if field.startswith("mask") else np.int64
            array: np.ndarray = np.array(getattr(self, field), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, field, array)

    @property
    def size(self) -> int:
        """Number of units."""
        return len(self.adds_to)
