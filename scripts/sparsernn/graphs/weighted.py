"""Weights of edges in null models of directed graphs: which new edge gets which."""

from collections.abc import Hashable, Iterable
from typing import Any, TypeAlias

import networkx as nx
import numpy as np

from sparsernn.errors import InputError

__all__ = ["Edge", "check_directed", "joined", "loops_and_others", "weights_of", "with_edges_of"]

Edge: TypeAlias = tuple[Hashable, Hashable]


def check_directed(graph: nx.Graph, null: str) -> None:
    """Refuse an undirected graph.

    Raises:
        InputError: it is one.
    """
    if not graph.is_directed():
        raise InputError(
            f"nulls/{null}.py: the graph is undirected; expected a directed one. Use keep_degrees, "
            "or take graph.to_directed()."
        )


def loops_and_others(graph: nx.DiGraph) -> tuple[list[Edge], list[Edge]]:
    """The self-loops, and the other edges, in the graph's order."""
    loops = list(nx.selfloop_edges(graph))
    return loops, [edge for edge in graph.edges if edge[0] != edge[1]]


def joined(graph: nx.DiGraph, pairs: Iterable[Edge]) -> bool:
    """Whether a path joins the two vertices of each pair, whatever the directions of its edges.

    So a connected graph that has lost these edges, and gained others, is still connected.

    Example:
        >>> graph = nx.DiGraph([(0, 1), (2, 1), (3, 4)])
        >>> joined(graph, [(0, 2)]), joined(graph, [(0, 2), (2, 3)])
        (True, False)
    """
    return all(_reaches(graph, *pair) for pair in pairs)


def _reaches(graph: nx.DiGraph, start: Hashable, end: Hashable) -> bool:
    """Search from both vertices in turn, which mostly meets after a step or two."""
    seen, border, others, their_border = {start}, {start}, {end}, {end}
    while border and not seen & others:
        border = {near for each in border for near in nx.all_neighbors(graph, each)} - seen
        seen |= border
        seen, border, others, their_border = others, their_border, seen, border
    return bool(seen & others)


def weights_of(graph: nx.Graph, null: str) -> dict[Edge, Any]:
    """The weight of each edge, in the graph's order.

    Raises:
        InputError: an edge has none.
    """
    weights = {(u, v): weight for u, v, weight in graph.edges(data="weight")}
    if None in weights.values():
        raise InputError(
            f"nulls/{null}.py: an edge has no weight; expected the attribute 'weight' of every "
            "edge. Add it, or leave this null model out."
        )
    return weights


def with_edges_of(graph: nx.DiGraph, edges: Iterable[Edge], rng: np.random.Generator) -> nx.DiGraph:
    """The vertices of a graph with other edges, among which its weights are dealt at random.

    If all weights that leave a vertex have one sign, for every vertex, then so it is afterwards,
    with the signs of the vertices.

    Args:
        graph: directed.
        edges: as many as the graph has.
        rng: source of randomness.
    """
    result = nx.DiGraph()
    result.add_nodes_from(graph.nodes(data=True))
    before = [data for _, _, data in graph.edges(data=True)]
    signs = _signs(graph)
    for (u, v), index in zip(sorted(edges, key=repr), rng.permutation(len(before)), strict=True):
        data = dict(before[index])
        if signs is not None and "weight" in data:
            data["weight"] = abs(data["weight"]) * signs.get(u, 1)
        result.add_edge(u, v, **data)
    return result


def _signs(graph: nx.DiGraph) -> dict[Hashable, Any] | None:
    """The sign of the weights that leave each vertex; None if a vertex has both."""
    signs: dict[Hashable, Any] = {}
    for u, _, weight in graph.edges(data="weight", default=1):
        if signs.setdefault(u, np.sign(weight).item()) != np.sign(weight):
            return None
    return signs
