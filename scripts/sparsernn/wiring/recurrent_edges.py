"""A graph's edges as the recurrence of one block: its masks, weights and signs."""

from typing import Any

import networkx as nx
import numpy as np

from sparsernn.errors import InputError, brief
from sparsernn.graphs.orientation import vertex_names
from sparsernn.wiring.block import Block, EdgeWeights, FloatArray
from sparsernn.wiring.masks import by_target
from sparsernn.wiring.protocol import RecurrentEdges
from sparsernn.wiring.vertices import attribute, chosen

__all__ = ["DROPPED", "recurrent_block"]

DROPPED = (
    "edge weights are not used: the recurrent weights are drawn. To begin with the edges' own, or "
    "to keep them, pass edges=RecurrentEdges(weights='initial'), or 'fixed'."
)

_SIGNS = {1: 1, -1: -1, "1": 1, "-1": -1, "excitatory": 1, "inhibitory": -1}


def recurrent_block(graph: nx.Graph, edges: RecurrentEdges, input_size: int, gates: int) -> Block:
    """The block whose units are a graph's vertices, and whose recurrent mask is the graph.

    Args:
        graph: a simple graph; it may have cycles and self-loops, and need not be connected.
        edges: which vertices hear the input, and what the edges' weights and signs are for.
        input_size: number of input features.
        gates: rows of weights that a unit has.

    Raises:
        InputError: a graph without vertices; vertices, weights or signs that it doesn't have or
            that contradict each other; a spectral radius of a graph without cycles.
    """
    if not len(graph):
        raise InputError(
            "graph has no vertices; expected one or more, each a unit. Add vertices and edges."
        )
    names = vertex_names(graph)
    adjacency = nx.to_numpy_array(graph, nodelist=names, weight=None, dtype=bool)
    hears = np.zeros(len(names), bool)
    hears[chosen(graph, edges.inputs, "inputs")] = True
    _check_radius(graph, edges)
    return Block(
        name="recurrence",
        layer=0,
        reads=np.arange(input_size),
        adds_to=np.arange(len(names)) + input_size,
        mask_ih=np.tile(hears[:, None], (gates, input_size)),
        mask_hh=np.tile(by_target(adjacency), (gates, 1)),
        edge_weights=_edge_weights(graph, adjacency, edges, gates),
        leak=edges.leak,
    )


def _edge_weights(
    graph: nx.Graph, adjacency: Any, edges: RecurrentEdges, gates: int
) -> EdgeWeights | None:
    uses = edges.weights != "drawn"
    weights = _weights(graph) if uses or edges.signs == "weights" else None
    signs = None if edges.signs is None else _signs(graph, adjacency, edges.signs, weights)
    if not uses and signs is None and edges.spectral_radius is None and edges.input_scaling is None:
        return None
    return EdgeWeights(
        np.tile(by_target(weights), (gates, 1)) if uses and weights is not None else None,
        edges.weights == "fixed",
        None if signs is None else np.tile(by_target(signs), (gates, 1)),
        edges.spectral_radius,
        edges.input_scaling,
    )


def _weights(graph: nx.Graph) -> FloatArray:
    """(source, target) the edges' attribute `weight`; 0 where there is no edge."""
    for u, v, weight in graph.edges(data="weight"):
        number = isinstance(weight, (int, float, np.number, np.bool_))
        if not number or not np.isfinite(weight):
            told = "has no weight" if weight is None else f"has the weight {brief(weight)}"
            text, remedy = isinstance(weight, str), "Correct it"
            if text:
                remedy = "Give the attribute a type of numbers, as double is one in GraphML"
            raise InputError(
                f"edge {brief(u)} -> {brief(v)} {told}{', which is text' * text}; expected a "
                f"finite number as the attribute 'weight' of every edge. {remedy}, or leave "
                "weights as 'drawn' and signs as None."
            )
    return nx.to_numpy_array(graph, nodelist=vertex_names(graph))


def _signs(graph: nx.Graph, adjacency: Any, which: str, weights: FloatArray | None) -> Any:
    """(source, target) 1 or -1 of each edge, 0 where there is none."""
    names = vertex_names(graph)
    if which == "weights":
        assert weights is not None
        _refuse_edge(adjacency & (weights == 0), names, "has the weight 0, which has no sign")
        return np.sign(weights)
    values = attribute(graph, which, "signs")
    of_vertex = [_sign(value, which, name) for name, value in zip(names, values, strict=True)]
    signs = np.array(of_vertex)[:, None] * adjacency
    if weights is not None:
        told = f"has a weight whose sign contradicts the attribute {which!r} of its source"
        _refuse_edge(signs * weights < 0, names, told)
    return signs


def _sign(value: Any, attribute: str, vertex: Any) -> int:
    text = value.strip().lower() if isinstance(value, str) else value
    number = isinstance(text, (int, float, np.number)) and not isinstance(text, bool)
    if not (number or isinstance(text, str)) or text not in _SIGNS:
        raise InputError(
            f"signs: the attribute {attribute!r} of vertex {brief(vertex)} is {brief(value)}; "
            "expected 1 or -1, or excitatory or inhibitory. Correct it."
        )
    return _SIGNS[text]


def _refuse_edge(wrong: Any, names: list[Any], told: str) -> None:
    found = np.argwhere(wrong)
    if len(found):
        u, v = (brief(names[i]) for i in found[0])
        raise InputError(
            f"signs: edge {u} -> {v} {told}, and {len(found)} edge(s) do; expected a sign that "
            "each edge can keep. Correct the weights, or remove these edges."
        )


def _check_radius(graph: nx.Graph, edges: RecurrentEdges) -> None:
    loops = nx.number_of_selfloops(graph)
    acyclic = (
        nx.is_directed_acyclic_graph(graph) if graph.is_directed() else not graph.number_of_edges()
    )
    if edges.spectral_radius is not None and acyclic and not loops:
        raise InputError(
            f"spectral_radius is {edges.spectral_radius}, but the graph has no cycle, so the "
            "spectral radius of its recurrent matrix is 0 whatever the weights. Add a cycle or a "
            "self-loop, or leave spectral_radius out."
        )
