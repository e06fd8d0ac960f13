"""The properties of a graph in a file, by what its edges are."""

import os
from typing import Literal

import igraph

from sparsernn.graphs.graphml import read_graph
from sparsernn.graphs.orientation import layers, orient
from sparsernn.graphs.properties import properties
from sparsernn.graphs.recurrence import recurrent_properties

__all__ = ["measured"]


def measured(
    path: str | os.PathLike[str], edges: Literal["feedforward", "recurrence"]
) -> dict[str, float]:
    """The properties of a graph.

    Args:
        path: GraphML file.
        edges: "feedforward", those of the graph that is oriented from layer to layer; or
            "recurrence", those of the graph as it is, with cycles and directions.

    Raises:
        InputError: the file is not such a graph.
    """
    if edges == "recurrence":
        return recurrent_properties(read_graph(path, recurrent=True))
    dag = orient(read_graph(path))
    graph = igraph.Graph(n=len(dag), edges=list(dag.edges), directed=True)
    return properties(graph, layers(dag))
