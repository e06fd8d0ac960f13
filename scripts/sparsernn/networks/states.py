"""The form of a network's states: PyTorch's own for stacks, else a tuple for each block."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import torch
from torch import Tensor

from sparsernn.errors import InputError
from sparsernn.networks.inputs import Batch
from sparsernn.wiring.wiring import Wiring

__all__ = ["NetworkState", "State", "given_back", "of_blocks"]

State: TypeAlias = tuple[Tensor, ...]
"""Of one block: h, for an LSTM (h, c), each (B, H)."""
NetworkState: TypeAlias = Tensor | tuple[Tensor, ...] | tuple[State, ...]
"""Of a network: what `torch.nn` has if its wiring is stacked, else a `State` for each block."""


def of_blocks(
    state: NetworkState | None, wiring: Wiring, each: int, batch: Batch
) -> tuple[State, ...] | None:
    """Each block's state, its strings in the batch's order.

    Args:
        state: as the user gives it; None stays None.
        wiring: of the network.
        each: number of tensors in a block's state.
        batch: of which the states are.

    Raises:
        InputError: another number of states, or one of another shape.
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
    packed = batch.packed
    order = None if packed is None else packed.sorted_indices
    return tuple(tuple(_batched(part, batch.unbatched, order) for part in one) for one in blocks)


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


def _batched(part: Tensor, unbatched: bool, order: Tensor | None) -> Tensor:
    part = part.unsqueeze(0) if unbatched else part
    return part if order is None else part.index_select(0, order.to(part.device))


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


def given_back(blocks: Sequence[State], wiring: Wiring, batch: Batch) -> NetworkState:
    """Each block's state in the form of the network's."""
    packed = batch.packed
    order = None if packed is None else packed.unsorted_indices
    ready = tuple(
        tuple(_given_back(part, batch.unbatched, order) for part in state) for state in blocks
    )
    if not wiring.stacked:
        return ready
    whole = tuple(torch.stack(parts) for parts in zip(*ready, strict=True))
    return whole[0] if len(whole) == 1 else whole


def _given_back(part: Tensor, unbatched: bool, order: Tensor | None) -> Tensor:
    part = part if order is None else part.index_select(0, order.to(part.device))
    return part.squeeze(0) if unbatched else part
