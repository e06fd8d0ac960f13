"""A null model that keeps what decides a network's size: each vertex stays in its layer.

References:
    S. Maslov and K. Sneppen, Specificity and stability in topology of protein networks, Science
    296, 2002 (rewiring, there with degrees kept).
"""

import networkx as nx
import numpy as np

from sparsernn.graphs.orientation import layers
from sparsernn.graphs.rewiring import oriented, with_numbered_edges

NAME = "layers kept"
RECURRENCE = ("directed",)  # undirected edges would run one way only
_STEPS = 20  # that are tried for each edge


def keep_layers(graph: nx.Graph, rng: np.random.Generator) -> nx.DiGraph:
    """A random directed acyclic graph with the same layers, sources, sinks and number of edges.

    A Markov chain that moves one edge at a time to a random pair of vertices in different layers.
    A step is left out where a vertex would change its layer, a sink gain an edge, another vertex
    lose its last, or the graph fall apart. Steps are symmetric, so all such graphs are equally
    likely in the end. Sources, depth and the number of a network's parameters stay the same.
    Self-loops stay where they are; weights are dealt at random.

    Raises:
        InputError: the graph is directed, and has cycles.
    """
    dag = oriented(graph, "keep_layers")
    layer = {vertex: index for index, group in enumerate(layers(dag)) for vertex in group}
    sinks = {vertex for vertex in dag if dag.out_degree(vertex) == 0}
    edges = list(dag.edges)
    for _ in range(_STEPS * len(edges)):
        index, (u, v) = int(rng.integers(len(edges))), map(int, rng.integers(len(dag), size=2))
        if layer[u] >= layer[v] or u in sinks or dag.has_edge(u, v):
            continue
        old = edges[index]
        dag.remove_edge(*old)
        dag.add_edge(u, v)
        if _fits(dag, layer, old):
            edges[index] = (u, v)
        else:
            dag.remove_edge(u, v)
            dag.add_edge(*old)
    rewired: nx.DiGraph = with_numbered_edges(graph, sorted(edges), rng, directed=True)
    return rewired


def _fits(dag: nx.DiGraph, layer: dict[int, int], removed: tuple[int, int]) -> bool:
    """Whether the graph is connected, and both ends of a removed edge stay what they were."""
    u, v = removed
    before = any(layer[each] == layer[v] - 1 for each in dag.predecessors(v))
    return before and dag.out_degree(u) > 0 and nx.is_weakly_connected(dag)
