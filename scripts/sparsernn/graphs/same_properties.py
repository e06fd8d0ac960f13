"""Which properties of a graph are functions of each other, and so one and the same.

They aren't with the properties' names, so that a change here makes no graph be measured again.
"""

from collections.abc import Iterable

__all__ = ["distinct"]

_MEASURES = ("eccentricity", "degree", "closeness", "nodes_betweenness", "edge_betweenness")

# Each is a function of the first, and grows with it, in every graph: the mean of the degrees
# (centralities) is twice the density, a standard deviation is the root of a variance.
_SAME: tuple[tuple[str, ...], ...] = (
    ("density", "degree_mean", "density_undirected"),
    *((f"{measure}_var", f"{measure}_std") for measure in _MEASURES),
)


def distinct(names: Iterable[str]) -> list[str]:
    """Some properties without those that are functions of another one of them.

    Example:
        >>> distinct(["degree_mean", "nodes", "density", "degree_std"])
        ['nodes', 'density', 'degree_std']
    """
    every = list(dict.fromkeys(names))
    groups = [[name for name in group if name in every] for group in _SAME]
    others = {name for group in groups for name in group[1:]}
    return [name for name in every if name not in others]
