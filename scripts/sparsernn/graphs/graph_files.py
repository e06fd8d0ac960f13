"""Graphs in GraphML files."""

import io
import warnings
from os import PathLike

import networkx as nx

from sparsernn.errors import InputError, cause
from sparsernn.files.graphml import MAX_BYTES, WRITTEN_BY, check_graphml
from sparsernn.files.whole import read_bytes, write_bytes
from sparsernn.graphs.orientation import orient

__all__ = ["read_graph", "write_graph"]


def write_graph(graph: nx.Graph, path: str | PathLike[str]) -> None:
    """Write a graph as GraphML, which networkx, igraph and Gephi open."""
    buffer = io.BytesIO()
    nx.write_graphml_xml(graph, buffer)
    write_bytes(buffer.getvalue(), path)


def read_graph(path: str | PathLike[str]) -> nx.Graph:
    """Read the vertices and edges of a GraphML file, and nothing else of it.

    Vertex names that are all whole numbers become integers.

    Raises:
        InputError: absent, not GraphML, too large, or not a graph that a network can be built on.
    """
    where = str(path)
    content = read_bytes(path, MAX_BYTES, "a GraphML file")
    check_graphml(content, where)
    try:
        with warnings.catch_warnings():  # of keys without a type, which no network reads
            warnings.simplefilter("ignore")
            graph = nx.read_graphml(io.BytesIO(content))
    except Exception as error:  # a value that does not fit its key, in many kinds
        raise InputError(
            f"{where}: not a GraphML file that networkx can read ({cause(error)}). {WRITTEN_BY}"
        ) from None
    if all(str(vertex).isdecimal() for vertex in graph):
        graph = _numbered(graph, where)
    _drop_data(graph)
    try:
        orient(graph)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return graph


def _drop_data(graph: nx.Graph) -> None:
    """Drop what an editor draws a graph with, in place: no network reads it.

    networkx reads an empty label as None, and writes no None.
    """
    graph.graph.clear()
    for _, data in graph.nodes(data=True):
        data.clear()
    for *_, data in graph.edges(data=True):
        data.clear()


def _numbered(graph: nx.Graph, where: str) -> nx.Graph:
    """The graph with integers for vertices; "1" and "01" would become one."""
    numbers: dict[int, str] = {}
    for name in graph:
        other = numbers.setdefault(int(name), name)
        if other != name:
            raise InputError(
                f"{where}: vertices {other!r} and {name!r} are the same number. Rename one."
            )
    return nx.relabel_nodes(graph, int)
