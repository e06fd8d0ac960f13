"""Sanity checks of masks: others that have as many weights of each matrix, or of each unit."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from sparsernn.pruning.pools import masks_of, pools, put, take
from sparsernn.wiring.wiring import Wiring

__all__ = ["MASKS", "rewired", "shuffled"]

SWAPS = 10
"""Swaps that are tried, for each weight."""


def shuffled(wiring: Wiring, original: Wiring, rng: np.random.Generator) -> Wiring:
    """A wiring with as many weights of each matrix, drawn from all that `original` has.

    Example:
        >>> import numpy as np
        >>> from sparsernn import SparseRNN, Wiring, prune
        >>> dense = Wiring.dense("gru", 4, 8)
        >>> pruned = prune(SparseRNN(dense), 0.5).wiring
        >>> other = shuffled(pruned, dense, np.random.default_rng(0))
        >>> [int(w.blocks[0].mask_hh.sum()) for w in (pruned, other)] == [
        ...     int(pruned.blocks[0].mask_hh.sum())] * 2
        True

    References:
        J. Su et al., Sanity-checking pruning methods: random tickets can win the jackpot, NeurIPS
        2020.
    """
    masks, allowed = masks_of(wiring), masks_of(original)
    for pool in pools(wiring, "both", "uniform"):
        present, may = take(masks, pool), take(allowed, pool)
        present[may] = rng.permutation(present[may])
        put(masks, pool, present)
    return wiring.with_masks([(ih, hh) for ih, hh in masks])


def rewired(wiring: Wiring, original: Wiring, rng: np.random.Generator) -> Wiring:
    """A wiring with as many weights in each row and column of each matrix.

    So each gate of each unit hears as many sources, and each source is heard as often. Two weights
    at a time trade their sources, where `original` has both of the new weights and neither exists.

    References:
        S. Maslov and K. Sneppen, Specificity and stability in topology of protein networks,
        Science 296, 2002.
    """
    return wiring.with_masks(
        [
            (
                _swapped(block.mask_ih, of.mask_ih, rng),
                _swapped(block.mask_hh, of.mask_hh, rng),
            )
            for block, of in zip(wiring.blocks, original.blocks, strict=True)
        ]
    )


def _swapped(
    mask: npt.NDArray[np.bool_], allowed: npt.NDArray[np.bool_], rng: np.random.Generator
) -> npt.NDArray[np.bool_]:
    free = (allowed & ~mask).tolist()  # lists, as single entries of arrays are slow
    rows, columns = (places.tolist() for places in np.nonzero(mask))
    count = len(rows)
    if count < 2:
        return mask
    for i, j in rng.integers(0, count, (SWAPS * count, 2)).tolist():
        (r, c), (s, d) = (rows[i], columns[i]), (rows[j], columns[j])
        if free[r][d] and free[s][c]:
            free[r][d] = free[s][c] = False
            free[r][c] = free[s][d] = True
            columns[i], columns[j] = d, c
    result = np.zeros_like(mask)
    result[rows, columns] = True
    return result


MASKS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "found": lambda wiring, original, rng: wiring,
        "shuffled": shuffled,
        "rewired": rewired,
    }
)
"""Which mask is trained: the one that was found, or a control of it."""
