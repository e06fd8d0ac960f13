"""A null model that keeps the degree of every vertex.

References:
    S. Maslov and K. Sneppen, Specificity and stability in topology of protein networks, Science
    296, 2002; C. Gkantsidis et al., The Markov chain simulation method for generating connected
    power law random graphs, ALENEX 2003.
"""

import networkx as nx
import numpy as np

from sparsernn.graphs.rewiring import oriented, with_numbered_edges

NAME = "degrees kept"
_STEPS = 20  # that are tried for each edge


def keep_degrees(graph: nx.Graph, rng: np.random.Generator) -> nx.Graph:
    """A random graph in which each vertex has as many neighbours, or edges in and out, as before.

    A Markov chain that swaps the ends of two random edges. A step is left out where two vertices
    would be joined twice or a vertex to itself, or where the graph would fall apart. In a directed
    graph, the ends that edges point to are swapped, and the topological order stays: so edges in,
    edges out and sources are kept. Self-loops stay where they are; weights are dealt at random.

    Raises:
        InputError: the graph is directed, and has cycles.
    """
    dag = oriented(graph, "keep_degrees")
    rank = {vertex: index for index, vertex in enumerate(nx.lexicographical_topological_sort(dag))}
    rewired: nx.Graph = nx.DiGraph(dag) if graph.is_directed() else nx.Graph(dag.edges)
    edges = list(rewired.edges)
    for _ in range(_STEPS * len(edges)):
        i, j = map(int, rng.integers(len(edges), size=2))
        (u, v), (x, y) = edges[i], edges[j] if rng.random() < 0.5 else edges[j][::-1]
        if graph.is_directed():
            x, y = edges[j]
        new = [(u, y), (x, v)]
        if len({u, v, x, y}) < 4 or any(rewired.has_edge(*edge) for edge in new):
            continue
        if graph.is_directed() and any(rank[a] > rank[b] for a, b in new):
            continue
        rewired.remove_edges_from([(u, v), (x, y)])
        rewired.add_edges_from(new)
        if nx.is_connected(rewired.to_undirected(as_view=True)):
            edges[i], edges[j] = new
        else:
            rewired.remove_edges_from(new)
            rewired.add_edges_from([(u, v), (x, y)])
    kept = sorted(edge if graph.is_directed() else tuple(sorted(edge)) for edge in edges)
    return with_numbered_edges(graph, kept, rng, directed=graph.is_directed())
