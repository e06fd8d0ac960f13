"""Graphs in GraphML files."""

import io
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import networkx as nx

from sparsernn.errors import InputError
from sparsernn.files.graphml import GraphmlReader, graph_files
from sparsernn.files.whole import write_bytes
from sparsernn.graphs.orientation import check_connected, orient, whole_number

__all__ = ["ShardGraph", "graph_name", "graphs_in", "read_graph", "shard_graphs", "write_graph"]


def graphs_in(folder: str | PathLike[str]) -> list[Path]:
    """The graphs of a shard: 2.graphml comes before 10.graphml."""
    return [Path(path) for path in graph_files(str(folder))]


class ShardGraph(NamedTuple):
    """A graph of a shard: its family in tables, which copy it is of a null model, and its file."""

    family: str
    copy: int | None
    path: Path


def shard_graphs(folder: str | PathLike[str], family: str) -> list[ShardGraph]:
    """The graphs of a shard; copies that a null model draws have a folder for each copy's number.

    Args:
        folder: of the shard.
        family: the family, or the null model of one.

    Example:
        >>> import tempfile
        >>> folder = tempfile.mkdtemp()
        >>> write_graph(nx.path_graph(3), f"{folder}/12/0.graphml")
        >>> [(graph.family, graph.copy) for graph in shard_graphs(folder, "ring_lattice")]
        [('ring_lattice_12', 12)]
    """
    copies = sorted(int(each.name) for each in Path(folder).iterdir() if each.is_dir())
    if not copies:
        return [ShardGraph(family, None, path) for path in graphs_in(folder)]
    return [
        ShardGraph(f"{family}_{copy}", copy, path)
        for copy in copies
        for path in graphs_in(Path(folder, str(copy)))
    ]


def graph_name(path: Path, own: bool) -> int | str:
    """What tables call a graph: its number in its family, or the name of a user's own file.

    Example:
        >>> graph_name(Path("shard0/7.graphml"), own=False), graph_name(Path("7.graphml"), own=True)
        (7, '7.graphml')
    """
    return path.name if own else int(path.stem)


def write_graph(graph: nx.Graph, path: str | PathLike[str]) -> None:
    """Write a graph as GraphML, which networkx, igraph and Gephi open."""
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph, buffer)
    write_bytes(buffer.getvalue(), path)


def read_graph(path: str | PathLike[str], recurrent: bool = False) -> nx.Graph:
    """Read the vertices and edges of a GraphML file.

    If the names of all vertices are whole numbers, they become integers.

    Args:
        path: the file.
        recurrent: whether the edges are a recurrence: then the graph may have cycles and
            self-loops, and the attributes of vertices and edges are read too, as their weights.

    Raises:
        InputError: absent, not GraphML, too large, or not a graph that a network can be built on.
    """
    file = GraphmlReader(path, attributes=recurrent)
    graph: nx.Graph = nx.DiGraph() if file.directed else nx.Graph()
    try:
        vertices = _vertices(file.vertices)
        graph.add_nodes_from(vertices.values())
        graph.add_edges_from((vertices[u], vertices[v]) for u, v in file.edges)
        if recurrent:
            nx.set_node_attributes(graph, {vertices[v]: d for v, d in file.vertex_data.items()})
            data = {(vertices[u], vertices[v]): d for (u, v), d in file.edge_data.items()}
            nx.set_edge_attributes(graph, data)
        (check_connected if recurrent else orient)(graph)
    except InputError as error:
        change = "with networkx.read_graphml, and write what you get with networkx.write_graphml"
        raise InputError(f"{path}: {error} Read the file {change}.") from None
    return graph


def _vertices(names: Iterable[str]) -> Mapping[str, str | int]:
    """The vertex of each name: its number if all names are whole numbers, else the name itself."""
    numbers = {name: whole_number(name) for name in names}
    known = {name: number for name, number in numbers.items() if number is not None}
    return known if len(known) == len(numbers) else {name: name for name in numbers}
