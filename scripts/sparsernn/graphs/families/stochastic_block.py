"""Graphs of communities: vertices are mostly joined within their block.

References:
    P. W. Holland, K. B. Laskey and S. Leinhardt, Stochastic blockmodels, Social Networks 5, 1983.
"""

import itertools

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.degrees import edges_of

NAME = "stochastic block"
_TRIES = 10_000

PARAMETERS = {
    "blocks": {
        "type": "degree",
        "minimum": 1,
        "description": "Number of blocks, of sizes that differ by at most one vertex.",
    },
    "mixing": {
        "type": "number",
        "minimum": 0,
        "maximum": 1,
        "description": "Share of the edges that join two blocks, rounded.",
    },
    "mean_degree": {
        "type": "number",
        "minimum": 1,
        "maximum": 10_000,
        "description": "Mean degree d of the vertices: there are n·d/2 edges, rounded.",
    },
}


def stochastic_block(
    n: int, blocks: int, mixing: float, mean_degree: float, rng: np.random.Generator
) -> nx.Graph:
    """A connected graph of the given blocks, of n·mean_degree/2 edges, a share `mixing` of them
    between blocks; each kind is drawn uniformly from its pairs, until the graph is connected.
    """
    block = np.arange(n) * blocks // n
    pairs = np.array(list(itertools.combinations(range(n), 2)))
    between = block[pairs[:, 0]] != block[pairs[:, 1]]
    edges = edges_of(n, mean_degree)
    counts = {True: round(mixing * edges), False: edges - round(mixing * edges)}
    where = f"stochastic_block(n={n}, blocks={blocks}, mixing={mixing}, mean_degree={mean_degree})"
    for kind, count in counts.items():
        if count > (most := int((between == kind).sum())):
            place = "between blocks" if kind else "within blocks"
            raise InputError(
                f"{where}: {count} edges {place}, where there are {most} pairs. Lower the mean "
                "degree, or change mixing or blocks."
            )
    for _ in range(_TRIES):
        chosen = [rng.permutation(pairs[between == kind])[:count] for kind, count in counts.items()]
        graph = nx.Graph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(map(tuple, np.concatenate(chosen).tolist()))
        if nx.is_connected(graph):
            return graph
    raise InputError(
        f"{where}: none of {_TRIES:,} graphs is connected. Raise mean_degree or mixing."
    )
