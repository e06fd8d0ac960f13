"""The form of a network's states: PyTorch's own for stacks, else a tuple for each block."""

from itertools import accumulate, pairwise
from typing import Any, TypeAlias

import torch
from torch import Tensor

from sparsernn.errors import InputError
from sparsernn.networks.inputs import Batch
from sparsernn.plugins import load
from sparsernn.wiring.wiring import Wiring

__all__ = ["NetworkState", "State", "by_block", "given_back", "of_units", "states_of", "together"]

State: TypeAlias = tuple[Tensor, ...]
"""Of one block: h, for an LSTM (h, c), each (B, H)."""
NetworkState: TypeAlias = Tensor | tuple[Tensor, ...] | tuple[State, ...]
"""Of a network: what `torch.nn` has if its wiring is stacked, else a `State` for each block."""


def states_of(cell: str) -> int:
    """Number of tensors in the state of a cell's unit."""
    states: int = getattr(load("cells", cell), "STATES", 1)
    return states


def of_units(state: NetworkState | None, wiring: Wiring, each: int, batch: Batch) -> Tensor | None:
    """The (states, B, units) state of all blocks' units, its sequences in the batch's order.

    Args:
        state: as the user gives it; None stays None.
        wiring: of the network.
        each: number of tensors in a block's state.
        batch: of which the states are.

    Raises:
        InputError: another number of states, one of another shape, or of several types.
    """
    if state is None:
        return None
    blocks = _unstacked(state, wiring, each, batch) if wiring.stacked else _by_block(state)
    shapes = [() if batch.unbatched else (batch.size,)] * len(wiring.blocks)
    expected = [
        [(*shape, block.size)] * each for shape, block in zip(shapes, wiring.blocks, strict=True)
    ]
    if _shapes(blocks) != expected:
        raise InputError(
            f"state: {_told(state)}; expected {_expected(wiring, each, batch)}. Pass what the "
            "network returned for a batch of this size, or leave it out for zeros."
        )
    kinds = {(part.dtype, part.device) for one in blocks for part in one}
    if len(kinds) > 1 and not torch.is_autocast_enabled(blocks[0][0].device.type):
        told = " and ".join(sorted(f"{dtype} on {device}" for dtype, device in kinds))
        raise InputError(f"state: its tensors are of {told}. Convert them to those of the inputs.")
    units = together(blocks)
    units = units.unsqueeze(1) if batch.unbatched else units
    order = None if batch.packed is None else batch.packed.sorted_indices
    return units if order is None else units.index_select(1, order.to(units.device))


def together(blocks: Any) -> Tensor:
    """The (states, B, units) state of all units, of each block's."""
    return torch.stack([torch.cat(parts, -1) for parts in zip(*blocks, strict=True)])


def by_block(units: Tensor, wiring: Wiring) -> tuple[State, ...]:
    """`together` the other way round."""
    ends = accumulate((block.size for block in wiring.blocks), initial=0)
    return tuple(
        tuple(units[k][..., start:end] for k in range(len(units))) for start, end in pairwise(ends)
    )


def _by_block(state: Any) -> Any:
    return state if isinstance(state, (tuple, list)) else ()


def _unstacked(state: Any, wiring: Wiring, each: int, batch: Batch) -> Any:
    parts = [state] if each == 1 and isinstance(state, Tensor) else state
    rank = 2 if batch.unbatched else 3
    fitting = isinstance(parts, (tuple, list)) and len(parts) == each
    if each == 1:
        fitting = isinstance(state, Tensor)
    if not fitting or not all(isinstance(p, Tensor) and p.ndim == rank for p in parts):
        return ()
    if any(len(part) != len(wiring.blocks) for part in parts):
        return ()
    return [[part[i] for part in parts] for i in range(len(wiring.blocks))]


def _shapes(blocks: Any) -> Any:
    """The shape of each tensor; None where something else is."""
    return [
        [tuple(part.shape) if isinstance(part, Tensor) else None for part in one]
        if isinstance(one, (tuple, list))
        else None
        for one in blocks
    ]


def _told(state: Any) -> str:
    """What was given, in a few words."""
    if isinstance(state, Tensor):
        return f"a tensor of shape {tuple(state.shape)}"
    if not isinstance(state, (tuple, list)):
        return f"a {type(state).__name__}"
    first = _told(state[0]) if len(state) else "nothing"
    return f"a {type(state).__name__} of {len(state)}, the first {first}"


def _expected(wiring: Wiring, each: int, batch: Batch) -> str:
    within = () if batch.unbatched else (batch.size,)
    if wiring.stacked:
        shape = (len(wiring.blocks), *within, wiring.blocks[0].size)
        return f"a tensor of shape {shape}" if each == 1 else f"{each} tensors of shape {shape}"
    sizes = ", ".join(str((*within, block.size)) for block in wiring.blocks[:4])
    more = ", ..." if len(wiring.blocks) > 4 else ""
    return (
        f"a tuple of {len(wiring.blocks)}, for each block a tuple of {each} tensor(s), of the "
        f"shapes {sizes}{more}"
    )


def given_back(units: Tensor, wiring: Wiring, batch: Batch) -> NetworkState:
    """The (states, B, units) state of all units in the form of the network's."""
    order = None if batch.packed is None else batch.packed.unsorted_indices
    units = units if order is None else units.index_select(1, order.to(units.device))
    units = units.squeeze(1) if batch.unbatched else units
    # Each tensor is one of its own, not a view: it can be detached and changed in place.
    if not wiring.stacked:
        return tuple(tuple(part.clone() for part in one) for one in by_block(units, wiring))
    if len(units) == len(wiring.blocks) == 1 and not units._is_view():
        return units
    if len(wiring.blocks) == 1:
        layers = [units[k : k + 1].clone() for k in range(len(units))]
    else:
        apart = units.unflatten(-1, (len(wiring.blocks), -1)).movedim(-2, 1)
        layers = [apart[k].clone(memory_format=torch.contiguous_format) for k in range(len(units))]
    return layers[0] if len(layers) == 1 else tuple(layers)
