"""What the thesis meant by density; its own is of a directed graph, half of it."""

from collections.abc import Sequence

import igraph


def density_undirected(graph: igraph.Graph, layers: Sequence[Sequence[int]]) -> float:
    """Edges over pairs of vertices."""
    n = graph.vcount()
    return graph.ecount() / (n * (n - 1) / 2)
