"""A null model that keeps the number of vertices, edges and self-loops alone."""

import networkx as nx
import numpy as np

from sparsernn.graphs.rewiring import joined, loops_and_others, with_edges_of

NAME = "size and density kept"
FEEDFORWARD = ("undirected",)  # a directed graph gets cycles
RECURRENCE = ("undirected", "directed")
_STEPS = 20  # that are tried for each edge


def same_density(graph: nx.Graph, rng: np.random.Generator) -> nx.Graph:
    """A random graph of the same vertices and the same number of edges; a directed one has cycles.

    A Markov chain that moves one edge at a time to a random pair of vertices that has none. A step
    is left out where the graph would fall apart. Steps are symmetric, so all such graphs are
    equally likely in the end. Self-loops stay where they are; weights are dealt at random.
    """
    loops, edges = loops_and_others(graph)
    vertices, moved = list(graph), graph.edge_subgraph(edges).copy()
    for _ in range(_STEPS * len(edges)):
        index, (i, j) = int(rng.integers(len(edges))), rng.integers(len(vertices), size=2)
        new, old = (vertices[i], vertices[j]), edges[index]
        if i == j or moved.has_edge(*new):
            continue
        moved.remove_edge(*old)
        moved.add_edge(*new)
        if joined(moved, [old]):
            edges[index] = new
        else:
            moved.remove_edge(*new)
            moved.add_edge(*old)
    return with_edges_of(graph, [*loops, *edges], rng)
