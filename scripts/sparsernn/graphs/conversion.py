"""Graphs as people have them, as networkx graphs: of igraph, adjacency matrices, lists of edges."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any

import networkx as nx
import numpy as np

from sparsernn.errors import InputError, brief, cause

__all__ = ["as_graph", "simple"]

_FORMS = (
    "a networkx or igraph graph, an adjacency matrix (numpy, scipy.sparse, torch), or a list of "
    "edges (pairs of vertices)"
)
_WEIGHTS = (
    "edge weights are dropped: a graph says which weights exist, not what they are. To begin with "
    "them, set weight_ih of each rnn.blocks[i]: its columns are rnn.wiring.blocks[i].reads, its "
    "rows, gate by gate, adds_to; docs/library/index.md has an example."
)


def as_graph(graph: Any, dropped: str | None = _WEIGHTS) -> nx.Graph:
    """A simple networkx graph of anything that is one.

    Args:
        graph: a networkx graph, also a multigraph without parallel edges; an igraph graph; an
            adjacency matrix, whose entry (i, j) is not 0 where there is an edge from i to j, as a
            numpy or scipy.sparse array or a tensor: a symmetric one is an undirected graph; or
            undirected edges: pairs of vertices in a list or an (E, 2) array, or what
            `networkx.Graph` takes.
        dropped: the warning that edge weights are not used, if there are any; None: they are.

    Raises:
        InputError: something else, or parallel edges.
    """
    if graph is None:
        raise InputError(f"graph is None; expected {_FORMS}. Pass one of these.")
    if isinstance(graph, nx.Graph):
        found = graph
    elif hasattr(graph, "get_edgelist") and hasattr(graph, "vcount"):
        found = _of_igraph(graph)
    elif hasattr(graph, "tocoo"):
        found = _of_sparse(graph.tocoo())
    elif isinstance(graph, np.ndarray) or hasattr(graph, "detach"):
        found = _of_array(np.asarray(graph.detach().cpu() if hasattr(graph, "detach") else graph))
    else:
        found = _of_edges(graph)
    weights = (weight for _, _, weight in found.edges(data="weight", default=1))
    if dropped is not None and any(map(_weighs, weights)):
        warnings.warn(dropped, stacklevel=3)
    return simple(found)


def _weighs(weight: Any) -> bool:
    """Whether a weight says more than that there is an edge."""
    return not isinstance(weight, (bool, np.bool_)) and weight != 1


def simple(graph: nx.Graph) -> nx.Graph:
    """A multigraph as a graph.

    Raises:
        InputError: it has parallel edges.
    """
    if not graph.is_multigraph():
        return graph
    kind: Callable[[nx.Graph], nx.Graph] = nx.DiGraph if graph.is_directed() else nx.Graph
    joined = kind(graph)
    if joined.number_of_edges() < graph.number_of_edges():
        raise InputError(
            "graph has parallel edges; expected a simple graph. Join them: "
            f"networkx.{kind.__name__}(graph)."
        )
    return joined


def _of_igraph(graph: Any) -> nx.Graph:
    count = graph.vcount()
    names: list[Any] = list(range(count))
    if "name" in graph.vs.attributes() and len(set(graph.vs["name"])) == count:
        names = graph.vs["name"]
    found = nx.MultiDiGraph() if graph.is_directed() else nx.MultiGraph()
    found.add_nodes_from(zip(names, (v.attributes() for v in graph.vs), strict=True))
    data = (edge.attributes() for edge in graph.es)
    ends = ((names[u], names[v]) for u, v in graph.get_edgelist())
    found.add_edges_from((*pair, values) for pair, values in zip(ends, data, strict=True))
    return found


def _of_sparse(matrix: Any) -> nx.Graph:
    _check_square(matrix.shape)
    values: dict[tuple[int, int], Any] = {}
    parts = (part.tolist() for part in (matrix.row, matrix.col, matrix.data))
    for u, v, value in zip(*parts, strict=True):
        values[u, v] = values.get((u, v), 0) + value  # entries of one place count together
    return _of_entries(matrix.shape[0], {at: value for at, value in values.items() if value != 0})


def _of_array(array: np.ndarray) -> nx.Graph:
    if array.ndim == 2 and array.shape[1] == 2 != array.shape[0] and array.dtype.kind in "iu":
        return nx.Graph(array.tolist())
    _check_square(array.shape)
    if array.shape == (2, 2) and array.dtype.kind in "iu" and (array > 1).any():
        raise InputError(
            f"graph is {brief(array.tolist())}, which may be a matrix or two edges. Pass edges as "
            "a list of pairs, or a networkx graph."
        )
    if array.dtype.kind not in "biuf":
        raise InputError(f"adjacency matrix is of {array.dtype}; expected numbers. Convert it.")
    rows, columns = np.nonzero(array)
    places = zip(rows.tolist(), columns.tolist(), strict=True)
    return _of_entries(len(array), {at: array[at].item() for at in places})


def _check_square(shape: tuple[int, ...]) -> None:
    if len(shape) == 2 and shape[0] == 2 != shape[1]:
        raise InputError(
            f"graph is an array of shape {shape}; expected a square matrix, or edges of shape "
            f"({shape[1]}, 2). If its columns are edges, pass its transpose, graph.T."
        )
    if len(shape) != 2 or shape[0] != shape[1]:
        raise InputError(
            f"graph is an array of shape {shape}; expected a square adjacency matrix, or (E, 2) "
            "whole numbers, the ends of E edges. Pass one of these."
        )


def _of_entries(count: int, entries: dict[tuple[int, int], Any]) -> nx.Graph:
    wrong = next((at for at, value in entries.items() if not np.isfinite(value)), None)
    if wrong is not None:
        raise InputError(
            f"adjacency matrix has {entries[wrong]} at {wrong}; expected finite numbers, 0 where "
            "there is no edge. Correct it."
        )
    undirected = all(entries.get((v, u)) == value for (u, v), value in entries.items())
    graph = nx.Graph() if undirected else nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_weighted_edges_from((u, v, value) for (u, v), value in entries.items())
    return graph


def _of_edges(edges: Any) -> nx.Graph:
    try:
        if isinstance(edges, (str, bytes)):
            raise TypeError("text")
        pairs = edges if isinstance(edges, dict) or not isinstance(edges, Iterable) else [*edges]
        return nx.Graph(pairs)
    except Exception as error:  # of many kinds, for the many forms that networkx tries
        told = f"{brief(edges)} ({cause(error)})"
        raise InputError(f"graph is {told}; expected {_FORMS}. Pass one of these.") from None
