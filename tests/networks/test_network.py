"""The network: equal to torch's where torch has one, and wired exactly as the graph says."""

from dataclasses import replace
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
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED, Protocol
from sparsernn.wiring.wiring import Wiring


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def torch_twin(network: SparseRNN, cell: str, num_layers: int) -> nn.Module:
    """The torch module of the same cell, with the network's weights."""
    kind, _, nonlinearity = cell.partition("_")
    options = {"nonlinearity": nonlinearity} if nonlinearity else {}
    twin = getattr(nn, kind.upper())(network.wiring.input_size, 7, num_layers, **options).double()
    twin.load_state_dict(torch_names(network))
    return twin


def torch_names(network: SparseRNN) -> dict[str, nn.Parameter]:
    """The parameters by the names that they have in torch."""
    return {
        f"{name}_l{i}": value
        for i, block in enumerate(network.blocks)
        for name, value in block.named_parameters()
    }


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("num_layers", [1, 2, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_outputs_gradients_and_state_equal_torch(
    cell: str, num_layers: int, engine: Engine
) -> None:
    ours = SparseRNN(Wiring.dense(cell, 5, 7, num_layers), seeded(), engine).double()
    twin = torch_twin(ours, cell, num_layers)
    inputs = torch.randn(9, 4, 5, dtype=torch.double, generator=seeded(1))
    direction = torch.randn(9, 4, 7, dtype=torch.double, generator=seeded(2))

    def run(network: nn.Module) -> tuple[dict[str, Tensor], Any]:
        leaf = inputs.clone().requires_grad_()
        output, state = network(leaf)
        (output * direction).sum().backward()
        return {"output": output, "gradient": leaf.grad}, state

    (found, blocks), (expected, layers) = run(ours), run(twin)
    found |= {name: value.grad for name, value in torch_names(ours).items()}
    expected |= {name: value.grad for name, value in twin.named_parameters()}
    for number, part in enumerate(layers if cell == "lstm" else [layers]):
        expected[f"state {number}"] = part
        found[f"state {number}"] = blocks[number] if cell == "lstm" else blocks
    torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-8)


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
def test_jacobian_follows_paths(cell: str, engine: Engine, graph: nx.DiGraph, steps: int) -> None:
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
    first, between = network(inputs[:5])  # so no output depends on a later input
    second, last_of_halves = network(inputs[5:], between)
    torch.testing.assert_close((torch.cat([first, second]), last_of_halves), (whole, last))


def test_inputs_of_another_width_are_refused() -> None:
    network = SparseRNN.from_graph(nx.path_graph(3), "gru", 4)
    with pytest.raises(InputError, match=r"shape \(2, 1, 5\); this network takes 4 features"):
        network(torch.zeros(2, 1, 5))


def test_initial_weights_fill_the_interval_of_the_block_s_size() -> None:
    network = SparseRNN(Wiring.dense("lstm", 3, 25, 1), seeded())
    for parameter in network.parameters():
        assert 0.18 < parameter.abs().max() <= 0.2


@pytest.mark.parametrize("cell", CELLS)
def test_last_letter_ignores_padding_and_last_step_does_not(cell: str) -> None:
    codes = torch.randint(60, 90, (7, 3), generator=seeded())
    codes[5:, 1] = 0
    lengths, padded = torch.tensor([7, 5, 7]), nn.functional.pad(codes, (0, 0, 0, 4))
    wiring = Wiring.dense(cell, 4, 6, 2)
    for step in ("last_letter", "last_step"):
        network = SequenceClassifier(replace(wiring, readout_step=step), generator=seeded())
        logits, longer = network(codes, lengths), network(padded, lengths)
        assert torch.equal(logits, longer) == (step == "last_letter")
    network = SequenceClassifier(wiring, generator=seeded())
    alone = network(codes[:5, 1:2], torch.tensor([5]))
    torch.testing.assert_close(network(codes, lengths)[1:2], alone)


def test_the_readout_is_at_the_last_letter() -> None:
    network = tiny_network("gru")
    codes, lengths = torch.tensor([[65, 66], [67, 68], [69, 0]]), torch.tensor([3, 2])
    outputs, _ = network.recurrent(network.embedding(codes))
    expected = network.out(torch.stack([outputs[2, 0], outputs[1, 1]]))
    torch.testing.assert_close(network(codes, lengths), expected)


def test_the_mean_over_letters_is_read_and_trained_alike_by_both_engines() -> None:
    wiring = Wiring.dense("gru", 4, 6, 2, "mean")
    codes = torch.randint(60, 90, (7, 3), generator=seeded())
    codes[5:, 1], lengths = 0, torch.tensor([7, 5, 7])
    found = []
    for engine in ENGINES:
        network = SequenceClassifier(wiring, generator=seeded(), engine=engine).double()
        logits = network(codes, lengths)
        steps = network.steps(codes, lengths)
        expected = torch.stack([steps[:length, b].mean(0) for b, length in enumerate(lengths)])
        torch.testing.assert_close(logits, expected)
        found.append(torch.autograd.grad(logits.square().sum(), list(network.parameters())))
    torch.testing.assert_close(*found, rtol=0, atol=1e-10)
    longer = nn.functional.pad(codes, (0, 0, 0, 4))
    torch.testing.assert_close(network(longer, lengths), logits)


def test_saved_masks_come_back_with_the_weights() -> None:
    network = tiny_network("lstm")
    state, before = network.state_dict(), network.wiring.weights
    state["recurrent.blocks.1.mask_hh"][:, 2] = False
    again = SequenceClassifier.from_state_dict(network.wiring, state)
    assert not again.wiring.blocks[1].mask_hh[:, 2].any()
    assert again.wiring.weights == before - 24
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
    summed = np.tanh(2 * one + 2 * zero + 1)
    cells = np.tanh(2 * one + 1) + np.tanh(0.5 * zero + 1)
    assert outputs == pytest.approx({"summed": summed, "cells": cells}, rel=1e-6)
