"""A null model of directed graphs that keeps how many edges enter and leave every vertex.

References:
    A. R. Rao, R. Jana and S. Bandyopadhyay, A Markov chain Monte Carlo method for generating random
    (0, 1)-matrices with given marginals, Sankhyā A 58, 1996 (swaps alone don't reach all graphs;
    with reversed triangles they do).
"""

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.rewiring import Edge, joined, loops_and_others

NAME = "in- and out-degrees kept"
FEEDFORWARD = ()
RECURRENCE = ("directed",)
_STEPS = 20  # that are tried for each edge


def keep_in_out_degrees(graph: nx.DiGraph, rng: np.random.Generator) -> nx.DiGraph:
    """A random directed graph, with cycles, in which each vertex has as many edges in and out.

    A Markov chain that swaps the targets of two random edges, or turns a triangle of edges around.
    A step is left out where an edge would exist already, or the graph would fall apart. Steps are
    symmetric, so all such graphs are equally likely in the end. Self-loops stay where they are. An
    edge's weight stays with its source.

    Raises:
        InputError: the graph is undirected; `keep_degrees` is its like.
    """
    if not graph.is_directed():
        raise InputError(
            "nulls/keep_in_out_degrees.py: the graph is undirected; expected a directed one. Use "
            "keep_degrees, which leaves every vertex its number of neighbours."
        )
    loops, edges = loops_and_others(graph)
    vertices, rewired = list(graph), nx.DiGraph(edges)
    data = [graph.edges[edge] for edge in edges]
    place = {edge: index for index, edge in enumerate(edges)}
    for _ in range(_STEPS * len(edges)):
        first = int(rng.integers(len(edges)))
        if rng.random() < 0.5:
            old, new = _swapped(edges[first], edges[int(rng.integers(len(edges)))])
        else:
            old, new = _turned(edges[first], vertices[int(rng.integers(len(vertices)))])
        if not set(old) <= place.keys() or set(new) & place.keys() or any(u == v for u, v in new):
            continue
        rewired.remove_edges_from(old)
        rewired.add_edges_from(new)
        if not joined(rewired, old):
            rewired.remove_edges_from(new)
            rewired.add_edges_from(old)
            continue
        for before, after in zip(old, new, strict=True):
            index = place.pop(before)
            edges[index], place[after] = after, index
    result = nx.DiGraph()
    result.add_nodes_from(graph.nodes(data=True))
    result.add_edges_from((*loop, graph.edges[loop]) for loop in loops)
    result.add_edges_from((*edge, of) for edge, of in zip(edges, data, strict=True))
    return result


def _swapped(first: Edge, second: Edge) -> tuple[list[Edge], list[Edge]]:
    """Two edges, and those with their targets swapped, in the order of their sources."""
    (u, v), (x, y) = first, second
    return [(u, v), (x, y)], [(u, y), (x, v)]


def _turned(edge: Edge, w: object) -> tuple[list[Edge], list[Edge]]:
    """A triangle of edges, and the triangle turned around, in the order of their sources."""
    u, v = edge
    return [(u, v), (v, w), (w, u)], [(u, w), (v, u), (w, v)]
