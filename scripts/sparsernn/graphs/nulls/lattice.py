"""A lattice beside a graph: of the same size, with short edges only."""

import networkx as nx
import numpy as np

from sparsernn.graphs.rewiring import loops_and_others, with_edges_of
from sparsernn.graphs.ring import ring_edges

NAME = "lattice of the same size"
FEEDFORWARD = ("undirected",)  # a directed graph gets cycles
RECURRENCE = ("undirected", "directed")


def lattice(graph: nx.Graph, rng: np.random.Generator) -> nx.Graph:
    """A ring lattice of the same vertices and number of edges, in a random order.

    Edges join the nearest vertices of the ring, directed ones both ways; those of the longest kind
    are chosen at random. Self-loops stay where they are; weights are dealt at random.
    """
    loops, edges = loops_and_others(graph)
    order = [list(graph)[i] for i in rng.permutation(len(graph))]
    ring = ring_edges(order, len(edges), rng, graph.is_directed())
    return with_edges_of(graph, [*loops, *ring], rng)
