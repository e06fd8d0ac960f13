"""Pruning of whole units, with all weights that lead to them and from them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sparsernn.pruning.pools import Arrays, Pool, masks_of, put, take
from sparsernn.wiring.block import Block
from sparsernn.wiring.wiring import Wiring

__all__ = ["without_units"]

Scored = tuple[Pool, npt.NDArray[Any]]


def without_units(
    wiring: Wiring, scored: Sequence[Scored], before: Arrays, percent: float
) -> Wiring:
    """Mask the units that score lowest, as few as leave each pool at most the wanted weights.

    A unit is a vertex of the wiring: the rows of its gates, and the columns that hear it. Its score
    is the sum of those of its rows and columns; for magnitude that is the L1 norm of its weights.
    The read-out still has a column for each unit: a unit that is gone is constant over inputs, as
    all that is left of it are its biases.

    Args:
        wiring: the present one.
        scored: pools of whole matrices, with the scores of their weights.
        before: the masks before any pruning.
        percent: share of the weights of a pool that are gone afterwards, at least.

    References:
        H. Li et al., Pruning filters for efficient ConvNets, ICLR 2017.
    """
    masks, scores = masks_of(wiring), [[m * 0.0 for m in masks] for masks in masks_of(wiring)]
    for pool, values in scored:
        put(scores, pool, values)
    order = np.argsort(_by_vertex(wiring, scores), kind="stable")
    for pool, _ in scored:
        whole = take(before, pool)
        wanted = int(whole.sum()) - round(int(whole.sum()) * percent / 100)
        own = np.zeros(wiring.slots, bool)
        own[np.concatenate([wiring.blocks[part.block].adds_to for part in pool])] = True
        alive = own & (_by_vertex(wiring, masks) > 0)
        for vertex in order[alive[order]]:
            if take(masks, pool).sum() <= wanted:
                break
            _remove(wiring, masks, int(vertex))
    return wiring.with_masks([(mask_ih, mask_hh) for mask_ih, mask_hh in masks])


def _targets(block: Block) -> npt.NDArray[np.int64]:
    """The vertex of each row of a block's matrices."""
    return np.tile(block.adds_to, len(block.mask_hh) // block.size)


def _by_vertex(wiring: Wiring, arrays: Arrays) -> npt.NDArray[np.float64]:
    """For each slot, the sum over the rows that lead to it and the columns that come from it."""
    sums = np.zeros(wiring.slots)
    for block, (ih, hh) in zip(wiring.blocks, arrays, strict=True):
        for array, sources in ((ih, block.reads), (hh, block.adds_to)):
            np.add.at(sums, _targets(block), array.sum(1))
            np.add.at(sums, sources, array.sum(0))
    return sums


def _remove(wiring: Wiring, masks: Arrays, vertex: int) -> None:
    for block, (mask_ih, mask_hh) in zip(wiring.blocks, masks, strict=True):
        for mask, sources in ((mask_ih, block.reads), (mask_hh, block.adds_to)):
            mask[_targets(block) == vertex] = False
            mask[:, sources == vertex] = False
