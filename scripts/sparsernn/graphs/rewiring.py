"""What null models share: self-loops apart, and which new edge gets which weight."""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Any, TypeAlias

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.graphs.orientation import orient, vertex_names

__all__ = ["Change", "Edge", "in_steps", "joined", "loops_and_others", "oriented", "weights_of"]
__all__ += ["with_edges_of", "with_numbered_edges"]

Edge: TypeAlias = tuple[Hashable, Hashable]
Change: TypeAlias = tuple[list[Edge], list[Edge]]
"""Edges that go, and those that come in their places, each with the source of the one that goes."""

_STEPS = 20  # that are tried for each edge


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


def in_steps(
    graph: nx.DiGraph,
    rng: np.random.Generator,
    change: Callable[[Change, Collection[Edge]], Change | None] = lambda proposed, _: proposed,
) -> nx.DiGraph:
    """A directed graph after a Markov chain of changes that leave every vertex its in-degree.

    Each step proposes to swap the targets of two random edges, or to turn a triangle of edges
    around. It is left out where an edge is missing or would exist already, or the graph would fall
    apart. Self-loops stay where they are; the data of an edge stay with its source.

    Args:
        graph: directed and connected.
        rng: source of randomness.
        change: what becomes of a proposed change of edges that exist; None leaves it out.
    """
    loops, edges = loops_and_others(graph)
    vertices, rewired = list(graph), nx.DiGraph(edges)
    data = [graph.edges[edge] for edge in edges]
    place = {edge: index for index, edge in enumerate(edges)}
    for _ in range(_STEPS * len(edges)):
        proposed = _swap_or_turn(edges, vertices, rng)
        if not set(proposed[0]) <= place.keys():
            continue
        changed = change(proposed, place.keys())
        if changed is None:
            continue
        old, new = changed
        if set(new) & place.keys() or any(u == v for u, v in new):
            continue
        rewired.remove_edges_from(old)
        rewired.add_edges_from(new)
        if not joined(rewired, old):
            rewired.remove_edges_from(new)
            rewired.add_edges_from(old)
            continue
        for before, after in zip(old, new, strict=True):
            index = place.pop(before)
            edges[index], place[after] = after, index
    result = nx.DiGraph()
    result.add_nodes_from(graph.nodes(data=True))
    result.add_edges_from((*loop, graph.edges[loop]) for loop in loops)
    result.add_edges_from((*edge, of) for edge, of in zip(edges, data, strict=True))
    return result


def _swap_or_turn(
    edges: Sequence[Edge], vertices: Sequence[Hashable], rng: np.random.Generator
) -> Change:
    """Two random edges with their targets swapped, or a triangle on a random edge turned around.

    The edges of the triangle need not exist.
    """
    u, v = edges[int(rng.integers(len(edges)))]
    if rng.random() < 0.5:
        x, y = edges[int(rng.integers(len(edges)))]
        return [(u, v), (x, y)], [(u, y), (x, v)]
    w = vertices[int(rng.integers(len(vertices)))]
    return [(u, v), (v, w), (w, u)], [(u, w), (v, u), (w, v)]


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
