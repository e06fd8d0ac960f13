"""Graphs drawn from the random families of a configuration."""

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
    """A graph of a random family of the configuration (`graphs.families`).

    Args:
        family: `generator`, a file in `families`, with its parameters; `n`, a number
            or a [low, high] range from which the number of vertices is drawn. What is written as
            text depends on it, as "n // 5".
        rng: source of randomness, of this graph alone.

    Raises:
        InputError: no graph of these parameters, or none that a network can be built on.
    """
    bounds = family["n"] if isinstance(family["n"], list) else [family["n"], family["n"]]
    n = int(rng.integers(bounds[0], bounds[1] + 1))
    own = {
        name: degree(value, n) if isinstance(value, str) else value
        for name, value in family.items()
        if name not in ("generator", "count", "n")
    }
    name = family["generator"]
    graph = function("families", name)(n=n, **own, rng=rng)
    try:
        if graph.number_of_edges() > MAX_EDGES:
            edges = f"{graph.number_of_edges():,} edges"
            raise InputError(f"{edges}; expected at most {MAX_EDGES:,}. Lower n or its degree.")
        orient(graph)
    except InputError as error:
        drawn = ", ".join(f"{key}={value}" for key, value in {"n": n, **own}.items())
        raise InputError(f"{name}({drawn}): {error}") from None
    return graph
