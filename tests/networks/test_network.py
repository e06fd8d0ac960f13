"""The network: equal to torch's where torch has one, and wired exactly as the graph says."""

from dataclasses import fields, replace
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import dags, tiny_network
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from sparsernn.engine.choice import ENGINES, Engine
from sparsernn.errors import InputError
from sparsernn.graphs.orientation import layers, orient
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.thesis.repository import CELLS
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED, Protocol, protocol
from sparsernn.wiring.wiring import Block, Wiring


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


# Equal to torch's own


def torch_twin(network: SparseRNN, cell: str, hidden_size: int, num_layers: int) -> nn.Module:
    """The torch module of the same cell, with the network's weights."""
    kinds = {"lstm": nn.LSTM, "gru": nn.GRU}
    size = (network.wiring.input_size, hidden_size, num_layers)
    if cell in kinds:
        twin = kinds[cell](*size)
    else:
        twin = nn.RNN(*size, nonlinearity=cell.removeprefix("rnn_"))
    twin.double()
    with torch.no_grad():
        for i, block in enumerate(network.blocks):
            for name, value in block.named_parameters():
                getattr(twin, twin_name(name, i)).copy_(value)
    return twin


def twin_name(name: str, layer: int) -> str:
    return f"{name}_l{layer}"


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_fully_connected_equals_torch_forward_and_backward(
    cell: str, num_layers: int, engine: Engine
) -> None:
    ours = SparseRNN(Wiring.dense(cell, 5, 7, num_layers), seeded(), engine).double()
    twin = torch_twin(ours, cell, 7, num_layers)
    inputs = torch.randn(9, 4, 5, dtype=torch.double, generator=seeded(1))
    direction = torch.randn(9, 4, 7, dtype=torch.double, generator=seeded(2))

    def run(network: nn.Module) -> tuple[Tensor, Tensor]:
        leaf = inputs.clone().requires_grad_()
        output, _ = network(leaf)
        (output * direction).sum().backward()
        assert leaf.grad is not None
        return output.detach(), leaf.grad

    for our_value, torch_value in zip(run(ours), run(twin), strict=True):
        torch.testing.assert_close(our_value, torch_value, rtol=1e-5, atol=1e-8)
    for i, block in enumerate(ours.blocks):
        for name, value in block.named_parameters():
            expected = getattr(twin, twin_name(name, i)).grad
            torch.testing.assert_close(value.grad, expected, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("cell", CELLS)
def test_state_after_the_last_step_equals_torch(cell: str) -> None:
    ours = SparseRNN(Wiring.dense(cell, 5, 7, 2), seeded()).double()
    twin = torch_twin(ours, cell, 7, 2)
    inputs = torch.randn(6, 3, 5, dtype=torch.double, generator=seeded(1))
    state, expected = ours(inputs)[1], twin(inputs)[1]
    expected = expected if cell == "lstm" else (expected,)
    for i, block_state in enumerate(state):
        for value, layers_value in zip(block_state, expected, strict=True):
            torch.testing.assert_close(value, layers_value[i], rtol=1e-5, atol=1e-8)


# Wired as the graph


def influence(graph: nx.DiGraph, steps: int) -> np.ndarray:
    """(u, v) True where u of any step can reach v of the last one: along edges within a step, to
    all vertices of its layer from one step to the next."""
    n = len(graph)
    within = np.eye(n, dtype=bool)
    for v in graph:
        within[list(nx.ancestors(graph, v)), v] = True
    same_layer = np.zeros((n, n), bool)
    for vertices in layers(orient(graph)):
        same_layer[np.ix_(vertices, vertices)] = True
    reach = within
    for _ in range(steps - 1):
        reach = reach @ same_layer @ within
    return reach


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("cell", CELLS)
@settings(max_examples=40)
@given(graph=dags(max_vertices=8), steps=st.sampled_from([1, 3]))
def test_jacobian_is_zero_exactly_where_the_graph_has_no_path(
    cell: str, engine: Engine, graph: nx.DiGraph, steps: int
) -> None:
    network = SparseRNN.from_graph(graph, cell, 2, generator=seeded(), engine=engine).double()
    if cell == "rnn_relu":  # no unit may be dead
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.abs_()
    inputs = torch.rand(steps, 1, 2, dtype=torch.double, generator=seeded(1)).requires_grad_()
    slots, _ = network.slots(inputs)
    biases = [block.bias_ih for block in network.blocks]
    reached = np.zeros((len(graph), len(graph)), bool)
    for v in graph:
        output = slots[-1, 0, 2 + v]
        *by_block, by_input = torch.autograd.grad(
            output, [*biases, inputs], retain_graph=True, materialize_grads=True
        )
        for block, gradient in zip(network.wiring.blocks, by_block, strict=True):
            # A unit's biases, one for each gate, stand for the unit.
            units = block.adds_to - 2
            reached[units, v] = (gradient.view(-1, block.size) != 0).any(0).numpy()
        assert (by_input != 0).all(), "each vertex hears all inputs through its sources"
    assert np.array_equal(reached, influence(graph, steps))


@pytest.mark.parametrize("cell", CELLS)
def test_no_output_depends_on_a_later_input(cell: str) -> None:
    network = SparseRNN.from_graph(nx.path_graph(2), cell, 3, generator=seeded())
    inputs = torch.randn(6, 2, 3, generator=seeded(1))
    changed = inputs.clone()
    changed[4:] += 1
    outputs, other = network(inputs)[0], network(changed)[0]
    assert torch.equal(outputs[:4], other[:4])
    assert not torch.equal(outputs[4:], other[4:])


def test_outputs_are_those_of_all_sinks() -> None:
    graph = nx.DiGraph([(0, 1), (1, 2), (0, 3)])  # sinks 2 and 3, of different layers
    network = SparseRNN.from_graph(graph, "gru", 3, generator=seeded())
    inputs = torch.randn(5, 2, 3, generator=seeded(1))
    assert network.output_size == 2
    assert torch.equal(network(inputs)[0], network.slots(inputs)[0][:, :, [5, 6]])


@pytest.mark.parametrize("base", [CORRECTED, PUBLISHED])
@pytest.mark.parametrize("cell", CELLS)
def test_two_halves_with_the_state_between_equal_one_run(cell: str, base: Protocol) -> None:
    graph = nx.barabasi_albert_graph(12, 2, seed=1)
    network = SparseRNN.from_graph(graph, cell, 3, base, seeded()).double()
    inputs = torch.randn(8, 2, 3, dtype=torch.double, generator=seeded(1))
    whole, last = network(inputs)
    first, between = network(inputs[:5])
    second, last_of_halves = network(inputs[5:], between)
    torch.testing.assert_close(torch.cat([first, second]), whole)
    for ours, expected in zip(last_of_halves, last, strict=True):
        torch.testing.assert_close(ours, expected)


def test_inputs_of_another_width_are_refused() -> None:
    network = SparseRNN.from_graph(nx.path_graph(3), "gru", 4)
    with pytest.raises(InputError, match=r"shape \(2, 1, 5\); this network takes 4 features"):
        network(torch.zeros(2, 1, 5))


def test_same_seed_same_weights_whatever_the_global_generator() -> None:
    torch.manual_seed(1)
    first = tiny_network("gru", seed=3).state_dict()
    torch.manual_seed(2)
    second = tiny_network("gru", seed=3).state_dict()
    other = tiny_network("gru", seed=4).state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["embedding.weight"], other["embedding.weight"])


def test_initial_weights_fill_the_interval_of_the_block_s_size() -> None:
    network = SparseRNN(Wiring.dense("lstm", 3, 25, 1), seeded())
    for parameter in network.parameters():
        assert 0.18 < parameter.abs().max() <= 0.2


# Read-out


def padded(codes: Tensor, by: int) -> Tensor:
    return torch.cat([codes, torch.zeros(by, codes.shape[1], dtype=codes.dtype)])


@pytest.mark.parametrize("cell", CELLS)
def test_last_letter_ignores_padding_and_last_step_does_not(cell: str) -> None:
    codes = torch.randint(60, 90, (7, 3), generator=seeded())
    codes[5:, 1] = 0
    lengths = torch.tensor([7, 5, 7])
    wiring = Wiring.dense(cell, 4, 6, 2)
    for step in ("last_letter", "last_step"):
        network = SequenceClassifier(replace(wiring, readout_step=step), generator=seeded())
        logits, longer = network(codes, lengths), network(padded(codes, 4), lengths)
        assert torch.equal(logits, longer) == (step == "last_letter")
    alone = SequenceClassifier(wiring, generator=seeded())
    torch.testing.assert_close(
        alone(codes, lengths)[1], alone(codes[:5, 1:2], torch.tensor([5]))[0]
    )


def test_the_readout_is_at_the_last_letter() -> None:
    network = tiny_network("gru")
    codes, lengths = torch.tensor([[65, 66], [67, 68], [69, 0]]), torch.tensor([3, 2])
    outputs, _ = network.recurrent(network.embedding(codes))
    expected = network.out(torch.stack([outputs[2, 0], outputs[1, 1]]))
    torch.testing.assert_close(network(codes, lengths), expected)


# State dicts


def test_saved_masks_come_back_with_the_weights() -> None:
    network = tiny_network("lstm")
    state = network.state_dict()
    state["recurrent.blocks.1.mask_hh"][:, 2] = False
    again = SequenceClassifier.from_state_dict(network.wiring, state)
    assert not again.wiring.blocks[1].mask_hh[:, 2].any()
    assert again.wiring.weights == network.wiring.weights - 24
    state["recurrent.blocks.1.weight_hh"][:, 2] = 0  # what the masks exclude is zero from now on
    assert all(torch.equal(again.state_dict()[name], state[name]) for name in state)


@pytest.mark.parametrize(
    ("wiring", "message"),
    [
        (Wiring.dense("gru", 4, 6, 2), r"bias_hh is \(24,\), expected \(18,\)"),
        (Wiring.dense("lstm", 4, 5, 2), r"this lstm network of 2 blocks"),
        (Wiring.dense("lstm", 4, 6, 3), r"blocks\.2\.\w+ is missing.*\(6 differences\)"),
        (Wiring.dense("lstm", 4, 6, 1), r"blocks\.1\.\w+' is unknown"),
    ],
)
def test_weights_of_another_cell_size_or_depth_are_refused(wiring: Wiring, message: str) -> None:
    state = tiny_network("lstm").state_dict()
    with pytest.raises(InputError, match=message) as caught:
        SequenceClassifier.from_state_dict(wiring, state, "lstm.pt")
    assert str(caught.value).startswith("lstm.pt: not the weights of this")


# Wirings


def test_an_unknown_cell_is_refused() -> None:
    for make in (lambda: Wiring.dense("elman", 2, 3), lambda: path_wiring(cell="elman")):
        with pytest.raises(InputError, match="cell is 'elman'; expected one of gru"):
            make()


def path_wiring(**choices: Any) -> Wiring:
    return Wiring.from_graph(nx.path_graph(3), choices.pop("cell", "gru"), **choices)


def test_masks_of_the_wrong_shape_are_refused() -> None:
    wiring = Wiring.dense("gru", 2, 3)
    masks = wiring.blocks[0].mask_ih, wiring.blocks[0].mask_hh[:, :2]
    with pytest.raises(InputError, match=r"block 'layer 0': masks of shape .*needs \(\(9, 2\)"):
        wiring.with_masks([masks])


def test_blocks_in_an_impossible_order_are_refused() -> None:
    wiring = Wiring.dense("gru", 2, 3, 2)
    with pytest.raises(InputError, match="'layer 1' reads slot 2 before it is complete"):
        replace(wiring, blocks=wiring.blocks[::-1])


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
    return Wiring.from_graph(GRAPH, cell, replace(CORRECTED, embedding_size=4, **choices))


def edges(wiring: Wiring) -> set[tuple[int, int]]:
    """(u, v) of every edge between vertices that some gate of some block has."""
    found = set()
    for block in wiring.blocks:
        per_gate = block.mask_ih.reshape(wiring.gates, block.size, -1)
        for gate, unit, source in zip(*np.nonzero(per_gate), strict=True):
            slot = block.reads[source]
            if slot >= wiring.input_size:
                target = block.adds_to[unit] - wiring.input_size
                found.add((int(slot - wiring.input_size), int(target), int(gate)))
    edges_of_gate = [{(u, v) for u, v, g in found if g == gate} for gate in range(wiring.gates)]
    assert all(edges == edges_of_gate[0] for edges in edges_of_gate), "gates differ"
    return edges_of_gate[0]


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
        (
            {"skips": "cells"},
            {"blocks", "reads", "adds_to", "input_masks", "hidden_masks"},
        ),
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
    base = replace(CORRECTED, embedding_size=4)
    before = description(Wiring.from_graph(GRAPH, "gru", base))
    after = description(Wiring.from_graph(GRAPH, "gru", replace(base, **choice)))
    assert {key for key in before if before[key] != after[key]} == changed


def test_the_published_protocol_turns_every_switch() -> None:
    assert all(
        getattr(PUBLISHED, field.name) != getattr(CORRECTED, field.name)
        for field in fields(Protocol)
    )


def test_corrected_masks_hold_the_graph_s_edges_for_every_gate() -> None:
    for cell in CELLS:
        assert edges(wired(cell)) == set(GRAPH.edges)
        assert edges(wired(cell, skips="cells")) == set(GRAPH.edges)
        assert edges(wired(cell, vertex_order="edge_list")) == set(GRAPH.edges)


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
    assert description(wired("rnn_tanh")) == description(
        wired("rnn_tanh", gate_masks="interleaved")
    )


def test_skip_cells_are_one_for_each_pair_of_layers_that_an_edge_skips() -> None:
    names = [block.name for block in wired(skips="cells").blocks]
    skipping = ["layer 2 from layer 0", "layer 3 from layer 0"]
    assert sorted(names) == sorted([*(f"layer {i}" for i in range(4)), *skipping])


def test_summed_edges_go_through_one_nonlinearity_and_skip_cells_through_their_own() -> None:
    triangle = nx.DiGraph([(0, 1), (1, 2), (0, 2)])
    inputs = torch.tensor([[[0.7]]])
    outputs = {}
    for skips in ("summed", "cells"):
        choices = replace(CORRECTED, skips=skips)
        network = SparseRNN.from_graph(triangle, "rnn_tanh", 1, choices)
        with torch.no_grad():
            for parameter in network.parameters():
                parameter.fill_(0.5)
            network.get_submodule("blocks.2").weight_ih.fill_(2.0)
        outputs[skips] = network(inputs)[0].item()
    # Each block adds its two biases, 0.5 + 0.5.
    zero = np.tanh(0.5 * 0.7 + 1)
    one = np.tanh(0.5 * zero + 1)
    assert outputs["summed"] == pytest.approx(np.tanh(2 * one + 2 * zero + 1), rel=1e-6)
    assert outputs["cells"] == pytest.approx(
        np.tanh(2 * one + 1) + np.tanh(0.5 * zero + 1), rel=1e-6
    )


def test_readouts_and_widths() -> None:
    wiring = wired()
    assert (wiring.readout - wiring.input_size).tolist() == [3, 6]
    last = wired(readout="last_layer")
    assert (last.readout - last.input_size).tolist() == [6]
    assert Wiring.from_graph(GRAPH, "gru").input_size == 50
    assert Wiring.from_graph(GRAPH, "gru", PUBLISHED).input_size == 2


def test_a_protocol_is_a_base_and_what_differs() -> None:
    assert protocol({"base": "published"}) == PUBLISHED
    mine = protocol({"base": "corrected", "readout_step": "last_step"})
    assert mine == replace(CORRECTED, readout_step="last_step")


def test_weights_counts_what_the_masks_leave() -> None:
    assert Wiring.dense("gru", 5, 7, 2).weights == 3 * 7 * (5 + 7 + 7 + 7)
    # A path of three: one unit a layer, one edge each, 50 inputs.
    assert path_wiring().weights == 3 * (50 + 1 + 1 + 3 * 1)
