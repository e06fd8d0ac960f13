"""Reservoirs: their states against reservoirpy, their read-outs against scikit-learn."""

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from conftest import tiny_strings
from reservoirpy.nodes import Reservoir
from reservoirpy.nodes import Ridge as TheirRidge
from sklearn.linear_model import RidgeClassifier
from training_jobs import training_job

from sparsernn import (
    InputError,
    Protocol,
    RecurrentEdges,
    Ridge,
    SequenceClassifier,
    SparseRNN,
    Wiring,
    fit_readout,
    load,
    save,
)
from sparsernn.data.arrays import Arrays
from sparsernn.data.strings import Strings
from sparsernn.graphs.graphml import write_graph
from sparsernn.training.ridge import train_by_ridge
from sparsernn.training.shards import train_shard

MATRIX = np.random.default_rng(0).normal(size=(20, 20)) * (
    np.random.default_rng(1).random((20, 20)) < 0.3
)  # (i, j): from i to j
RING = nx.cycle_graph(12, create_using=nx.DiGraph)


def reservoir(
    classes: int = 2, features: int | None = None, cell: str = "rnn_tanh", **choices: Any
) -> SequenceClassifier:
    edges = RecurrentEdges(weights="fixed", spectral_radius=0.9, input_scaling=0.5, leak=0.7)
    how = Protocol(edges=edges, embedding_size=features or 5, **choices)
    wiring = Wiring.from_graph(MATRIX, cell, how)
    generator = torch.Generator().manual_seed(0)
    options: dict[str, Any] = {"num_classes": classes, "features": features}
    return SequenceClassifier(wiring, generator=generator, engine="torch", **options)


def sequences(count: int = 40, outputs: int = 3, of_steps: bool = False) -> Arrays:
    """Of 4 to 9 steps of two numbers; targets of the sequences, or of their steps."""
    rng = np.random.default_rng(2)
    lengths = rng.integers(4, 10, count)
    values = rng.normal(size=(count, 9, 2)) * (np.arange(9) < lengths[:, None])[..., None]
    targets = rng.normal(size=(count, 9, outputs) if of_steps else (count, outputs))
    return Arrays(values.astype(np.float32), lengths, targets.astype(np.float32))


@pytest.mark.parametrize("leak", [1.0, 0.3])
def test_states_are_reservoirpy_s(leak: float) -> None:
    edges = RecurrentEdges(weights="fixed", spectral_radius=0.9, leak=leak)
    rnn = SparseRNN.from_graph(MATRIX, "rnn_tanh", 3, edges=edges, engine="torch").double()
    [block], inputs = rnn.blocks, np.random.default_rng(3).normal(size=(50, 3))
    weights = {name: value.detach().numpy() for name, value in block.named_parameters()}
    bias = weights["bias_ih"] + weights["bias_hh"]
    theirs = Reservoir(W=weights["weight_hh"], Win=weights["weight_ih"], bias=bias, lr=leak)
    states, _ = rnn(torch.from_numpy(inputs))
    assert np.abs(states.detach().numpy() - theirs.run(inputs)).max() < 1e-12
    radius = np.abs(np.linalg.eigvals(MATRIX)).max()
    np.testing.assert_allclose(weights["weight_hh"], 0.9 / radius * MATRIX.T, atol=1e-6)


def test_a_read_out_of_every_step_is_reservoirpy_s() -> None:
    network, examples = reservoir(3, features=2).double(), sequences(of_steps=True)
    doubled = Arrays(examples.values.astype(float), examples.lengths, examples.targets)
    fit_readout(network, doubled, Ridge(0.1, washout=2), batch_size=7)
    batch = next(doubled.batches(len(doubled)))
    inputs = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    states = network.states(*inputs, every_step=True).detach().numpy()
    parts = [slice(0, length) for length in examples.lengths]
    theirs = TheirRidge(ridge=0.1).fit(
        [states[part, number] for number, part in enumerate(parts)],
        [examples.targets[number, part].astype(float) for number, part in enumerate(parts)],
        warmup=2,
    )
    np.testing.assert_allclose(network.out.weight.detach(), theirs.Wout.T, atol=1e-9)
    np.testing.assert_allclose(network.out.bias.detach(), theirs.bias, atol=1e-9)


@pytest.mark.parametrize("step", ["last_letter", "mean"])
def test_classes_are_those_of_a_ridge_classifier(step: Any) -> None:
    network, strings = reservoir(readout_step=step), tiny_strings(60)
    run = train_by_ridge(network, (strings, strings), Ridge(0.01), 16)
    batch = next(strings.batches(len(strings)))
    inputs = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    states = network.states(*inputs).numpy().astype(float)
    expected = RidgeClassifier(0.01).fit(states, batch.targets).predict(states)
    assert np.array_equal(network(*inputs).argmax(1).numpy(), expected)
    [epoch] = run.history
    assert epoch.train_acc == epoch.test_acc == np.mean(expected == batch.targets) > 0.6
    every = network.states(*inputs, every_step=True).numpy()
    ends = batch.lengths - 1
    wanted = every.sum(0) / (ends[:, None] + 1) if step == "mean" else every[ends, range(60)]
    np.testing.assert_allclose(states, wanted, atol=1e-6)


def test_all_steps_are_fitted_with_their_sequence_s_target() -> None:
    network, examples = reservoir(3, features=2), sequences()
    repeated = np.repeat(examples.targets[:, None], 9, axis=1)
    fit_readout(network, examples, Ridge(0.1, "all", washout=3))
    once = network.out.weight.clone()
    fit_readout(network, Arrays(examples.values, examples.lengths, repeated), Ridge(0.1, washout=3))
    assert torch.equal(network.out.weight, once)


def test_a_read_out_of_numbers_is_judged_by_its_nrmse() -> None:
    network, examples = reservoir(3, features=2), sequences(of_steps=True)
    [epoch] = train_by_ridge(network, (examples, examples), Ridge(0.1), 16).history
    reached = np.arange(9) < examples.lengths[:, None]
    inputs = torch.from_numpy(examples.values.swapaxes(0, 1)), torch.from_numpy(examples.lengths)
    found = network.steps(*inputs).detach().numpy().swapaxes(0, 1)[reached]
    error = np.square(found - examples.targets[reached]).mean()
    assert epoch.test_loss == pytest.approx(error, rel=1e-5)
    assert epoch.test_acc == pytest.approx(np.sqrt(error / examples.spread), rel=1e-5)
    assert epoch.test_acc < 1


def test_the_next_symbol_is_fitted_at_every_step() -> None:
    strings = Strings.encode(pd.DataFrame({"string": ["abab", "ab", "ababab", "abababab"] * 5}))
    network = reservoir(strings.outputs)
    [epoch] = train_by_ridge(network, (strings, strings), Ridge(1e-4), 8).history
    assert epoch.test_acc > 0.75  # all but the ends are certain


def test_nothing_but_the_read_out_changes_and_a_file_holds_it(tmp_path: Path) -> None:
    network, strings = reservoir(), tiny_strings()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    fit_readout(network, strings, Ridge(0.1))
    after = network.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"out.weight", "out.bias"}
    trained = {name for name, each in network.named_parameters() if each.requires_grad}
    assert trained == changed
    save(network, tmp_path / "network")
    with pytest.raises(InputError, match="the fused engine has no leak"):
        load(tmp_path / "network")
    again = load(tmp_path / "network", "torch")
    batch = next(strings.batches(8))
    inputs = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    assert torch.equal(again(*inputs), network(*inputs))
    assert again.wiring.blocks[0].leak == 0.7


def test_the_input_scaling_bounds_the_input_weights() -> None:
    [block] = reservoir().recurrent.blocks
    assert 0.45 < block.weight_ih.abs().max() <= 0.5


def test_batches_change_nothing_but_the_rounding() -> None:
    read_outs = []
    for size in (3, 40):
        network = reservoir(3, features=2).double()
        examples = sequences()
        doubled = Arrays(examples.values.astype(float), examples.lengths, examples.targets)
        fit_readout(network, doubled, Ridge(0.1), size)
        read_outs.append(network.out.weight)
    torch.testing.assert_close(*read_outs, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        (Ridge(0.1, washout=2), "washout is 2, but one state of each sequence is fitted"),
        (Ridge(0.1, "all", washout=99), "no sequence has more than 9 steps, so nothing is left"),
    ],
)
def test_a_washout_that_leaves_nothing_is_refused(how: Ridge, message: str) -> None:
    with pytest.raises(InputError, match=message):
        fit_readout(reservoir(), tiny_strings(), how)


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"penalty": 0}, "penalty is 0; expected a number above 0"),
        ({"penalty": 1, "steps": "some"}, "steps is 'some'; expected read or all"),
        ({"penalty": 1, "washout": 1.5}, "washout is 1.5; expected a whole number"),
    ],
)
def test_other_settings_are_refused(choices: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        Ridge(**choices)


@pytest.mark.parametrize("leak", [0, 1.5, True, "slow"])
def test_a_leak_is_a_share(leak: Any) -> None:
    with pytest.raises(
        InputError, match=r"edges: leak is .*; expected a number above 0 and up to 1"
    ):
        RecurrentEdges(leak=leak)


def test_a_leak_is_refused_where_it_would_be_ignored() -> None:
    edges = RecurrentEdges(leak=0.5)
    with pytest.raises(InputError, match=r"the state of the cell lstm is more than its output"):
        SparseRNN.from_graph(RING, "lstm", 3, edges=edges, engine="torch")
    with pytest.raises(InputError, match="the fused engine has no leak"):
        SparseRNN.from_graph(RING, "gru", 3, edges=edges)
    rnn = SparseRNN.from_graph(RING, "gru", 3, edges=edges, engine="torch")
    with pytest.raises(InputError, match="the fused engine has no leak"):
        rnn.engine = "fused"
    rnn.blocks[0].engine = "fused"
    with pytest.raises(InputError, match="the fused engine has no leak"):
        rnn(torch.zeros(2, 1, 3))


def test_a_job_fits_reservoirs_and_one_that_diverges_is_a_row(tmp_path: Path) -> None:
    how = {"weights": "fixed", "input_scaling": 1.0}
    for cell, radius, status in (("rnn_tanh", 0.9, "ok"), ("rnn_relu", 1e6, "diverged")):
        graph = nx.complete_graph(6, nx.DiGraph)
        nx.set_edge_attributes(graph, 0.5, "weight")
        write_graph(graph, tmp_path / cell / "graphs" / "0.graphml")
        choices = {"base": "corrected", "edges": how | {"spectral_radius": radius}}
        job = training_job(
            tmp_path / cell,
            inputs={"graphs": tmp_path / cell / "graphs"},
            choices=choices | {"ridge": {"penalty": 0.01}},
            cell=cell,
            family="own",
        )
        train_shard(job)
        [row] = pd.read_csv(job.outputs.networks).to_dict("records")
        assert row["status"] == status
        assert row["epochs"] == 1 if status == "ok" else "not finite" in row["reason"]
