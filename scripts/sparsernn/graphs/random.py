"""Random graphs, drawn from the families of a configuration."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.files.graphml import MAX_EDGES
from sparsernn.graphs.degrees import degree, edges_of
from sparsernn.graphs.exact import with_edges, with_sources
from sparsernn.graphs.orientation import check_connected, orient
from sparsernn.plugins import function, literal, parameters

__all__ = ["generate"]


def generate(family: Mapping[str, Any], rng: np.random.Generator, cycles: bool = False) -> nx.Graph:
    """Draw a graph of one of the families in a configuration (`graphs.families`).

    Args:
        family: `generator`, the name of a file in `families`; `n`, the number of vertices, or a
            range [low, high] to draw it from; the generator's own parameters; and for any generator
            `mean_degree` and `sources` (see `sparsernn.graphs.exact`). A text such as "n // 5"
            depends on another setting.
        rng: source of randomness for this graph alone.
        cycles: whether a directed graph may have cycles and self-loops.

    Raises:
        InputError: no graph has these parameters, or no network can be built on it.
    """
    low, high = family["n"] if isinstance(family["n"], list) else (family["n"], family["n"])
    n = int(rng.integers(low, high + 1))
    name, mean_degree = family["generator"], family.get("mean_degree")
    given = {
        key: degree(value, n, mean_degree) if isinstance(value, str) else value
        for key, value in family.items()
        if key not in ("generator", "count", "n", "nulls")
    }
    own = {key: value for key, value in given.items() if key in parameters("families", name)}
    graph = function("families", name)(n=n, **own, rng=rng)
    try:
        others = sorted({"mean_degree", "sources"} & (given.keys() - own.keys()))
        if others and graph.is_directed():
            raise InputError(
                f"{' and '.join(others)} for a directed graph; expected an undirected one, whose "
                "edges can be changed and numbered. Remove it, or let the function take it."
            )
        _check_kind(graph, name)
        if "mean_degree" in others:
            graph = with_edges(graph, edges_of(n, given["mean_degree"]), rng)
        if "sources" in others:
            graph = with_sources(graph, given["sources"], rng)
        if graph.number_of_edges() > MAX_EDGES:
            edges = f"{graph.number_of_edges():,} edges"
            raise InputError(f"{edges}; expected at most {MAX_EDGES:,}. Lower n or its degree.")
        (check_connected if cycles else orient)(graph)
    except InputError as error:
        drawn = ", ".join(f"{key}={value}" for key, value in {"n": n, **given}.items())
        raise InputError(f"{name}({drawn}): {error}") from None
    return graph


def _check_kind(graph: nx.Graph, name: str) -> None:
    """A family's file says whether its graphs are directed, which the workflow asks it."""
    if graph.is_directed() != bool(literal("families", name, "DIRECTED")):
        found, line = ("directed", "Add") if graph.is_directed() else ("undirected", "Remove")
        raise InputError(
            f"the graph is {found}; expected the line DIRECTED = True in the files of families "
            f"whose graphs are directed, and in no others. {line} it in families/{name}.py."
        )
