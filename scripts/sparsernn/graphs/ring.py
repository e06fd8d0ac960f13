"""Ring lattices with an exact number of edges."""

from collections.abc import Hashable, Sequence

import numpy as np

__all__ = ["ring_edges"]


def ring_edges(
    order: Sequence[Hashable], count: int, rng: np.random.Generator, directed: bool = True
) -> list[tuple[Hashable, Hashable]]:
    """The shortest edges between vertices on a ring; of the longest kind, some at random.

    Args:
        order: the n vertices around the ring.
        count: number of edges, at most n (n - 1), or half of it if they are undirected.
        rng: source of randomness.
        directed: whether an edge and its reverse are two.

    Example:
        >>> ring_edges("abc", 4, np.random.default_rng(0))
        [('a', 'b'), ('b', 'c'), ('c', 'a'), ('c', 'b')]
        >>> ring_edges("abcd", 6, np.random.default_rng(0), directed=False)
        [('a', 'b'), ('b', 'c'), ('c', 'd'), ('d', 'a'), ('a', 'c'), ('b', 'd')]
    """
    n = len(order)
    edges: list[tuple[Hashable, Hashable]] = []
    ways = (1, -1) if directed else (1,)
    for step in (way * distance for distance in range(1, n // 2 + 1) for way in ways):
        if 2 * step == -n:
            continue  # the vertex opposite, reached already
        starts = n // 2 if 2 * step == n and not directed else n
        kind = [(order[i], order[(i + step) % n]) for i in range(starts)]
        left = count - len(edges)
        some = left < starts
        edges += [kind[i] for i in sorted(rng.permutation(starts)[:left])] if some else kind
    return edges
