"""A lattice beside a directed graph: of the same size, with short edges only."""

import networkx as nx
import numpy as np

from sparsernn.graphs.ring import ring_edges
from sparsernn.graphs.weighted import check_directed, loops_and_others, with_edges_of

NAME = "lattice of the same size"
CYCLES = True


def lattice(graph: nx.DiGraph, rng: np.random.Generator) -> nx.DiGraph:
    """A directed ring lattice of the same vertices and number of edges, in a random order.

    Edges join the nearest vertices of the ring, both ways; those of the longest kind are chosen at
    random. Self-loops stay where they are; weights are dealt at random.
    """
    check_directed(graph, "lattice")
    loops, edges = loops_and_others(graph)
    order = [list(graph)[i] for i in rng.permutation(len(graph))]
    return with_edges_of(graph, [*loops, *ring_edges(order, len(edges), rng)], rng)
