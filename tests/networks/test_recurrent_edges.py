"""Networks whose recurrence is a graph: against plain PyTorch, and what stays in training."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import cyclic_graphs, tiny_strings
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils import parametrize

from sparsernn import (
    CORRECTED,
    InputError,
    Protocol,
    RecurrentEdges,
    SequenceClassifier,
    SparseRNN,
    Wiring,
    load,
    prune,
    save,
)
from sparsernn.thesis.repository import CELLS
from sparsernn.training.loop import train
from sparsernn.training.settings import Training
from sparsernn.training.steps import stepping

ENGINES = ("fused", "torch")


pytestmark = pytest.mark.usefixtures("one_thread")


def random_graph(n: int = 9, seed: int = 0) -> nx.DiGraph:
    """With cycles, a self-loop, weights, and the sign of each vertex's outgoing weights."""
    rng = np.random.default_rng(seed)
    graph = nx.gnp_random_graph(n, 0.3, seed=seed, directed=True)
    graph.add_edges_from([(0, 1), (1, 0), (2, 2)])
    for v in graph:
        graph.nodes[v]["sign"] = -1 if v % 3 == 0 else 1
    for u, _, data in graph.edges(data=True):
        data["weight"] = graph.nodes[u]["sign"] * rng.uniform(0.01, 0.6)
    return graph


def by_hand(cell: str, rnn: SparseRNN, graph: nx.DiGraph, inputs: Tensor) -> tuple[Any, Any]:
    """A loop over torch.nn's cell with the graph's zeros in its weights; outputs, and the cell."""
    kinds: dict[str, Callable[..., Any]] = {
        "rnn_tanh": lambda *size: nn.RNNCell(*size, nonlinearity="tanh"),
        "rnn_relu": lambda *size: nn.RNNCell(*size, nonlinearity="relu"),
        "gru": nn.GRUCell,
        "lstm": nn.LSTMCell,
    }
    ours, theirs = rnn.blocks[0], kinds[cell](inputs.shape[2], len(graph)).double()
    adjacency = torch.tensor(nx.to_numpy_array(graph, nodelist=range(len(graph)), weight=None))
    gates = len(theirs.weight_hh) // len(graph)
    with torch.no_grad():
        for name in ("weight_ih", "bias_ih", "bias_hh"):
            getattr(theirs, name).copy_(getattr(ours, name))
        theirs.weight_hh.copy_(ours.weight_hh.reshape(gates, len(graph), -1).view(-1, len(graph)))
        theirs.weight_hh.mul_(adjacency.T.repeat(gates, 1))
    state, outputs = None, []
    for step in inputs:
        state = theirs(step, state)
        outputs.append(state[0] if cell == "lstm" else state)
    return torch.stack(outputs), theirs


@settings(max_examples=20)
@given(cyclic_graphs(), st.sampled_from(CELLS), st.sampled_from(ENGINES), st.integers(0, 99))
def test_it_computes_what_a_loop_in_pytorch_does(
    graph: nx.DiGraph, cell: str, engine: Any, seed: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    rnn = SparseRNN.from_graph(graph, cell, 3, Protocol(), generator, engine, edges="recurrence")
    rnn.double()
    inputs = torch.randn(6, 4, 3, dtype=torch.float64, generator=generator)
    expected, theirs = by_hand(cell, rnn, graph, inputs)
    output, _ = rnn(inputs)
    factor = torch.randn(output.shape, dtype=torch.float64, generator=generator)
    for each in (expected, output):
        (each * factor).sum().backward()
    torch.testing.assert_close(output, expected, rtol=0, atol=1e-10)
    [block] = rnn.blocks
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        wanted, got = getattr(theirs, name).grad, getattr(block, name).grad
        if name == "weight_hh":
            wanted = wanted * block.mask_hh
        torch.testing.assert_close(got, wanted, rtol=0, atol=1e-10)


@settings(max_examples=10)
@given(cyclic_graphs(), st.sampled_from(ENGINES))
def test_the_jacobian_is_zero_where_the_graph_has_no_edge(graph: nx.DiGraph, engine: Any) -> None:
    adjacency = nx.to_numpy_array(graph, nodelist=range(len(graph)), dtype=bool)
    for cell in CELLS:
        rnn = SparseRNN.from_graph(graph, cell, 2, engine=engine, edges="recurrence").double()
        with torch.no_grad():
            for parameter in rnn.parameters():
                parameter.abs_().add_(0.1)  # so that no ReLU is off, and no two paths cancel
        [block] = rnn.blocks
        states = tuple(torch.rand(1, len(graph), dtype=torch.float64) for _ in range(block.states))

        def step(h: Tensor, rnn: Any = rnn, others: Any = states[1:]) -> Tensor:
            inputs = torch.ones(1, 1, 2, dtype=torch.float64)
            return rnn(inputs, ((h, *others),))[0][0, 0]

        jacobian = torch.autograd.functional.jacobian(step, states[0])[:, 0]
        # A GRU's unit passes its own state on, whatever the graph is.
        own = np.eye(len(graph), dtype=bool) if cell == "gru" else False
        assert np.array_equal(jacobian.numpy() != 0, adjacency.T | own)


def test_an_undirected_graph_is_its_directed_double() -> None:
    graph = nx.connected_watts_strogatz_graph(10, 4, 0.3, seed=1)
    one, two = (
        SparseRNN.from_graph(
            each, "lstm", 3, generator=torch.Generator().manual_seed(0), edges="recurrence"
        )
        for each in (graph, graph.to_directed())
    )
    inputs = torch.randn(5, 2, 3)
    assert torch.equal(one(inputs)[0], two(inputs)[0])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("signs", [None, "sign"])
def test_the_spectral_radius_is_that_of_every_gate(cell: str, signs: str | None) -> None:
    for weights in ("drawn", "initial"):
        edges = RecurrentEdges(weights=weights, signs=signs, spectral_radius=0.8)
        with pytest.warns() if weights == "drawn" else torch.no_grad():
            rnn = SparseRNN.from_graph(random_graph(), cell, 3, edges=edges)
        for gate in rnn.blocks[0].weight_hh.detach().double().split(9):
            assert np.abs(np.linalg.eigvals(gate.numpy())).max() == pytest.approx(0.8, rel=1e-6)


OPTIMISERS: dict[str, Callable[[Any], torch.optim.Optimizer]] = {
    "adam": lambda parameters: torch.optim.AdamW(parameters, 0.05, weight_decay=0.1),
    "sgd": lambda parameters: torch.optim.SGD(parameters, 2.0, momentum=0.9, weight_decay=0.01),
}


def classifier(cell: str, edges: RecurrentEdges, engine: Any = "fused") -> SequenceClassifier:
    wiring = Wiring.from_graph(random_graph(), cell, Protocol(embedding_size=4, edges=edges))
    return SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0), engine=engine)


def trained(network: SequenceClassifier, how: str, steps: int = 200) -> list[Tensor]:
    """The recurrent weights after each step."""
    batches = [next(tiny_strings(16, seed).batches(16)) for seed in range(4)]
    weights = []

    def note() -> None:
        weights.append(network.recurrent.blocks[0].weight_hh.detach().clone())

    note()
    if how == "loop":
        with stepping(network, Training(1, 16, 0.05, 5.0)) as step:
            for number in range(steps):
                step(batches[number % 4])
                note()
        return weights
    optimiser = OPTIMISERS[how](list(network.parameters()))
    for number in range(steps):
        batch = batches[number % 4]
        logits = network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths))
        optimiser.zero_grad()
        nn.functional.cross_entropy(logits, torch.from_numpy(batch.targets)).backward()
        optimiser.step()
        note()
    return weights


@pytest.mark.parametrize(
    ("how", "signs"), [("loop", "weights"), ("loop", "sign"), ("adam", "sign"), ("sgd", "weights")]
)
def test_signs_never_flip(how: str, signs: str) -> None:
    edges = RecurrentEdges(weights="initial", signs=signs)
    network = classifier("rnn_tanh", edges)
    before, *after = trained(network, how)
    sign, mask = before.sign(), network.recurrent.blocks[0].mask_hh
    assert all((weights * sign >= 0).all() for weights in after)
    assert all((weights[~mask] == 0).all() for weights in after)
    free = trained(classifier("rnn_tanh", RecurrentEdges(weights="initial")), how)[1:]
    assert any((weights * sign < 0).any() for weights in free), "nothing to prevent"
    assert not torch.equal(before, after[-1])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("weights", ["initial", "fixed"])
def test_both_engines_train_alike(cell: str, weights: Any) -> None:
    edges = RecurrentEdges(weights=weights, signs="sign", spectral_radius=1.1)
    strings, how = tiny_strings(), Training(3, 8, 0.01, 5.0)
    histories, weights = [], []
    for engine in ENGINES:
        network = classifier(cell, edges, engine).double()
        with network.flattened(frozen=True):
            assert (network.whole is not None) == (engine == "fused")
        run = train(network, strings, strings, how, np.random.default_rng(0))
        histories.append(np.array(run.history))
        weights.append(network.recurrent.blocks[0].weight_hh)
    np.testing.assert_allclose(*histories, rtol=0, atol=1e-9)
    torch.testing.assert_close(*weights, rtol=0, atol=1e-9)


@pytest.mark.parametrize("how", ["loop", *OPTIMISERS])
@pytest.mark.parametrize("engine", ENGINES)
def test_fixed_weights_stay_bit_by_bit(how: str, engine: Any) -> None:
    network = classifier("gru", RecurrentEdges(weights="fixed", signs="weights"), engine)
    others = network.recurrent.blocks[0].weight_ih.detach().clone()
    before, *after = trained(network, how, 20)
    assert all(torch.equal(before, weights) for weights in after)
    assert torch.equal(before[:9], torch.tensor(nx.to_numpy_array(random_graph()).T).float())
    assert network.recurrent.blocks[0].weight_hh.grad is None
    assert not torch.equal(others, network.recurrent.blocks[0].weight_ih)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "edges",
    [
        RecurrentEdges(weights="fixed", inputs=[0, 3], outputs=[8, 1], spectral_radius=0.5),
        RecurrentEdges(weights="initial", signs="sign", spectral_radius=0.5),
        RecurrentEdges(weights="fixed", signs="weights"),
    ],
)
def test_a_file_holds_all_of_it(tmp_path: Path, edges: RecurrentEdges, engine: Any) -> None:
    network = classifier("gru", edges, engine)
    trained(network, "adam", 5)
    save(network, tmp_path / "network.safetensors")
    again = load(tmp_path / "network.safetensors", engine)
    batch = next(tiny_strings(16).batches(16))
    codes, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    assert torch.equal(again(codes, lengths), network(codes, lengths))
    assert again.state_dict().keys() == network.state_dict().keys()
    for ours, theirs in zip(again.parameters(), network.parameters(), strict=True):
        assert torch.equal(ours, theirs) and ours.requires_grad == theirs.requires_grad
    assert torch.equal(trained(again, "adam", 20)[-1], trained(network, "adam", 20)[-1])
    save(network, tmp_path / "one")
    save(load(tmp_path / "one"), tmp_path / "two")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_pruning_takes_weights_that_are_trained_and_no_others() -> None:
    network = classifier("gru", RecurrentEdges(weights="fixed"))
    for target in ("both", "h2h"):
        with pytest.raises(InputError, match=f"target is '{target}', but the recurrent weights"):
            prune(network, 0.5, target)
    prune(network, 0.5, "i2h")
    kept = classifier("gru", RecurrentEdges(weights="initial", signs="sign"))
    before, [block] = kept.wiring.blocks[0].mask_hh.sum(), kept.recurrent.blocks
    prune(kept, 0.5, "h2h")
    assert block.mask_hh.sum() == pytest.approx(before / 2, abs=1)
    assert (block.weight_hh[~block.mask_hh] == 0).all()
    assert (trained(kept, "adam", 5)[-1][~block.mask_hh] == 0).all()


@pytest.mark.parametrize("weights", ["initial", "fixed"])
def test_any_optimiser_of_the_flat_vector_holds_what_is_held(weights: Any) -> None:
    network = classifier("rnn_tanh", RecurrentEdges(weights=weights, signs="sign"))
    [block] = network.recurrent.blocks
    before = block.weight_hh.detach().clone()
    with network.flattened(frozen=True) as [whole]:
        for _ in range(5):
            batch = next(tiny_strings(16).batches(16))
            logits = network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths))
            (gradient,) = torch.autograd.grad(logits.square().sum(), whole)
            with torch.no_grad():
                whole -= 0.1 * gradient
    after = block.weight_hh
    assert (after * before >= 0).all()
    assert torch.equal(after, before) == (weights == "fixed")


def test_a_weight_of_another_sign_cannot_be_assigned() -> None:
    network = classifier("rnn_tanh", RecurrentEdges(weights="initial", signs="sign"))
    [block] = network.recurrent.blocks
    block.weight_hh = 2 * block.weight_hh.detach()
    with pytest.raises(InputError, match="weights have another sign than the one that they keep"):
        block.weight_hh = -block.weight_hh.detach()


def test_copies_keep_signs_and_fixed_weights() -> None:
    for edges in (RecurrentEdges(weights="initial", signs="sign"), RecurrentEdges(weights="fixed")):
        network = copy.deepcopy(classifier("lstm", edges))
        before, *after = trained(network, "adam", 20)
        assert all((weights * before >= 0).all() for weights in after)


def test_what_was_lifted_is_lifted_in_a_file_too(tmp_path: Path) -> None:
    signed = classifier("gru", RecurrentEdges(weights="initial", signs="sign"))
    parametrize.remove_parametrizations(signed.recurrent.blocks[0], "weight_hh")
    fixed = classifier("gru", RecurrentEdges(weights="fixed"))
    fixed.recurrent.blocks[0].weight_hh.requires_grad_(True)
    prune(fixed, 0.5, "h2h")
    for network in signed, fixed:
        save(network, tmp_path / "network")
        again = load(tmp_path / "network")
        assert again.state_dict().keys() == network.state_dict().keys()
        assert all(parameter.requires_grad for parameter in again.parameters())


def test_corrected_networks_are_as_they_were() -> None:
    """No edge weights, no new names: files of other networks are the same bytes as before."""
    wiring = Wiring.from_graph(nx.path_graph(4), "gru", CORRECTED)
    names = SequenceClassifier(wiring).state_dict()
    assert not [name for name in names if "parametrizations" in name]
    assert all(block.edge_weights is None for block in wiring.blocks)
