"""Graphs whose edges are a recurrence: directed, with cycles and self-loops as they come."""

import igraph
import networkx as nx

from sparsernn.graphs.directed_properties import directed_properties
from sparsernn.graphs.orientation import vertex_names
from sparsernn.graphs.properties import properties

__all__ = ["as_directed", "component_layers", "recurrent_properties"]


def as_directed(graph: nx.Graph) -> nx.DiGraph:
    """A graph with the vertices 0..n-1 (see `vertex_names`); undirected edges run both ways.

    Example:
        >>> list(as_directed(nx.Graph([("b", "a"), ("a", "a")])).edges)
        [(0, 1), (1, 0), (1, 1)]
    """
    number = {name: i for i, name in enumerate(vertex_names(graph))}
    directed = nx.DiGraph()
    directed.add_nodes_from(range(len(number)))
    directed.add_edges_from((number[u], number[v]) for u, v in graph.to_directed().edges)
    return directed


def component_layers(graph: nx.DiGraph) -> list[list[int]]:
    """The vertices of each layer, where strongly connected components count as one vertex.

    So the longest path between components leads to a layer. Without cycles these are the layers of
    `orientation.layers`.

    Example:
        >>> component_layers(nx.DiGraph([(0, 1), (1, 0), (1, 2), (2, 2), (0, 3), (3, 2)]))
        [[0, 1], [3], [2]]
    """
    components = nx.condensation(graph)
    layer: dict[int, int] = {}
    for each in nx.topological_sort(components):
        layer[each] = max((layer[u] + 1 for u in components.predecessors(each)), default=0)
    result: list[list[int]] = [[] for _ in range(max(layer.values()) + 1)]
    for vertex in sorted(graph):
        result[layer[components.graph["mapping"][vertex]]].append(vertex)
    return result


def recurrent_properties(graph: nx.Graph) -> dict[str, float]:
    """The properties of `properties`, for graphs with cycles too, and `directed_properties`.

    Layers are those of `component_layers`. Measures of the undirected graph count two vertices that
    are joined both ways as one edge, and leave out self-loops; so does `edges`.

    Args:
        graph: of at least 2 vertices, connected if directions are left out.

    Raises:
        InputError: it is not connected, or has fewer vertices.
    """
    directed = as_directed(graph)
    whole = igraph.Graph(n=len(directed), edges=list(directed.edges), directed=True)
    simple = whole.copy().simplify()
    return properties(simple, component_layers(directed)) | directed_properties(whole)
