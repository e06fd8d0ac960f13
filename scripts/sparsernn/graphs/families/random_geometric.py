"""Graphs in space: random points, of which near ones are joined.

References:
    E. N. Gilbert, Random plane networks, Journal of SIAM 9, 1961; M. Penrose, Random geometric
    graphs, 2003.
"""

import itertools

import networkx as nx
import numpy as np

from sparsernn.graphs.degrees import edges_of

NAME = "random geometric"

PARAMETERS = {
    "mean_degree": {
        "type": "number",
        "minimum": 1,
        "maximum": 10_000,
        "description": "Mean degree d of the vertices: the n·d/2 nearest pairs are joined.",
    },
}


def random_geometric(n: int, mean_degree: float, rng: np.random.Generator) -> nx.Graph:
    """A connected geometric graph: n uniform points in the unit square, the nearest pairs joined.

    There are n·mean_degree/2 edges: those of the points' minimum spanning tree, so that the graph
    is connected, and otherwise the shortest. It is the graph of a radius where that is connected.
    """
    points = rng.random((n, 2))
    whole = nx.Graph()
    whole.add_weighted_edges_from(
        (u, v, float(np.hypot(*(points[u] - points[v]))))
        for u, v in itertools.combinations(range(n), 2)
    )
    graph = nx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_edges_from(nx.minimum_spanning_edges(whole, data=False))
    for u, v, _ in sorted(whole.edges(data="weight"), key=lambda edge: edge[2]):
        if graph.number_of_edges() >= edges_of(n, mean_degree):
            break
        graph.add_edge(u, v)
    return graph
