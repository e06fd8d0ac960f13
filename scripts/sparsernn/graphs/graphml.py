"""Graphs in files: GraphML, or a matrix in a CSV file."""

import io
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import networkx as nx

from sparsernn.errors import InputError
from sparsernn.files.graphml import GraphmlReader, graph_files
from sparsernn.files.whole import write_bytes
from sparsernn.graphs.matrix import read_matrix
from sparsernn.graphs.orientation import check_connected, orient, vertices_of

__all__ = ["ShardGraph", "file_name", "graph_name", "graphs_in", "read_graph", "shard_graphs"]
__all__ += ["write_graph"]


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
        >>> graph_name(Path("worm.csv.graphml"), own=True)
        'worm.csv'
    """
    if not own:
        return int(path.stem)
    return path.stem if path.stem.lower().endswith(".csv") else path.name


def file_name(graph: int | str) -> str:
    """The name of the GraphML file of a graph, by what tables call it.

    Example:
        >>> file_name(7), file_name("7.graphml"), file_name("worm.csv")
        ('7.graphml', '7.graphml', 'worm.csv.graphml')
    """
    name = str(graph)
    return name if name.lower().endswith(".graphml") else f"{name}.graphml"


def write_graph(graph: nx.Graph, path: str | PathLike[str]) -> None:
    """Write a graph as GraphML, which networkx, igraph and Gephi open."""
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph, buffer)
    write_bytes(buffer.getvalue(), path)


def read_graph(path: str | PathLike[str], recurrent: bool = False) -> nx.Graph:
    """Read the vertices and edges of a GraphML file, or of a matrix (see `read_matrix`).

    If the names of all vertices are whole numbers, they become integers.

    Args:
        path: the file; a matrix if its name ends in .csv.
        recurrent: whether the edges are a recurrence: then the graph may have cycles and
            self-loops, and the attributes of vertices and edges are read too, as their weights.

    Raises:
        InputError: absent, of another form, too large, or not a graph that a network can be built
            on.
    """
    matrix = str(path).lower().endswith(".csv")
    graph = read_matrix(path) if matrix else _read_graphml(path, recurrent)
    try:
        (check_connected if recurrent else orient)(graph)
    except InputError as error:
        change = _CHANGE_MATRIX if matrix else _CHANGE
        raise InputError(f"{path}: {error} Read the file {change}.") from None
    return graph


_CHANGE = "with networkx.read_graphml, and write what you get with networkx.write_graphml"
_CHANGE_MATRIX = (
    "with sparsernn.read_matrix, and write what you get with networkx.to_pandas_adjacency(graph)"
    ".to_csv(path)"
)


def _read_graphml(path: str | PathLike[str], attributes: bool) -> nx.Graph:
    file = GraphmlReader(path, attributes)
    graph: nx.Graph = nx.DiGraph() if file.directed else nx.Graph()
    vertices = vertices_of(file.vertices)
    graph.add_nodes_from(vertices.values())
    graph.add_edges_from((vertices[u], vertices[v]) for u, v in file.edges)
    if attributes:
        nx.set_node_attributes(graph, {vertices[v]: d for v, d in file.vertex_data.items()})
        data = {(vertices[u], vertices[v]): d for (u, v), d in file.edge_data.items()}
        nx.set_edge_attributes(graph, data)
    return graph
