"""Pools: the weights that are compared with one another, and the arrays that hold them."""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sparsernn.wiring.protocol import Scope
from sparsernn.wiring.wiring import Wiring

__all__ = ["TARGETS", "Arrays", "Part", "Pool", "Target", "groups", "lowest", "masks_of"]
__all__ += ["pools", "put", "take"]

Target: TypeAlias = Literal["both", "i2h", "h2h", "units"]
TARGETS: tuple[Target, ...] = ("both", "i2h", "h2h")
_MATRICES = {"both": (0, 1), "i2h": (0,), "h2h": (1,), "units": (0, 1)}

Arrays: TypeAlias = Sequence[Sequence[npt.NDArray[Any]]]
"""For each block of a wiring two arrays: one for its input, one for its recurrent weights."""


class Part(NamedTuple):
    """Rows of one matrix: of a block, its input weights (0) or its recurrent ones (1)."""

    block: int
    kind: int
    rows: slice


Pool: TypeAlias = Sequence[Part]


def pools(wiring: Wiring, target: Target, scope: Scope) -> Iterator[Pool]:
    """The parts of matrices that are compared, pool by pool; see `Protocol.prune_scope`.

    Example:
        >>> from sparsernn import Wiring
        >>> dense = Wiring.dense("gru", input_size=4, hidden_size=5, num_layers=2)
        >>> scopes = ("global", "layer", "uniform", "gate")
        >>> [len(list(pools(dense, "both", scope))) for scope in scopes]
        [1, 2, 4, 12]
    """
    kinds = _MATRICES[target]
    if scope in ("layer", "global"):
        layers = [block.layer if scope == "layer" else 0 for block in wiring.blocks]
        for layer in sorted(set(layers)):
            blocks = [i for i, of in enumerate(layers) if of == layer]
            yield [Part(i, kind, slice(None)) for i in blocks for kind in kinds]
        return
    for i, block in enumerate(wiring.blocks):
        for kind in kinds:
            step = block.size if scope == "gate" else len(block.mask_hh)
            for first in range(0, len(block.mask_hh), step):
                yield [Part(i, kind, slice(first, first + step))]


def take(arrays: Arrays, pool: Pool) -> npt.NDArray[Any]:
    """The entries of a pool as one vector, a copy."""
    return np.concatenate([arrays[block][kind][rows].ravel() for block, kind, rows in pool])


def put(arrays: Arrays, pool: Pool, values: npt.NDArray[Any]) -> None:
    """Write one vector into the entries of a pool."""
    start = 0
    for block, kind, rows in pool:
        part = arrays[block][kind][rows]
        part[...] = values[start : start + part.size].reshape(part.shape)
        start += part.size


def lowest(
    scores: npt.NDArray[Any], among: npt.NDArray[np.bool_], count: int
) -> npt.NDArray[np.int64]:
    """Places of the `count` lowest scores among some; where scores are equal, a fixed shuffle."""
    places = np.flatnonzero(among)
    values = scores[places]
    count = min(count, len(places))
    if count <= 0:
        return places[:0]
    last = np.partition(values, count - 1)[count - 1]
    below, equal = places[values < last], places[values == last]
    if len(below) + len(equal) > count:
        # The order of the matrix would take whole units first, where many weights are equal.
        order = np.random.default_rng(0).permutation(len(scores))
        tied = np.zeros(len(scores), bool)
        tied[equal] = True
        equal = order[tied[order]][: count - len(below)]
    return np.concatenate([below, equal])


def masks_of(wiring: Wiring) -> list[list[npt.NDArray[np.bool_]]]:
    """Copies of a wiring's masks."""
    return [[block.mask_ih.copy(), block.mask_hh.copy()] for block in wiring.blocks]


def groups(wiring: Wiring) -> list[list[npt.NDArray[np.int64]]]:
    """For each weight of each matrix the number of its group: the rows of one gate there."""
    found: list[list[npt.NDArray[np.int64]]] = []
    first = 0
    for block in wiring.blocks:
        found.append([])
        for mask in (block.mask_ih, block.mask_hh):
            gate = np.arange(len(mask)) // block.size
            found[-1].append(np.broadcast_to(first + gate[:, None], mask.shape))
            first += len(mask) // block.size
    return found
