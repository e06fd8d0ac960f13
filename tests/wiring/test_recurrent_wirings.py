"""Wirings whose recurrence is a graph: its masks and vertices, and what is refused."""

import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pytest
import scipy.sparse
import torch
from conftest import cyclic_graphs
from hypothesis import given

from sparsernn import CORRECTED, InputError, Protocol, RecurrentEdges, SparseRNN, Wiring
from sparsernn.thesis.repository import CELLS
from sparsernn.wiring.protocol import protocol

# 0 -> 1 -> 2 -> 0, 2 -> 2, 2 -> 3, 4 alone
MATRIX = np.zeros((5, 5))
for source, target, weight in ((0, 1, 0.5), (1, 2, -2.0), (2, 0, 1.5), (2, 2, 0.25), (2, 3, 3.0)):
    MATRIX[source, target] = weight
GRAPH = nx.DiGraph(MATRIX)


def wired(graph: Any = MATRIX, cell: str = "gru", **choices: Any) -> Wiring:
    choices = {"weights": "initial"} | choices
    return Wiring.from_graph(graph, cell, replace(CORRECTED, edges=RecurrentEdges(**choices)))


@given(cyclic_graphs())
def test_every_gate_s_recurrent_mask_is_the_graph(graph: nx.DiGraph) -> None:
    adjacency = nx.to_numpy_array(graph, dtype=bool)
    for cell in CELLS:
        [block] = wired(graph, cell, weights="drawn").blocks
        gates = block.mask_hh.reshape(-1, len(graph), len(graph))
        assert all(np.array_equal(gate, adjacency.T) for gate in gates)
        assert block.mask_ih.all()


def named_igraph() -> igraph.Graph:
    graph = igraph.Graph.Weighted_Adjacency(MATRIX)
    graph.es["key"] = "k"  # networkx has a parameter of this name
    return graph


def test_one_graph_in_every_form_is_one_network() -> None:
    forms: list[Any] = [
        GRAPH,
        nx.MultiDiGraph(GRAPH),
        scipy.sparse.csr_array(MATRIX),
        torch.tensor(MATRIX),
        igraph.Graph.Weighted_Adjacency(MATRIX),
        named_igraph(),
        nx.relabel_nodes(GRAPH, str),
    ]
    expected = wired().blocks[0]
    for form in forms:
        [block] = wired(form).blocks
        assert np.array_equal(block.mask_hh, expected.mask_hh)
        assert np.array_equal(block.edge_weights.initial, np.tile(MATRIX.T, (3, 1)))


def test_an_undirected_edge_runs_both_ways() -> None:
    graph = nx.Graph([(0, 1, {"weight": 0.5}), (1, 2, {"weight": -1}), (2, 2, {"weight": 3})])
    one, two = wired(graph).blocks[0], wired(graph.to_directed()).blocks[0]
    assert np.array_equal(one.mask_hh, two.mask_hh) and one.mask_hh.sum() == 3 * 5
    assert np.array_equal(one.edge_weights.initial, two.edge_weights.initial)


def test_inputs_and_outputs_are_vertices_by_list_or_attribute() -> None:
    graph = nx.relabel_nodes(GRAPH, dict(enumerate("edcba")))
    nx.set_node_attributes(graph, {"e": True, "b": 1, "c": "False", "a": "true"}, "sensory")
    for choice, expected in (
        ("all", [0, 1, 2, 3, 4]),
        ("sensory", [0, 3, 4]),
        (["b", "d"], [3, 1]),
        ("sinks", [3, 4]),
    ):
        wiring = wired(graph, inputs=choice, outputs=choice)
        heard = np.flatnonzero(wiring.blocks[0].mask_ih[:5].all(1))
        assert heard.tolist() == sorted(expected)
        assert (wiring.readout - wiring.input_size).tolist() == expected
    assert wired(graph, outputs="all").readout.tolist() == [50, 51, 52, 53, 54]
    rnn = SparseRNN.from_graph(GRAPH, "gru", 4, edges=RecurrentEdges("all", "all", "fixed"))
    assert rnn.output_size == 5
    edges = RecurrentEdges(weights="fixed")
    assert SparseRNN.from_graph(GRAPH, "gru", 4, edges=edges, outputs=[3]).output_size == 1


def test_signs_are_the_source_s_or_the_weight_s() -> None:
    signs = wired(signs="weights").blocks[0].edge_weights.signs
    assert np.array_equal(signs, np.tile(np.sign(MATRIX).T, (3, 1)))
    graph = nx.DiGraph(MATRIX != 0)
    types = {0: 1, 1: -1.0, 2: "inhibitory", 3: "Excitatory", 4: "-1"}
    nx.set_node_attributes(graph, types, "type")
    signs = wired(graph, "rnn_tanh", weights="drawn", signs="type").blocks[0].edge_weights.signs
    assert np.array_equal(signs, ((MATRIX != 0) * np.array([[1], [-1], [-1], [1], [-1]])).T)


def test_the_protocol_says_it_in_words_too() -> None:
    assert Protocol(edges="recurrence").edges == RecurrentEdges()
    choices = {"base": "corrected", "edges": {"weights": "fixed", "spectral_radius": 0.9}}
    assert protocol(choices).edges == RecurrentEdges(weights="fixed", spectral_radius=0.9)


def test_only_weights_that_are_not_used_give_a_warning() -> None:
    with pytest.warns(UserWarning, match="edge weights are not used.*weights='initial'"):
        wired(weights="drawn")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        wired(MATRIX != 0, weights="drawn")
        wired(weights="drawn", signs="weights")


def typed(**types: Any) -> nx.DiGraph:
    graph = nx.relabel_nodes(GRAPH, dict(enumerate("abcde")))
    nx.set_node_attributes(graph, types, "type")
    return graph


def weighted(weight: Any) -> nx.DiGraph:
    return nx.DiGraph([("a", "b", {"weight": 1.0}), ("b", "a", {"weight": weight})])


ALL = {"a": 1, "b": -1, "c": 1, "d": 1, "e": 1}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: wired(nx.DiGraph()), "graph has no vertices; expected one or more"),
        (lambda: wired(weighted(np.nan)), "edge 'b' -> 'a' has the weight nan; expected a finite"),
        (lambda: wired(weighted("1.5")), "edge 'b' -> 'a' has the weight '1.5'"),
        (lambda: wired(nx.DiGraph([(0, 1), (1, 0)])), "edge 0 -> 1 has no weight"),
        (lambda: wired(inputs=[0, 7]), r"inputs is \[0, 7\], and 7 is no vertex of the graph"),
        (lambda: wired(outputs=[0, 0]), r"outputs is \[0, 0\], and a vertex occurs twice"),
        (lambda: wired(outputs=[]), r"outputs is \[\], and it is empty"),
        (lambda: wired(inputs="motor"), "inputs is 'motor', but .* no attribute .*they have none"),
        (lambda: wired(typed(**ALL), outputs="motor"), "they have type"),
        (lambda: wired(nx.cycle_graph(3), weights="drawn", outputs="sinks"), "has successors"),
        (lambda: wired(typed(a=0), inputs="type"), "the attribute 'type' is true of no vertex"),
        (lambda: wired(typed(a="x"), inputs="type"), "of vertex 'a' is 'x'; expected true or"),
        (lambda: wired(typed(a=1), signs="type"), "vertex 'b' has no attribute 'type', and 4 of 5"),
        (lambda: wired(typed(**ALL | {"b": 2}), signs="type"), "vertex 'b' is 2; expected 1 or -1"),
        (lambda: wired(typed(**ALL | {"b": True}), signs="type"), "vertex 'b' is True"),
        (
            lambda: wired(typed(**ALL | {"b": 1}), signs="type"),
            "edge 'b' -> 'c' has a weight whose sign contradicts the attribute 'type'",
        ),
        (lambda: wired(weighted(0.0), signs="weights"), "has the weight 0, which has no sign"),
        (lambda: wired(signs=3), "signs is 3; expected None, weights, or the name"),
        (lambda: wired(weights="kept"), "weights is 'kept'; expected drawn, initial or fixed"),
        (lambda: wired(spectral_radius=-1), "spectral_radius is -1; expected a number above 0"),
        (
            lambda: wired(nx.DiGraph([(0, 1)]), weights="drawn", spectral_radius=0.9),
            "spectral_radius is 0.9, but the graph has no cycle",
        ),
        (
            lambda: SparseRNN(wired(np.array([[1.0, -1], [1, -1]]), spectral_radius=0.9)),
            "which is 0 to rounding",
        ),
        (lambda: Protocol(edges="recurrent"), "edges is 'recurrent'; expected feedforward, recur"),
        (
            lambda: Wiring.from_graph(
                GRAPH, "gru", Protocol(edges="recurrence", embedding_size="sources")
            ),
            "embedding_size is 'sources', but edges are the recurrence",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(build: Callable[[], Any], message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        build()
    assert re.search(r"\. (Correct|Add|Change|Choose|Give|Set|Remove)|expected", str(caught.value))
