"""Small worlds.

References:
    D. J. Watts and S. H. Strogatz, Nature 393, 1998.
"""

import networkx as nx
import numpy as np

from sparsernn.errors import InputError

NAME = "Watts–Strogatz"
PARAMETERS = {
    "k": {
        "type": "degree",
        "minimum": 2,
        "description": "Neighbours of each vertex on the ring before rewiring. At least 2 and less "
        "than the number of vertices; an odd one acts as the even one below.",
    },
    "p": {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "Probability that an edge is rewired; 0 keeps the ring.",
    },
}


def watts_strogatz(n: int, k: int, p: float, rng: np.random.Generator) -> nx.Graph:
    """A connected Watts–Strogatz graph: a ring of n vertices, each joined to its k nearest
    (k - 1 if k is odd), each edge rewired with probability p; drawn until it is connected.
    """
    if k > n:
        raise InputError(
            f"watts_strogatz(n={n}, k={k}, p={p}): expected k <= n. Lower k, or raise n."
        )
    seed = int(rng.integers(2**63))
    try:
        return nx.connected_watts_strogatz_graph(n, k, p, tries=10_000, seed=seed)
    except nx.NetworkXError as error:
        raise InputError(
            f"watts_strogatz(n={n}, k={k}, p={p}): {error}. Raise k, or lower n or p."
        ) from None
