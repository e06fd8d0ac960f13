"""What null models share: self-loops apart, and which new edge gets which weight."""

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeAlias

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.orientation import orient, vertex_names

__all__ = ["Edge", "joined", "loops_and_others", "oriented", "weights_of", "with_edges_of"]
__all__ += ["with_numbered_edges"]

Edge: TypeAlias = tuple[Hashable, Hashable]


def loops_and_others(graph: nx.Graph) -> tuple[list[Edge], list[Edge]]:
    """The self-loops, and the other edges, in the graph's order."""
    loops = list(nx.selfloop_edges(graph))
    return loops, [edge for edge in graph.edges if edge[0] != edge[1]]


def oriented(graph: nx.Graph, null: str) -> nx.DiGraph:
    """The directed acyclic graph that `orient` makes of a graph, its self-loops left out.

    Raises:
        InputError: the graph is directed, and has other cycles.
    """
    plain = nx.restricted_view(graph, [], list(nx.selfloop_edges(graph)))
    if graph.is_directed() and not nx.is_directed_acyclic_graph(plain):
        raise InputError(
            f"nulls/{null}.py: the directed graph has cycles; expected one without, or an "
            "undirected one. Use keep_in_out_degrees, lattice, same_density or small_world."
        )
    return orient(plain)


def joined(graph: nx.Graph, pairs: Iterable[Edge]) -> bool:
    """Whether a path joins the two vertices of each pair, whatever the directions of its edges.

    So a connected graph that has lost these edges, and gained others, is still connected.

    Example:
        >>> graph = nx.DiGraph([(0, 1), (2, 1), (3, 4)])
        >>> joined(graph, [(0, 2)]), joined(graph, [(0, 2), (2, 3)])
        (True, False)
    """
    return all(_reaches(graph, *pair) for pair in pairs)


def _reaches(graph: nx.Graph, start: Hashable, end: Hashable) -> bool:
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


def with_edges_of(graph: nx.Graph, edges: Iterable[Edge], rng: np.random.Generator) -> nx.Graph:
    """The vertices of a graph with other edges, among which its edges' data are dealt.

    Args:
        graph: directed or not; so is what is returned.
        edges: as many as the graph has.
        rng: source of randomness.
    """
    result = nx.create_empty_copy(graph)
    result.add_edges_from(_dealt(graph, sorted(edges, key=repr), rng))
    return result


def with_numbered_edges(
    graph: nx.Graph, edges: Iterable[tuple[int, int]], rng: np.random.Generator, directed: bool
) -> nx.Graph:
    """The vertices and self-loops of a graph with other edges, among which its data are dealt.

    Args:
        graph: directed or not.
        edges: without self-loops, as many as the graph has; vertices by their numbers (see
            `vertex_names`), in whose order those of the result come.
        rng: source of randomness.
        directed: whether the result is.
    """
    names, result = vertex_names(graph), nx.DiGraph() if directed else nx.Graph()
    named = [*nx.selfloop_edges(graph), *((names[u], names[v]) for u, v in edges)]
    result.add_nodes_from((name, graph.nodes[name]) for name in names)
    result.add_edges_from(_dealt(graph, named, rng))
    return result


def _dealt(
    graph: nx.Graph, edges: Sequence[Edge], rng: np.random.Generator
) -> list[tuple[Hashable, Hashable, dict[str, Any]]]:
    """Edges with the data of a graph's edges, their weights for one, dealt at random.

    If the graph is directed, and all weights that leave a vertex have one sign, for every vertex,
    then so it is afterwards, with the signs of the vertices.

    Args:
        graph: whose data are dealt.
        edges: as many as the graph has.
        rng: source of randomness.
    """
    before = [data for _, _, data in graph.edges(data=True)]
    signs, result = _signs(graph) if graph.is_directed() else None, []
    for (u, v), index in zip(edges, rng.permutation(len(before)), strict=True):
        data = dict(before[index])
        if signs is not None and "weight" in data:
            data["weight"] = abs(data["weight"]) * signs.get(u, 1)
        result.append((u, v, data))
    return result


def _signs(graph: nx.DiGraph) -> dict[Hashable, Any] | None:
    """The sign of the weights that leave each vertex; None if a vertex has both."""
    signs: dict[Hashable, Any] = {}
    for u, _, weight in graph.edges(data="weight", default=1):
        if signs.setdefault(u, np.sign(weight).item()) != np.sign(weight):
            return None
    return signs
