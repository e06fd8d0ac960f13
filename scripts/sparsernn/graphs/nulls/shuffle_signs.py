"""A null model of signed graphs that keeps the edges and their strengths, not their signs."""

import networkx as nx
import numpy as np

from sparsernn.graphs.rewiring import weights_of

NAME = "signs of weights shuffled"
FEEDFORWARD = ()  # there weights are not read
RECURRENCE = ("undirected", "directed")
WEIGHTED = True


def shuffle_signs(graph: nx.Graph, rng: np.random.Generator) -> nx.Graph:
    """The same graph, the signs of its weights dealt among its edges at random.

    Each edge keeps its absolute weight. Vertices may have edges of both signs then.

    Raises:
        InputError: an edge has no weight.
    """
    shuffled, weights = graph.copy(), weights_of(graph, "shuffle_signs")
    values, order = list(weights.values()), rng.permutation(len(weights))
    for (edge, weight), index in zip(weights.items(), order, strict=True):
        shuffled.edges[edge]["weight"] = abs(weight) * (-1 if values[index] < 0 else 1)
    return shuffled
