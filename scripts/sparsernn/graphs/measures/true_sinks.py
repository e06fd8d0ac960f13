"""What the thesis meant by sink nodes; its own are those of the last layer."""

from collections.abc import Sequence

import igraph


def true_sinks(graph: igraph.Graph, layers: Sequence[Sequence[int]]) -> float:
    """Number of vertices without successor."""
    return sum(degree == 0 for degree in graph.outdegree())
