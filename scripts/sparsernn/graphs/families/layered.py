"""Graphs in layers, as of a feedforward network from which edges were left out."""

import itertools

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.degrees import edges_of

NAME = "layered"
DIRECTED = True

PARAMETERS = {
    "layers": {
        "type": "degree",
        "minimum": 2,
        "description": "Number of layers.",
    },
    "mean_degree": {
        "type": "number",
        "minimum": 1,
        "maximum": 10_000,
        "description": "Mean degree d of the vertices: there are n·d/2 edges, rounded.",
    },
    "sources": {
        "type": "integer",
        "minimum": 1,
        "maximum": 10_000,
        "description": "Vertices of the first layer; the others are spread over the other layers.",
    },
}
_TRIES = 10_000


def layered(
    n: int, layers: int, mean_degree: float, sources: int, rng: np.random.Generator
) -> nx.DiGraph:
    """A connected directed acyclic graph of n·mean_degree/2 edges between successive layers.

    Every vertex has an edge from the layer before, so it is in its layer; every other edge is drawn
    uniformly, until the graph is connected.
    """
    where = f"layered(n={n}, layers={layers}, mean_degree={mean_degree}, sources={sources})"
    if n - sources < layers - 1:
        raise InputError(f"{where}: too few vertices. Raise n, or lower layers or sources.")
    rest = np.array_split(np.arange(sources, n), layers - 1)
    groups = [list(range(sources)), *(group.tolist() for group in rest)]
    pairs = [pair for u, v in itertools.pairwise(groups) for pair in itertools.product(u, v)]
    edges = edges_of(n, mean_degree)
    if not n - 1 <= edges <= len(pairs):
        raise InputError(
            f"{where}: {edges} edges; expected {n - 1} to {len(pairs)}, the pairs of vertices in "
            "successive layers. Change the mean degree or the number of layers."
        )
    for _ in range(_TRIES):
        first = [(int(rng.choice(u)), v) for u, group in itertools.pairwise(groups) for v in group]
        others = sorted(set(pairs) - set(first))
        drawn = rng.permutation(len(others))[: edges - len(first)]
        graph = nx.DiGraph()
        graph.add_nodes_from(range(n))
        graph.add_edges_from(sorted([*first, *(others[index] for index in drawn)]))
        if nx.is_weakly_connected(graph):
            return graph
    raise InputError(f"{where}: none of {_TRIES:,} graphs is connected. Raise mean_degree.")
