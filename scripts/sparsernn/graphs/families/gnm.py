"""Graphs without any structure, of a given number of edges: all of them are equally likely.

References:
    P. Erdős and A. Rényi, On random graphs, Publicationes Mathematicae 6, 1959.
"""

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.degrees import edges_of

NAME = "G(n, M)"
_TRIES = 10_000

PARAMETERS = {
    "mean_degree": {
        "type": "number",
        "minimum": 1,
        "maximum": 10_000,
        "description": "Mean degree d of the vertices: there are n·d/2 edges, rounded.",
    },
}


def gnm(n: int, mean_degree: float, rng: np.random.Generator) -> nx.Graph:
    """A connected graph of n vertices and n·mean_degree/2 edges; drawn until it is connected."""
    edges = edges_of(n, mean_degree)
    for _ in range(_TRIES if edges >= n - 1 else 0):
        graph = nx.gnm_random_graph(n, edges, seed=int(rng.integers(2**63)))
        if nx.is_connected(graph):
            return graph
    raise InputError(
        f"gnm(n={n}, mean_degree={mean_degree}): none of {_TRIES:,} graphs is connected. Raise the "
        f"mean degree; nearly all are from ln(n) = {np.log(n):.1f} on."
    )
