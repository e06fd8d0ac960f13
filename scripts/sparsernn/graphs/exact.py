"""Graphs with an exact number of edges, and of sources once they are oriented.

Random families give these numbers only on average, so that they vary together with what a study
compares. Both are set by random changes to a graph that was drawn.
"""

import networkx as nx
import numpy as np

from sparsernn.errors import InputError

__all__ = ["with_edges", "with_sources"]

_TRIES = 1000


def with_edges(graph: nx.Graph, edges: int, rng: np.random.Generator) -> nx.Graph:
    """Add random edges, or remove random ones, until there are exactly so many.

    Args:
        graph: connected and undirected; it stays so.
        edges: the number of edges.
        rng: source of randomness.

    Raises:
        InputError: no connected simple graph has so many edges.
    """
    n = len(graph)
    if not n - 1 <= edges <= n * (n - 1) // 2:
        raise InputError(
            f"{edges} edges for {n} vertices; expected {n - 1} to {n * (n - 1) // 2}, so that the "
            "graph is simple and can be connected. Change the mean degree or n."
        )
    changed = nx.Graph(graph)
    missing = sorted(nx.non_edges(changed)) if len(changed.edges) < edges else []
    for index in rng.permutation(len(missing))[: edges - len(changed.edges)]:
        changed.add_edge(*missing[index])
    while len(changed.edges) > edges:
        bridges = {tuple(sorted(edge)) for edge in nx.bridges(changed)}
        free = sorted(
            edge for edge in map(tuple, map(sorted, changed.edges)) if edge not in bridges
        )
        changed.remove_edge(*free[int(rng.integers(len(free)))])
    return changed


def with_sources(graph: nx.Graph, sources: int, rng: np.random.Generator) -> nx.Graph:
    """Number the vertices so that exactly so many have no neighbour of a lower number.

    First comes a random set of vertices that are not joined to each other, then the others in the
    order of a random breadth-first search from it. So each of these has an earlier neighbour.

    Args:
        graph: connected and undirected, of at least 2 vertices.
        sources: the number of sources of the graph when edges point to the higher number.
        rng: source of randomness.

    Returns:
        The same graph with the vertices 0 … n-1.

    Raises:
        InputError: no such set was found.
    """
    order = _independent(graph, sources, rng)
    known = set(order)
    for vertex in order:  # it grows as the search goes on
        new = sorted(set(graph[vertex]) - known)
        order += [new[index] for index in rng.permutation(len(new))]
        known.update(new)
    number = {vertex: index for index, vertex in enumerate(order)}
    numbered = nx.Graph()
    numbered.add_nodes_from(range(len(order)))
    edges = (sorted((number[u], number[v])) for u, v in graph.edges)
    numbered.add_edges_from(sorted(map(tuple, edges)))
    return numbered


def _independent(graph: nx.Graph, size: int, rng: np.random.Generator) -> list[int]:
    """A random set of vertices of which no two are joined."""
    vertices = sorted(graph)
    for _ in range(_TRIES):
        chosen: list[int] = []
        for index in rng.permutation(len(vertices)):
            if len(chosen) == size:
                break
            if not set(chosen) & set(graph[vertices[index]]):
                chosen.append(vertices[index])
        if len(chosen) == size:
            return chosen
    raise InputError(
        f"found no {size} vertices of which no two are joined, in {_TRIES} tries; as many sources "
        "were asked for. Ask for fewer, or lower the degree."
    )
