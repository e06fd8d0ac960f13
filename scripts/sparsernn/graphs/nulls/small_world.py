"""A small world beside a graph: a lattice of the same size with some edges rewired.

References:
    D. J. Watts and S. H. Strogatz, Collective dynamics of "small-world" networks, Nature 393, 1998.
"""

import networkx as nx
import numpy as np

from sparsernn.graphs.rewiring import joined, loops_and_others, with_edges_of
from sparsernn.graphs.ring import ring_edges

NAME = "small world of the same size"
FEEDFORWARD = ("undirected",)  # a directed graph gets cycles
RECURRENCE = ("undirected", "directed")
_REWIRED = 0.1  # probability that an edge of the lattice gets another target


def small_world(graph: nx.Graph, rng: np.random.Generator) -> nx.Graph:
    """A ring lattice of the same vertices and number of edges, a tenth of them rewired.

    A rewired edge gets a random target that its source has no edge to; it stays as it was where the
    graph would fall apart. Self-loops stay where they are; weights are dealt at random.
    """
    loops, edges = loops_and_others(graph)
    order = [list(graph)[i] for i in rng.permutation(len(graph))]
    world = nx.DiGraph() if graph.is_directed() else nx.Graph()
    world.add_edges_from(ring_edges(order, len(edges), rng, graph.is_directed()))
    for u, v in list(world.edges):
        free = [w for w in order if w != u and not world.has_edge(u, w)]
        if not free or rng.random() >= _REWIRED:
            continue
        w = free[int(rng.integers(len(free)))]
        world.remove_edge(u, v)
        world.add_edge(u, w)
        if not joined(world, [(u, v)]):
            world.remove_edge(u, w)
            world.add_edge(u, v)
    return with_edges_of(graph, [*loops, *world.edges], rng)
