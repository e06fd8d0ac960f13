"""A null model of directed graphs that keeps how many edges enter and leave every vertex.

References:
    A. R. Rao, R. Jana and S. Bandyopadhyay, A Markov chain Monte Carlo method for generating random
    (0, 1)-matrices with given marginals, Sankhyā A 58, 1996 (swaps alone don't reach all graphs;
    with reversed triangles they do).
"""

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.rewiring import in_steps

NAME = "in- and out-degrees kept"
FEEDFORWARD = ()
RECURRENCE = ("directed",)


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
    return in_steps(graph, rng)
