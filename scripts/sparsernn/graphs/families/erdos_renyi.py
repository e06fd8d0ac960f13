"""Graphs without any structure: the null model beside the others.

References:
    P. Erdős and A. Rényi, Publicationes Mathematicae 6, 1959; E. N. Gilbert, Annals of
    Mathematical Statistics 30, 1959.
"""

import networkx as nx
import numpy as np

from sparsernn.errors import InputError

NAME = "Erdős–Rényi"
_TRIES = 1000

PARAMETERS = {
    "p": {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "Probability that two vertices are joined.",
    },
}


def erdos_renyi(n: int, p: float, rng: np.random.Generator) -> nx.Graph:
    """A connected Erdős–Rényi graph: any two of n vertices are joined with probability p; drawn
    until it is connected.
    """
    for _ in range(_TRIES):
        graph = nx.gnp_random_graph(n, p, seed=int(rng.integers(2**63)))
        if nx.is_connected(graph):
            return graph
    raise InputError(
        f"erdos_renyi(n={n}, p={p}): none of {_TRIES} graphs is connected. Raise p or n; nearly "
        f"all are from p = 2 ln(n) / n = {2 * np.log(n) / n:.2f} on."
    )
