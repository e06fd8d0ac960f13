"""A null model of weighted graphs that keeps the edges and their signs, not their strengths."""

import networkx as nx
import numpy as np

from sparsernn.graphs.rewiring import weights_of

NAME = "strengths of weights shuffled"
FEEDFORWARD = ()  # there weights are not read
RECURRENCE = ("undirected", "directed")
WEIGHTED = True


def shuffle_weights(graph: nx.Graph, rng: np.random.Generator) -> nx.Graph:
    """The same graph, the absolute values of its weights dealt among its edges at random.

    Each edge keeps its sign.

    Raises:
        InputError: an edge has no weight.
    """
    shuffled, weights = graph.copy(), weights_of(graph, "shuffle_weights")
    values, order = list(weights.values()), rng.permutation(len(weights))
    for (edge, weight), index in zip(weights.items(), order, strict=True):
        shuffled.edges[edge]["weight"] = abs(values[index]) * (-1 if weight < 0 else 1)
    return shuffled
