"""Ways to a sparse network: from which weights, with which mask, and what its file then has."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from conftest import tiny_network
from training_jobs import training_job

from sparsernn.errors import InputError
from sparsernn.networks.checkpoints import load, network_entry, save, save_checkpoint
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.nonzeros import nonzeros
from sparsernn.pruning.controls import rewired, shuffled
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.pruning.methods import dense_at, sparse_start
from sparsernn.pruning.rounds import prune_in_rounds
from sparsernn.speed.saved import open_network
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.training.outcomes import load_network
from sparsernn.training.shards import train_dense
from sparsernn.wiring.protocol import CORRECTED
from sparsernn.wiring.wiring import Wiring

SIZE = {"input_size": 4, "hidden_size": 6, "num_layers": 2}
COSINE = {"name": "CosineAnnealingLR", "T_max": 1, "eta_min": 0.001}
TRAINING = {"epochs": 2, "batch_size": 8, "lr": 0.01, "clip_norm": None, "lr_scheduler": COSINE}
DENSE = Wiring.dense("gru", **SIZE)


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> TrainingJob:
    job = training_job(tmp_path_factory.mktemp("dense"), training=TRAINING)
    train_dense(job)
    return job


def a_way(dense: TrainingJob, folder: Path, **method: Any) -> TrainingJob:
    given = {"schedule": "mine", "target": "both", "percents": [75.0], "iterative": False}
    given |= {"method": method, "training": TRAINING, "dense_training": TRAINING}
    return training_job(folder, inputs={"model": dense.outputs.models}, **given)


def begun(dense: TrainingJob, folder: Path, **method: Any) -> SequenceClassifier:
    job = at(75.0, a_way(dense, folder, **method))
    return sparse_start(job, "name", trained(dense))[0]


def at(percent: float, job: TrainingJob) -> TrainingJob:
    """A round of a way."""
    return replace(job, spec={**job.spec, "percent": percent})


def trained(dense: TrainingJob) -> SequenceClassifier:
    network = load_network(dense.outputs.models, "gru")[1]
    assert network is not None
    return network


def masks(wiring: Wiring) -> list[np.ndarray]:
    return [mask for block in wiring.blocks for mask in (block.mask_ih, block.mask_hh)]


def same(one: SequenceClassifier, other: SequenceClassifier) -> bool:
    pairs = zip(one.state_dict().values(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for a, b in pairs)


def test_a_state_of_the_dense_network_comes_back_by_its_epoch(
    dense: TrainingJob, tmp_path: Path
) -> None:
    job = a_way(dense, tmp_path)
    states = [dense_at(job, DENSE, epoch, job.examples) for epoch in (0, 1, 2)]
    assert same(states[2], trained(dense))
    assert not same(states[0], states[1]) and not same(states[1], states[2])
    late = TrainingJob(job.spec, Limits(minutes=1e-9), job.inputs, job.outputs)
    with pytest.raises(TimeoutError, match="dense network of epoch 1"):
        dense_at(late, DENSE, 1, job.examples)


@pytest.mark.parametrize("start", ["trained", 0, 1, "new"])
def test_the_mask_of_the_trained_network_is_put_on_the_weights_it_starts_from(
    start: Any, dense: TrainingJob, tmp_path: Path
) -> None:
    network = begun(dense, tmp_path, start=start)
    found = prune_network(trained(dense), Pruning(75, "both", CORRECTED)).wiring
    for one, other in zip(masks(network.wiring), masks(found), strict=True):
        assert np.array_equal(one, other)
    if start in (0, 1):
        job = a_way(dense, tmp_path)
        rewound = dense_at(job, DENSE, start, job.examples)
        assert torch.equal(network.embedding.weight, rewound.embedding.weight)
        [block, _], [whole, _] = (n.recurrent.own_blocks() for n in (network, rewound))
        assert torch.equal(block.weight_hh, whole.weight_hh * block.mask_hh)


def test_the_mask_may_be_found_before_training_and_by_shuffled_labels(
    dense: TrainingJob, tmp_path: Path
) -> None:
    ways: list[dict[str, Any]] = [{}, {"find": 0}, {"labels": "shuffled"}, {"criterion": "snip"}]
    ways += [{"criterion": "snip", "find": 0}, {"criterion": "snip", "find": 0, "scope": "gate"}]
    ways += [{"mask": "shuffled"}, {"mask": "rewired"}]
    found = [masks(begun(dense, tmp_path, start=0, **way).wiring) for way in ways]
    assert {sum(int(mask.sum()) for mask in each) for each in found} == {
        sum(int(mask.sum()) for mask in found[0])
    }
    flat = [np.concatenate([mask.ravel() for mask in each]).tobytes() for each in found]
    assert len(set(flat)) == len(flat)


@pytest.mark.parametrize(
    "method",
    [
        {"gradual": {"every": 2}, "start": 0},
        {"criterion": "random", "find": 0, "start": 0, "growth": {"rule": "rigl", "every": 2}},
    ],
)
def test_a_way_changes_masks_as_it_trains(
    method: dict[str, Any], dense: TrainingJob, tmp_path: Path
) -> None:
    job = a_way(dense, tmp_path, **method)
    prune_in_rounds(job)
    [row] = pd.read_csv(job.outputs.networks).to_dict("records")
    assert (row["status"], row["schedule"], row["weights"]) == ("ok", "mine", DENSE.weights // 4)
    counts = nonzeros(job.outputs.models)
    network = load_network(job.outputs.models, "gru")[1]
    assert network is not None
    assert counts["embedding"] == 128 * 4 and counts["out"] == 2 * 6 + 2
    assert counts["weight_ih"] + counts["weight_hh"] <= network.wiring.weights
    assert counts["total"] <= row["parameters"] <= counts["total"] + row["weights"] // 20
    first = job.outputs.models.read_bytes()
    prune_in_rounds(a_way(dense, tmp_path / "again", **method))
    assert (tmp_path / "again" / "job.safetensors").read_bytes() == first


def test_a_small_dense_network_has_as_many_non_zeros_as_a_pruned_one(
    dense: TrainingJob, tmp_path: Path
) -> None:
    counts = []
    for place, method in enumerate([{"start": "small"}, {"scope": "gate"}]):
        job = a_way(dense, tmp_path / str(place), **method)
        prune_in_rounds(job)
        counts.append(nonzeros(job.outputs.models))
    assert counts[0]["total"] == counts[1]["total"]
    assert counts[0]["out"] < counts[1]["out"] and counts[0]["bias"] < counts[1]["bias"]
    assert counts[0]["embedding"] == counts[1]["embedding"] == 128 * 4


@pytest.mark.parametrize("percent", [50.0, 80.0])
def test_edges_of_a_random_graph_are_the_recurrent_weights_of_all_gates(
    percent: float, dense: TrainingJob, tmp_path: Path
) -> None:
    graph = {"generator": "barabasi_albert", "m": "mean_degree // 2"}
    method = {"criterion": "random", "scope": "gate", "find": 0, "start": 0, "graph": graph}
    job = at(percent, a_way(dense, tmp_path, **method))
    networks = [sparse_start(job, name, trained(dense))[0] for name in ("a", "a", "b")]
    wirings = [network.wiring for network in networks]
    for block in wirings[0].blocks:
        gates = block.mask_hh.reshape(3, 6, 6)
        assert (gates == gates[0]).all() and not gates[0].diagonal().any()
        assert gates[0].sum() == 36 - round(36 * percent / 100)
        assert nx.is_weakly_connected(nx.DiGraph(gates[0]))
    flat = [np.concatenate([mask.ravel() for mask in masks(w)]).tobytes() for w in wirings]
    assert flat[0] == flat[1] != flat[2]
    layer = at(percent, a_way(dense, tmp_path, **method | {"scope": "layer"}))
    with pytest.raises(InputError, match=r"gates of .* have .*Prune with scope: gate"):
        sparse_start(layer, "a", trained(dense))


def test_a_graph_that_can_not_have_so_few_edges_is_refused(
    dense: TrainingJob, tmp_path: Path
) -> None:
    method = {"criterion": "random", "scope": "gate", "find": 0, "graph": {"generator": "gnm"}}
    job = at(90.0, a_way(dense, tmp_path, **method))
    with pytest.raises(InputError, match="4 recurrent weights in each gate of 6 units"):
        sparse_start(job, "a", trained(dense))


def test_a_state_that_can_not_be_reached_is_a_row(dense: TrainingJob, tmp_path: Path) -> None:
    job = a_way(dense, tmp_path, start=1)
    spec = job.spec | {"dense_training": TRAINING | {"lr": 1e30}}
    prune_in_rounds(TrainingJob(spec, job.limits, job.inputs, job.outputs))
    [row] = pd.read_csv(job.outputs.networks).to_dict("records")
    assert row["status"] == "diverged"
    assert row["reason"].startswith("dense network of epoch 1: loss ")


@pytest.mark.parametrize("percent", [30, 90])
def test_controls_keep_what_they_say(percent: float) -> None:
    network = tiny_network("gru", hidden_size=16)
    original = network.wiring
    found = prune_network(network, Pruning(percent, "both", CORRECTED)).wiring
    other, degrees = (f(found, original, np.random.default_rng(0)) for f in (shuffled, rewired))
    for mask, one, two in zip(masks(found), masks(other), masks(degrees), strict=True):
        assert mask.sum() == one.sum()
        assert np.array_equal(mask.sum(0), two.sum(0)) and np.array_equal(mask.sum(1), two.sum(1))
        assert (mask != one).any() and (mask != two).mean() > 0.1 * mask.mean()


def test_controls_stay_within_the_edges_of_a_graph() -> None:
    original = Wiring.from_graph(nx.complete_graph(9), "rnn_tanh", CORRECTED)
    network = SequenceClassifier(original)
    found = prune_network(network, Pruning(50, "both", CORRECTED)).wiring
    for control in (shuffled, rewired):
        other = control(found, original, np.random.default_rng(0))
        pairs = zip(masks(other), masks(original), strict=True)
        assert other.weights == found.weights and not any((m & ~may).any() for m, may in pairs)


def test_non_zeros_are_counted_from_the_values(tmp_path: Path) -> None:
    network = tiny_network("gru")
    with torch.no_grad():
        network.out.weight.zero_()
        network.embedding.weight[5:] = 0
        [first, _] = network.recurrent.own_blocks()
        first.weight_hh[0, 0] = 0
    save(prune_network(network, Pruning(50, "i2h", CORRECTED)), tmp_path / "file")
    assert nonzeros(tmp_path / "file") == {
        "embedding": 20,
        "weight_ih": (18 * 4 + 18 * 6) // 2,
        "weight_hh": 2 * 18 * 6 - 1,
        "bias": 4 * 18,
        "out": 2,
        "total": 20 + 90 + 215 + 72 + 2,
    }
    save_checkpoint(tmp_path / "none", networks=[])
    with pytest.raises(InputError, match=r"none: holds no network\. Give a file of"):
        nonzeros(tmp_path / "none")


def test_one_of_several_networks_in_a_file_has_an_index(tmp_path: Path) -> None:
    networks = [tiny_network("gru"), tiny_network("lstm")]
    path = tmp_path / "file"
    save_checkpoint(path, networks=[network_entry(network) for network in networks])
    indices = (0, np.int64(1))
    assert [load(path, index=index).wiring.cell for index in indices] == ["gru", "lstm"]
    assert nonzeros(path, 1)["total"] > nonzeros(path, 0)["total"]
    assert open_network(path.rename(tmp_path / "f.safetensors"), index=1).wiring.cell == "lstm"
    path = tmp_path / "f.safetensors"
    with pytest.raises(InputError, match="holds 2 networks; expected one, or an index from 0 to 1"):
        load(path)
    for index in (2, -1, True, 0.5):
        with pytest.raises(InputError, match="expected a whole number from 0 to 1"):
            nonzeros(path, index)  # type: ignore[arg-type]
