"""What a way to a sparse network costs: steps and multiply-adds, by hand and by counting."""

from pathlib import Path
from typing import Any

import pytest
from training_jobs import training_job

from sparsernn.networks.checkpoints import load
from sparsernn.networks.nonzeros import nonzeros
from sparsernn.pruning.costs import Epochs, costs_of_way
from sparsernn.pruning.methods import dense_at, sparse_start
from sparsernn.pruning.rounds import prune_in_rounds
from sparsernn.training.job import TrainingJob
from sparsernn.training.outcomes import load_network
from sparsernn.training.shards import train_dense
from sparsernn.wiring.wiring import Wiring

SIZE = {"input_size": 4, "hidden_size": 6, "num_layers": 1}
TRAINING = {"epochs": 2, "batch_size": 8, "lr": 0.01, "clip_norm": None}
DENSE = Wiring.dense("gru", **SIZE)
STEPS = 5  # of an epoch of 40 strings


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> TrainingJob:
    job = training_job(tmp_path_factory.mktemp("dense"), training=TRAINING, size=SIZE)
    train_dense(job)
    return job


def costs(dense: TrainingJob, folder: Path, method: Any, **spec: Any) -> dict[str, Any]:
    given = {"schedule": "mine", "target": "both", "percents": [75.0], "iterative": False}
    given |= {"training": TRAINING, "dense_training": TRAINING, "size": SIZE, "method": method}
    job = training_job(folder, inputs={"model": dense.outputs.models}, **given | spec)
    prune_in_rounds(job)
    [row] = costs_of_way(job.outputs.models, job.examples[0], 2)
    assert row["nonzeros"] == nonzeros(job.outputs.models)["total"]
    return row


@pytest.mark.parametrize(
    ("method", "epochs", "of_dense"),
    [
        ({}, 2, True),
        ({"start": 0}, 2, True),
        ({"start": "new"}, 2, True),
        ({"find": 1, "start": 0}, 1, False),
        ({"start": 1, "labels": "shuffled"}, 3, False),
        ({"criterion": "movement"}, 3, True),
        ({"criterion": "snip", "find": 0, "start": 0}, 0, False),
        ({"start": "small"}, 0, False),
    ],
)
def test_all_trainings_count_that_a_way_needs(
    method: dict[str, Any], epochs: int, of_dense: bool, dense: TrainingJob, tmp_path: Path
) -> None:
    row = costs(dense, tmp_path, method)
    size = Epochs.of(dense.examples[0])
    assert size == Epochs(40, int(dense.examples[0].lengths.sum()), 40)
    assert row["steps"] == STEPS * (epochs + 2) and row["dense"] == of_dense
    network = load_network(tmp_path / "job.safetensors", "gru")[1]
    assert network is not None
    of_letters = size.letters * (epochs * DENSE.weights + 2 * network.wiring.weights)
    read_out = size.answers * (epochs + 2) * network.out.weight.numel()
    assert row["operations"] == 3 * (of_letters + read_out)


def test_weights_that_go_during_the_training_count_until_they_go(
    dense: TrainingJob, tmp_path: Path
) -> None:
    method = {"gradual": {"every": 3, "schedule": "linear"}, "start": 0}
    row = costs(dense, tmp_path, method)
    job = training_job(
        tmp_path / "again",
        inputs={"model": dense.outputs.models},
        **{"target": "both", "percent": 75.0, "dense_training": TRAINING, "method": method},
        **{"training": TRAINING, "size": SIZE},
    )
    network = dense_at(job, DENSE, 0, job.examples)
    _, changing = sparse_start(job, "name", network)
    [batch, *_] = job.examples[0].batches(8)
    assert changing is not None
    weights, now = [], DENSE.weights
    for step in range(1, 2 * STEPS + 1):
        weights.append(now)
        if change := changing(step, batch):
            now = sum(int(mask.sum()) for pair in change.masks for mask in pair)
    size = Epochs.of(job.examples[0])
    mean = sum(weights) / len(weights)
    expected = 3 * 2 * (size.letters * mean + size.answers * 12)
    assert row["operations"] == pytest.approx(expected, rel=0.02)
    assert row["steps"] == 2 * STEPS


def test_dense_gradients_of_a_growth_rule_count(dense: TrainingJob, tmp_path: Path) -> None:
    way = {"criterion": "random", "scope": "gate", "find": 0, "start": 0}
    rows = [
        costs(dense, tmp_path / rule, way | {"growth": {"rule": rule, "every": 2}})
        for rule in ("rigl", "set")
    ]
    size = Epochs.of(dense.examples[0])
    more = rows[0]["operations"] - rows[1]["operations"]
    assert more == pytest.approx(3 * 4 * size.letters / STEPS * DENSE.weights)


def test_a_network_that_failed_has_steps_alone(tmp_path: Path) -> None:
    broken = TRAINING | {"lr": 1e30}
    dense = training_job(tmp_path / "dense", training=broken, size=SIZE)
    train_dense(dense)
    inputs = {"model": dense.outputs.models}
    given = {"schedule": "one_shot", "target": "both", "percents": [50.0, 60.0], "iterative": True}
    given |= {"criterion": "magnitude", "start": "trained", "size": SIZE}
    job = training_job(tmp_path / "round", inputs=inputs, **given)
    prune_in_rounds(job)
    size = Epochs.of(job.examples[0])
    whole = 3 * 2 * (size.letters * DENSE.weights + size.answers * 12)
    for row in costs_of_way(job.outputs.models, job.examples[0], 2):
        assert (row["steps"], row["operations"]) == (STEPS * 2, whole)  # and none of its own
    gradual = {
        "percents": [50.0],
        "iterative": False,
        "method": {"gradual": {"every": 2}, "start": 0},
    }
    given |= gradual | {"dense_training": broken}
    job = training_job(tmp_path / "gradual", inputs=inputs, **given)
    prune_in_rounds(job)
    [row] = costs_of_way(job.outputs.models, job.examples[0], 2)
    assert (row["steps"], row["operations"]) == (0, 0)


def test_rounds_that_start_from_the_one_before_cost_what_those_cost(
    dense: TrainingJob, tmp_path: Path
) -> None:
    given = {"schedule": "mine", "target": "both", "percents": [50.0, 75.0], "iterative": True}
    given |= {"training": TRAINING, "dense_training": TRAINING, "size": SIZE}
    given |= {"method": {"criterion": "movement"}, "criterion": "movement"}
    job = training_job(tmp_path / "way", inputs={"model": dense.outputs.models}, **given)
    prune_in_rounds(job)
    first, second = costs_of_way(job.outputs.models, job.examples[0], 2)
    assert (first["steps"], second["steps"]) == (STEPS * 5, STEPS * 8)  # an epoch for each's scores
    assert first["keys"] == second["keys"][:1] and len(second["keys"]) == 2
    size, whole = Epochs.of(job.examples[0]), DENSE.weights
    half = load(job.outputs.models, index=0).wiring.weights
    quarter = load(job.outputs.models, index=1).wiring.weights
    weights = [3 * whole + 2 * half, 3 * whole + 3 * half + 2 * quarter]
    for row, epochs, sums in zip((first, second), (5, 8), weights, strict=True):
        assert row["operations"] == 3 * (size.letters * sums + size.answers * epochs * 12)
