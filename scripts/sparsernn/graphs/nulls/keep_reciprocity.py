"""A null model of directed graphs that keeps every vertex's edges in, out, and in both directions.

Connectomes have many more pairs of neurons that are joined both ways than random graphs with the
same degrees.

References:
    R. Milo et al., Network motifs: simple building blocks of complex networks, Science 298, 2002
    (single and mutual edges are swapped among themselves).
"""

from collections.abc import Collection

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.rewiring import Change, Edge, in_steps

NAME = "degrees and mutual edges kept"
FEEDFORWARD = ()
RECURRENCE = ("directed",)


def keep_reciprocity(graph: nx.DiGraph, rng: np.random.Generator) -> nx.DiGraph:
    """A random directed graph in which each vertex has as many single and mutual edges.

    A Markov chain like that of `keep_in_out_degrees`. Edges whose reverse exists, too, are swapped
    among themselves, both directions at once; the others among themselves, where none of them
    becomes the reverse of another. Self-loops stay where they are. An edge's weight stays with its
    source.

    Raises:
        InputError: the graph is undirected, so that all its edges are mutual.
    """
    if not graph.is_directed():
        raise InputError(
            "nulls/keep_reciprocity.py: the graph is undirected; expected a directed one. Use "
            "keep_degrees, which leaves every vertex its number of neighbours."
        )
    return in_steps(graph, rng, _of_one_kind)


def _of_one_kind(proposed: Change, exist: Collection[Edge]) -> Change | None:
    """A change of single edges as it is, and one of two mutual edges in both directions."""
    old, new = proposed
    mutual = [(v, u) in exist for u, v in old]
    if not any(mutual):
        others = {(v, u) for u, v in new} - set(old)
        return None if any(edge in exist for edge in others) else proposed
    if not all(mutual) or len(old) > 2:  # a mutual triangle turned around is the same
        return None
    (u, v), (x, y) = old
    return [*old, (v, u), (y, x)], [*new, (v, x), (y, u)]
