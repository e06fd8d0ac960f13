"""Wirings: who hears whom under each choice of a protocol, and what is refused."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import networkx as nx
import numpy as np
import pytest

from sparsernn.errors import InputError
from sparsernn.thesis.repository import CELLS
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED, Protocol, protocol
from sparsernn.wiring.wiring import Block, Wiring

DENSE = Wiring.dense("gru", 2, 3, 2)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Wiring.dense("elman", 2, 3), "cell is 'elman'; expected one of gru"),
        (lambda: wired("elman"), "cell is 'elman'; expected one of gru"),
        (
            lambda: DENSE.with_masks([(b.mask_ih, b.mask_hh[:, :2]) for b in DENSE.blocks]),
            r"block 'layer 0': masks of shape .*needs \(\(9, 2\)",
        ),
        (
            lambda: replace(DENSE, blocks=DENSE.blocks[::-1]),
            "'layer 1' reads slot 2 before it is complete",
        ),
    ],
    ids=["dense", "graph", "masks", "order"],
)
def test_an_impossible_wiring_is_refused(build: Callable[[], Wiring], message: str) -> None:
    with pytest.raises(InputError, match=message):
        build()


def test_a_wiring_cannot_be_changed_by_accident() -> None:
    mask = np.ones((1, 1), bool)
    block = Block("b", 0, np.array([0]), np.array([1]), mask, mask)
    mask[:] = False
    assert block.mask_ih.all()
    with pytest.raises(ValueError, match="read-only"):
        block.mask_ih[0, 0] = False


# Protocols: the graph has two sources, an edge that skips a layer, and a sink that is not in the
# last layer; its edges mention vertex 4 before 2, which is of the same layer.
#   0 -> 4, 0 -> 5; 1 -> 2; 2 -> 3, 2 -> 5, 4 -> 5 (layers: 0 1 | 2 4 | 3 5 | 6), 5 -> 6, 0 -> 6
GRAPH = nx.DiGraph([(0, 4), (0, 5), (1, 2), (2, 3), (2, 5), (4, 5), (5, 6), (0, 6)])


def wired(cell: str = "gru", **choices: Any) -> Wiring:
    return Wiring.from_graph(GRAPH, cell, replace(CORRECTED, **{"embedding_size": 4} | choices))


def edges(wiring: Wiring) -> set[tuple[int, int]]:
    """(u, v) of every edge between vertices that some gate of some block has."""
    of_gate: list[set[tuple[int, int]]] = [set() for _ in range(wiring.gates)]
    for block in wiring.blocks:
        reads, adds_to = block.reads - wiring.input_size, block.adds_to - wiring.input_size
        per_gate = block.mask_ih.reshape(wiring.gates, block.size, -1)
        for gate, unit, source in zip(*np.nonzero(per_gate), strict=True):
            of_gate[gate].add((int(reads[source]), int(adds_to[unit])))
    assert all(edges == of_gate[0] for edges in of_gate), "gates differ"
    return {(u, v) for u, v in of_gate[0] if u >= 0}  # others are inputs


def description(wiring: Wiring) -> dict[str, list]:
    blocks = wiring.blocks
    return {
        "input_size": [wiring.input_size],
        "blocks": [block.name for block in blocks],
        "reads": [(block.reads - wiring.input_size).clip(-1).tolist() for block in blocks[1:]],
        "adds_to": [(block.adds_to - wiring.input_size).tolist() for block in blocks],
        "input_masks": [block.mask_ih.tolist() for block in blocks[1:]],
        "hidden_masks": [block.mask_hh.tolist() for block in blocks],
        "readout": (wiring.readout - wiring.input_size).tolist(),
        "readout_step": [wiring.readout_step],
    }


@pytest.mark.parametrize(
    ("choice", "changed"),
    [
        ({"gate_masks": "interleaved"}, {"input_masks"}),
        ({"skips": "cells"}, {"blocks", "reads", "adds_to", "input_masks", "hidden_masks"}),
        ({"embedding_size": 5}, {"input_size"}),
        ({"embedding_size": "sources"}, {"input_size"}),
        ({"readout": "last_layer"}, {"readout"}),
        ({"readout_step": "last_step"}, {"readout_step"}),
        ({"vertex_order": "edge_list"}, {"reads", "adds_to", "input_masks"}),
        ({"prune_scope": "global"}, set()),
        ({"largest_survives": True}, set()),
    ],
)
def test_each_switch_changes_what_it_says_and_no_more(choice: dict, changed: set[str]) -> None:
    before, after = description(wired()), description(wired(**choice))
    assert {key for key in before if before[key] != after[key]} == changed


def test_the_published_protocol_turns_every_switch() -> None:
    names = [field.name for field in fields(Protocol) if field.name not in ("edges", "ridge")]
    assert all(getattr(PUBLISHED, name) != getattr(CORRECTED, name) for name in names)


def test_corrected_masks_hold_the_graph_s_edges_for_every_gate() -> None:
    for cell in CELLS:
        for choices in ({}, {"skips": "cells"}, {"vertex_order": "edge_list"}):
            assert edges(wired(cell, **choices)) == set(GRAPH.edges)


def test_a_block_reads_only_vertices_that_it_has_an_edge_from() -> None:
    assert all(block.mask_ih.any(0).all() for block in wired().blocks)


def test_interleaved_masks_repeat_each_row_in_place() -> None:
    for cell, gates in (("gru", 3), ("lstm", 4)):
        tiled, interleaved = wired(cell), wired(cell, gate_masks="interleaved")
        assert np.array_equal(interleaved.blocks[0].mask_ih, tiled.blocks[0].mask_ih)
        for ours, theirs in zip(tiled.blocks[1:], interleaved.blocks[1:], strict=True):
            rows = ours.mask_ih[: ours.size]
            assert np.array_equal(ours.mask_ih, np.concatenate([rows] * gates))
            assert np.array_equal(theirs.mask_ih[::gates], rows)
            assert np.array_equal(theirs.mask_ih[1::gates], rows)
    one_gate = wired("rnn_tanh"), wired("rnn_tanh", gate_masks="interleaved")
    assert description(one_gate[0]) == description(one_gate[1])


def test_skip_cells_are_one_for_each_pair_of_layers_that_an_edge_skips() -> None:
    names = [block.name for block in wired(skips="cells").blocks]
    skipping = ["layer 2 from layer 0", "layer 3 from layer 0"]
    assert sorted(names) == sorted([*(f"layer {i}" for i in range(4)), *skipping])


def test_readouts_and_widths() -> None:
    assert description(wired())["readout"] == [3, 6]
    assert description(wired(readout="last_layer"))["readout"] == [6]
    assert Wiring.from_graph(GRAPH, "gru").input_size == 50
    assert Wiring.from_graph(GRAPH, "gru", PUBLISHED).input_size == 2


def test_a_protocol_is_a_base_and_what_differs() -> None:
    assert protocol({"base": "published"}) == PUBLISHED
    mine = protocol({"base": "corrected", "readout_step": "last_step"})
    assert mine == replace(CORRECTED, readout_step="last_step")


def test_weights_counts_what_the_masks_leave() -> None:
    assert Wiring.dense("gru", 5, 7, 2).weights == 3 * 7 * (5 + 7 + 7 + 7)
    # A path of three: one unit a layer, one edge each, 50 inputs.
    path = Wiring.from_graph(nx.path_graph(3), "gru")
    assert path.weights == 3 * (50 + 1 + 1 + 3 * 1)
