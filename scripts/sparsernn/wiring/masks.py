"""Where an adjacency, which is (source, target), becomes a mask or weights: (target, source)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["by_target"]


def by_target(
    adjacency: npt.NDArray[Any],
    sources: Sequence[int] | None = None,
    targets: Sequence[int] | None = None,
) -> npt.NDArray[Any]:
    """The (target, source) matrix of an adjacency, its weights or its signs: (source, target).

    Args:
        adjacency: entry (i, j) is of the edge from i to j.
        sources: the vertices of the columns, in their order; None: all.
        targets: the vertices of the rows; None: all.

    Example:
        >>> by_target(np.array([[0, 1], [0, 0]])).tolist()  # 0 -> 1: unit 1 hears unit 0
        [[0, 0], [1, 0]]
    """
    every = range(len(adjacency))
    rows = every if sources is None else sources
    return adjacency[np.ix_(rows, every if targets is None else targets)].T
