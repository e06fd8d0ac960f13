"""A block of a wiring: units of one layer that are computed together."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sparsernn.errors import InputError, brief
from sparsernn.plugins import load

__all__ = ["Block", "BoolArray", "EdgeWeights", "FloatArray", "IntArray", "check_leak"]
__all__ += ["is_leaky"]

BoolArray: TypeAlias = npt.NDArray[np.bool_]
IntArray: TypeAlias = npt.NDArray[np.int64]
FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EdgeWeights:
    """What is known of a block's weights as they begin, besides which of them exist.

    Attributes:
        initial: (gates * H, H) the recurrent weights to begin with; None: they are drawn.
        fixed: whether these are not trained.
        signs: (gates * H, H) 1 or -1 where a weight keeps this sign, 0 where it is free; None: all
            are free.
        spectral_radius: of each gate's weights as they begin; None: whatever it is.
        input_scaling: the input weights are drawn from U(±input_scaling); None: as all others.
    """

    initial: FloatArray | None = None
    fixed: bool = False
    signs: npt.NDArray[np.int8] | None = None
    spectral_radius: float | None = None
    input_scaling: float | None = None

    def __post_init__(self) -> None:
        for field, dtype in (("initial", np.float64), ("signs", np.int8)):
            if getattr(self, field) is not None:
                array: np.ndarray = np.array(getattr(self, field), dtype=dtype)
                array.flags.writeable = False
                object.__setattr__(self, field, array)


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
        edge_weights: what is known of its weights as they begin, if edges are the recurrence.
        leak: share of the cell's new state in a unit's next one; see `RecurrentEdges`.
    """

    name: str
    layer: int
    reads: IntArray
    adds_to: IntArray
    mask_ih: BoolArray
    mask_hh: BoolArray
    reverse: bool = False
    edge_weights: EdgeWeights | None = None
    leak: float = 1.0

    def __post_init__(self) -> None:
        for field in ("reads", "adds_to", "mask_ih", "mask_hh"):
            dtype = np.bool_ if field.startswith("mask") else np.int64
            array: np.ndarray = np.array(getattr(self, field), dtype=dtype)
            array.flags.writeable = False
            object.__setattr__(self, field, array)
        if not 0 < self.leak <= 1:
            raise InputError(
                f"block {brief(self.name)}: leak is {brief(self.leak)}; expected a number above 0 "
                "and up to 1."
            )
        for name in ("initial", "signs"):
            of = getattr(self.edge_weights, name, None)
            if of is not None and of.shape != self.mask_hh.shape:
                raise InputError(
                    f"block {brief(self.name)}: {name} of the edges' weights has the shape "
                    f"{of.shape}; expected that of mask_hh, {self.mask_hh.shape}. Correct it."
                )

    @property
    def size(self) -> int:
        """Number of units."""
        return len(self.adds_to)


def is_leaky(blocks: Iterable[Block]) -> bool:
    """Whether some units keep a share of their state from step to step."""
    return any(block.leak < 1 for block in blocks)


def check_leak(blocks: Iterable[Block], cell: str) -> None:
    """Refuse a leak below 1 of a cell whose state is more than its output.

    Raises:
        InputError: that.
    """
    if is_leaky(blocks) and getattr(load("cells", cell), "STATES", 1) > 1:
        raise InputError(
            f"leak is below 1, but the state of the cell {cell} is more than its output. Leave "
            "leak out, or choose another cell, as rnn_tanh."
        )
