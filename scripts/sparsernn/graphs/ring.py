"""Directed ring lattices with an exact number of edges."""

from collections.abc import Hashable, Sequence

import numpy as np

__all__ = ["ring_edges"]


def ring_edges(
    order: Sequence[Hashable], count: int, rng: np.random.Generator
) -> list[tuple[Hashable, Hashable]]:
    """The shortest edges between vertices on a ring; of the longest kind, some at random.

    Args:
        order: the vertices around the ring.
        count: number of edges, at most n (n - 1).
        rng: source of randomness.

    Example:
        >>> ring_edges("abc", 4, np.random.default_rng(0))
        [('a', 'b'), ('b', 'c'), ('c', 'a'), ('c', 'b')]
    """
    n = len(order)
    edges: list[tuple[Hashable, Hashable]] = []
    for step in (way * distance for distance in range(1, n // 2 + 1) for way in (1, -1)):
        if 2 * step == -n:
            continue  # the vertex opposite, reached already
        kind = [(order[i], order[(i + step) % n]) for i in range(n)]
        left = count - len(edges)
        chosen = kind if left >= n else [kind[i] for i in sorted(rng.permutation(n)[:left])]
        edges += chosen
    return edges
