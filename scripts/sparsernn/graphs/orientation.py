"""From a graph to the directed acyclic graph, in layers, that a network is built on."""

import re
from array import array
from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Literal

import networkx as nx
import numpy as np

from sparsernn.errors import InputError, brief
from sparsernn.graphs.conversion import simple

__all__ = ["VertexOrder", "check_connected", "layers", "orient", "vertex_names", "vertices_of"]
__all__ += ["whole_number"]

VertexOrder = Literal["sorted", "edge_list"]


def orient(graph: nx.Graph) -> nx.DiGraph:
    """The directed acyclic graph for a network, with the integers 0..n-1 as vertices.

    Vertices are numbered as in `vertex_names`. An undirected edge points from the lower number to
    the higher; directed edges stay as they are. Edges come in the order of `graph.edges`.

    Args:
        graph: a connected simple graph of at least 2 vertices; if directed, without cycles.

    Raises:
        InputError: the graph is of another kind.

    Example:
        >>> list(orient(nx.Graph([("b", "a"), ("b", "c")])).edges)
        [(0, 1), (0, 2)]
    """
    graph = simple(graph)
    check_connected(graph)
    loops = list(nx.selfloop_edges(graph))
    if loops:
        raise InputError(
            f"graph has a self-loop at vertex {brief(loops[0][0])}; expected a simple graph. "
            "Remove them: graph.remove_edges_from(list(networkx.selfloop_edges(graph)))."
        )
    names = vertex_names(graph)
    number = {name: i for i, name in enumerate(names)}
    dag = nx.DiGraph()
    dag.add_nodes_from(range(len(names)))
    edges = [(number[u], number[v]) for u, v in graph.edges]
    if not graph.is_directed():
        edges = [(min(edge), max(edge)) for edge in edges]
    dag.add_edges_from(edges)
    if not nx.is_directed_acyclic_graph(dag):
        cycle = [brief(names[u]).strip("'") for u, _ in nx.find_cycle(dag)]
        shown = [*cycle[:8], *(["..."] if len(cycle) > 8 else []), cycle[0]]
        raise InputError(
            f"directed graph has a cycle, {' -> '.join(shown)}; expected "
            "an acyclic one. Drop an edge of it, or take graph.to_undirected(); or let edges be "
            "the recurrence, with edges='recurrence'."
        )
    return dag


def check_connected(graph: nx.Graph) -> None:
    """Refuse a graph of fewer than 2 vertices, or that falls apart if directions are left out.

    Raises:
        InputError: that.
    """
    if graph.number_of_nodes() < 2:
        raise InputError(
            f"graph has {graph.number_of_nodes()} vertex(es); a network needs at least 2 that are "
            "connected. Add vertices and edges."
        )
    if not nx.is_connected(graph.to_undirected(as_view=True)):
        parts = nx.number_connected_components(graph.to_undirected(as_view=True))
        components = "weakly_connected" if graph.is_directed() else "connected"
        raise InputError(
            f"graph falls into {parts} components; expected a connected one. Take the largest: "
            f"graph.subgraph(max(networkx.{components}_components(graph), key=len))."
        )


def vertex_names(graph: nx.Graph) -> list[Hashable]:
    """The vertices of a graph in the order in which they are numbered.

    That is ascending if all are whole numbers, as integers or as text ("-1", "10"), which files
    make of them; or else the order of the graph, in which they were added to it.

    Example:
        >>> vertex_names(nx.Graph([("10", "2"), ("2", "1")]))
        ['1', '2', '10']
    """
    numbers = {name: whole_number(name) for name in graph}
    known = [number for number in numbers.values() if number is not None]
    if len(set(known)) < len(numbers):
        return list(numbers)
    return sorted(numbers, key=lambda name: numbers[name] or 0)


def whole_number(name: Hashable) -> int | None:
    """The whole number that a vertex's name is, or is the text of; None if it is another name.

    Python reads no number of more than 4,300 digits, and writes none.
    """
    if isinstance(name, (int, np.integer)) and not isinstance(name, bool):
        return int(name)
    if isinstance(name, str) and re.fullmatch("0|-?[1-9][0-9]{0,999}", name):
        return int(name)
    return None


def vertices_of(names: Iterable[str]) -> Mapping[str, str | int]:
    """The vertex of each name in a file: its number if all names are whole numbers, else itself.

    Example:
        >>> vertices_of(["1", "0"]), vertices_of(["1", "A"])
        ({'1': 1, '0': 0}, {'1': '1', 'A': 'A'})
    """
    numbers = {name: whole_number(name) for name in names}
    known = {name: number for name, number in numbers.items() if number is not None}
    return known if len(known) == len(numbers) else {name: name for name in numbers}


def layers(dag: nx.DiGraph, order: VertexOrder = "sorted") -> list[list[int]]:
    """The vertices of each layer: the longest path from a source to a vertex ends in its layer.

    Args:
        dag: a graph from `orient`.
        order: of the vertices in a layer. "sorted" is ascending. "edge_list" is the order of the
            thesis's code, and so of the weights that it saved: vertices as the edges first mention
            them, but each after all of its ancestors.

    Example:
        >>> layers(orient(nx.path_graph(3)))
        [[0], [1], [2]]
    """
    layer: dict[int, int] = {}
    for vertex in nx.topological_sort(dag):
        layer[vertex] = max((layer[u] + 1 for u in dag.predecessors(vertex)), default=0)
    vertices = sorted(layer) if order == "sorted" else _edge_list_order(dag)
    result: list[list[int]] = [[] for _ in range(max(layer.values()) + 1)]
    for vertex in vertices:
        result[layer[vertex]].append(vertex)
    return result


def _edge_list_order(dag: nx.DiGraph) -> list[int]:
    seen: dict[int, None] = {}  # a dictionary keeps the order
    reverse = dag.reverse(copy=False)

    def ancestors(vertex: int) -> tuple[int, Iterator[int]]:
        """The ancestors in the order of networkx 2.5, which the thesis used. That returned a set:
        its order depends on what was added when, and on being copied by the difference.

        As an array, which is small: there is one for each vertex that waits for its ancestors.
        """
        reached = {one for one in nx.single_source_shortest_path_length(reverse, vertex)}  # noqa: C416
        return vertex, iter(array("i", reached - {vertex}))

    def visit(vertex: int) -> None:
        opened = [ancestors(vertex)] if vertex not in seen else []
        while opened:  # not recursive: a path may go through all vertices of a large graph
            last, above = opened[-1]
            ancestor = next((one for one in above if one not in seen), None)
            if ancestor is None:
                seen[last] = None
                opened.pop()
            else:
                opened.append(ancestors(ancestor))

    # A DiGraph lists edges by their source vertices. If these were added in ascending order, that
    # is the order of the undirected graph, in which orient() added the edges.
    for u, v in dag.edges:
        visit(u)
        visit(v)
    return list(seen)
