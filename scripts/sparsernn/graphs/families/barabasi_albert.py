"""Scale-free graphs, grown by preferential attachment.

References:
    A. L. Barabási and R. Albert, Science 286, 1999.
"""

import networkx as nx
import numpy as np

from sparsernn.errors import InputError

NAME = "Barabási–Albert"
PARAMETERS = {
    "m": {
        "type": "degree",
        "minimum": 1,
        "description": "Edges that each new vertex brings. Less than the smallest number of "
        "vertices.",
    },
}


def barabasi_albert(n: int, m: int, rng: np.random.Generator) -> nx.Graph:
    """A Barabási–Albert graph grown from m isolated vertices, so that it has m sources.

    The first new vertex joins all m of them. (networkx from 2.6 on starts from a star whose
    centre is vertex 0, which would leave a single source.)
    """
    if not 1 <= m < n:
        raise InputError(f"barabasi_albert(n={n}, m={m}): expected 1 <= m < n. Change m or n.")
    first = nx.empty_graph(m + 1)
    first.add_edges_from((vertex, m) for vertex in range(m))
    seed = int(rng.integers(2**63))
    return nx.barabasi_albert_graph(n, m, seed=seed, initial_graph=first)
