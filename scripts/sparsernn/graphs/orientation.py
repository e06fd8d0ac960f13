"""The directed acyclic graph of layers behind a network."""

from array import array
from collections.abc import Iterator
from typing import Literal

import networkx as nx
import numpy as np

from sparsernn.errors import InputError, brief

__all__ = ["VertexOrder", "layers", "orient"]

VertexOrder = Literal["sorted", "edge_list"]


def orient(graph: nx.Graph) -> nx.DiGraph:
    """The directed acyclic graph of a network: its vertices are the integers 0..n-1.

    Vertices are numbered in ascending order where all are integers, otherwise in the graph's own
    order. An undirected edge {u, v} points from the lower number to the higher; a directed graph
    keeps its directions. The order of the edges is that of `graph.edges`.

    Args:
        graph: a connected simple graph of at least 2 vertices; if directed, without cycles.

    Raises:
        InputError: the graph is not of that kind.

    Example:
        >>> list(orient(nx.Graph([("b", "a"), ("b", "c")])).edges)
        [(0, 1), (0, 2)]
    """
    if graph.number_of_nodes() < 2:
        raise InputError(
            f"graph has {graph.number_of_nodes()} vertex(es); a network needs at least 2 that are "
            "connected. Add vertices and edges."
        )
    loops = list(nx.selfloop_edges(graph))
    if graph.is_multigraph() or loops:
        what = f"a self-loop at vertex {brief(loops[0][0])}" if loops else "parallel edges"
        raise InputError(f"graph has {what}; expected a simple graph. Remove them.")
    if not nx.is_connected(graph.to_undirected(as_view=True)):
        parts = nx.number_connected_components(graph.to_undirected(as_view=True))
        raise InputError(
            f"graph falls into {parts} components; expected a connected one. Take the largest: "
            "graph.subgraph(max(nx.connected_components(graph), key=len))."
        )
    names = list(graph)
    if all(isinstance(name, (int, np.integer)) for name in names):
        names.sort()
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
            "an acyclic one. Drop an edge of it, or pass graph.to_undirected()."
        )
    return dag


def layers(dag: nx.DiGraph, order: VertexOrder = "sorted") -> list[list[int]]:
    """Vertices by layer: a vertex's layer is the longest path to it from a source.

    Args:
        dag: a graph from `orient`.
        order: of the vertices in a layer. "sorted" is ascending; "edge_list" is that of the
            thesis's code, which its saved weights follow: vertices as the edges first mention
            them, each after all its ancestors.

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
    seen: dict[int, None] = {}

    reverse = dag.reverse(copy=False)

    def ancestors(vertex: int) -> tuple[int, Iterator[int]]:
        """The ancestors in the order of the set that networkx 2.5 built: CPython orders a set by
        what was added to it and when, and taking a difference copies it.

        As an array, because there is one for each open vertex.
        """
        reached = {one for one in nx.single_source_shortest_path_length(reverse, vertex)}  # noqa: C416
        return vertex, iter(array("i", reached - {vertex}))

    def visit(vertex: int) -> None:
        opened = [ancestors(vertex)] if vertex not in seen else []
        while opened:  # not recursive: a path may have as many vertices as a graph
            last, above = opened[-1]
            ancestor = next((one for one in above if one not in seen), None)
            if ancestor is None:
                seen[last] = None
                opened.pop()
            else:
                opened.append(ancestors(ancestor))

    # orient() added the edges in the order of the undirected graph; a DiGraph lists them by
    # tail vertex, which is that same order where vertices were added in ascending order.
    for u, v in dag.edges:
        visit(u)
        visit(v)
    return list(seen)
