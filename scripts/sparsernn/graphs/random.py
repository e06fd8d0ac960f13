"""Random graphs, drawn from the families of a configuration."""

from collections.abc import Mapping
from typing import Any

import networkx as nx
import numpy as np

from sparsernn.errors import InputError
from sparsernn.files.graphml import MAX_EDGES
from sparsernn.graphs.degrees import degree
from sparsernn.graphs.orientation import orient
from sparsernn.plugins import function

__all__ = ["generate"]


def generate(family: Mapping[str, Any], rng: np.random.Generator) -> nx.Graph:
    """Draw a graph of one of the families in a configuration (`graphs.families`).

    Args:
        family: `generator`, the name of a file in `families`; `n`, the number of vertices, or a
            range [low, high] to draw it from; and the generator's own parameters. A text such as
            "n // 5" depends on n.
        rng: source of randomness for this graph alone.

    Raises:
        InputError: no graph has these parameters, or no network can be built on it.
    """
    low, high = family["n"] if isinstance(family["n"], list) else (family["n"], family["n"])
    n = int(rng.integers(low, high + 1))
    parameters = {
        name: degree(value, n) if isinstance(value, str) else value
        for name, value in family.items()
        if name not in ("generator", "count", "n")
    }
    name = family["generator"]
    graph = function("families", name)(n=n, **parameters, rng=rng)
    try:
        if graph.number_of_edges() > MAX_EDGES:
            edges = f"{graph.number_of_edges():,} edges"
            raise InputError(f"{edges}; expected at most {MAX_EDGES:,}. Lower n or its degree.")
        orient(graph)
    except InputError as error:
        drawn = ", ".join(f"{key}={value}" for key, value in {"n": n, **parameters}.items())
        raise InputError(f"{name}({drawn}): {error}") from None
    return graph
