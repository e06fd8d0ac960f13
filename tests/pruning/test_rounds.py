"""Rounds of pruning: what they start from, what they log, and what stops them."""

import math
import multiprocessing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from training_jobs import SPEC, training_job

from sparsernn.networks.checkpoints import load, load_checkpoint
from sparsernn.pruning.rounds import prune_in_rounds
from sparsernn.pruning.sweep import sweep
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.training.loop import evaluate
from sparsernn.training.outcomes import load_network
from sparsernn.training.shards import train_dense


@pytest.fixture
def dense(tmp_path: Path) -> TrainingJob:
    job = training_job(tmp_path / "dense")
    train_dense(job)
    return job


def a_way(dense: TrainingJob, folder: Path, **spec: Any) -> TrainingJob:
    given = {"schedule": "one_shot", "target": "both", "percents": [50.0], "iterative": False}
    given |= {"criterion": "magnitude", "start": "trained"}
    return training_job(folder, inputs={"model": dense.outputs.models}, **{**given, **spec})


def test_a_round_prunes_then_trains_and_starts_its_history_in_between(
    dense: TrainingJob, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    job = a_way(dense, tmp_path / "round")
    prune_in_rounds(job)
    table, history = pd.read_csv(job.outputs.networks), pd.read_csv(job.outputs.history)
    assert list(table)[:6] == ["protocol", "cell", "seed", "schedule", "target", "percent"]
    whole = load_checkpoint(dense.outputs.models)["networks"][0]["weights"]
    assert table.loc[0, "weights"] == whole / 2
    assert history["epoch"].tolist() == [0, 1, 2]
    assert math.isnan(history.loc[0, "train_loss"])
    start = f"{whole // 2} weights left, test accuracy {history.loc[0, 'test_acc']:.4f}"
    assert f"pruning/gru/0/one_shot/both/50.0: {start}" in caplog.messages
    _, network = load_network(job.outputs.models, "gru")
    assert network and network.wiring.weights == whole // 2
    _, test = job.examples
    assert evaluate(network, test, 8)[1] == table.loc[0, "test_acc"]


def test_a_round_without_criterion_only_trains_on(dense: TrainingJob, tmp_path: Path) -> None:
    job = a_way(dense, tmp_path / "round", schedule="retrained", criterion=None, percents=[0.0])
    prune_in_rounds(job)
    whole, first = pd.read_csv(dense.outputs.networks), pd.read_csv(job.outputs.history)
    assert pd.read_csv(job.outputs.networks).loc[0, "weights"] == whole.loc[0, "weights"]
    assert first.loc[0, "test_loss"] == whole.loc[0, "test_loss"]


def test_the_rounds_of_a_way_are_one_job_and_none_is_trained_twice(
    dense: TrainingJob, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = load_checkpoint(dense.outputs.models)["networks"][0]["weights"]
    jobs = {
        iterative: a_way(
            dense, tmp_path / str(iterative), percents=[25.0, 50.0, 75.0], iterative=iterative
        )
        for iterative in (False, True)
    }
    first = {}
    for iterative, job in jobs.items():
        prune_in_rounds(job)
        table, history = pd.read_csv(job.outputs.networks), pd.read_csv(job.outputs.history)
        assert table["percent"].tolist() == [25, 50, 75] and set(table["status"]) == {"ok"}
        assert table["weights"].tolist() == [whole * 3 // 4, whole // 2, whole // 4]
        first[iterative] = history[history["epoch"] == 0]["test_loss"].to_numpy()
        for index, weights in enumerate(table["weights"]):
            network = load(job.outputs.models, index=index)
            assert network.wiring.weights == weights
    assert first[False][0] == first[True][0] and (first[False] != first[True])[1:].all()
    # A percentage that is left out, and then comes back: only what starts from it is trained again.
    job, before = jobs[True], jobs[True].outputs.models.read_bytes()
    for percents, kept in ([25.0, 75.0], 1), ([25.0, 50.0, 75.0], 1), ([25.0, 50.0, 75.0], 3):
        caplog.clear()
        caplog.set_level("INFO")
        prune_in_rounds(replace(job, spec={**job.spec, "percents": percents}))
        assert sum("is kept from an earlier run" in line for line in caplog.messages) == kept
    assert job.outputs.models.read_bytes() == before


def test_a_control_may_be_a_criterion_that_reads_the_network(
    dense: TrainingJob, tmp_path: Path
) -> None:
    job = a_way(dense, tmp_path / "snip", schedule="snip", criterion="snip")
    prune_in_rounds(job)
    whole = load_checkpoint(dense.outputs.models)["networks"][0]["weights"]
    assert pd.read_csv(job.outputs.networks).loc[0, "weights"] == whole // 2


def test_a_network_that_failed_is_not_pruned(tmp_path: Path) -> None:
    dense = training_job(tmp_path / "dense", training=SPEC["training"] | {"lr": 1e30})
    train_dense(dense)
    job = a_way(dense, tmp_path / "round")
    prune_in_rounds(job)
    [row] = pd.read_csv(job.outputs.networks).to_dict("records")
    assert row["status"] == "diverged"
    assert row["reason"].startswith("not pruned: loss ")
    assert pd.read_csv(job.outputs.history).empty


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="Linux limits memory")
def test_a_round_that_takes_too_much_memory_is_a_row(tmp_path: Path) -> None:
    size = {"input_size": 4, "hidden_size": 400, "num_layers": 2}  # 6 MB for each copy of weights
    dense = training_job(tmp_path / "dense", size=size)
    train_dense(dense)
    job = a_way(dense, tmp_path / "round", size=size)
    limited = replace(job, limits=Limits(megabytes=1))
    # Apart, as this process may have enough left of what other tests took.
    apart = multiprocessing.get_context("spawn").Process(target=prune_in_rounds, args=(limited,))
    apart.start()
    apart.join()
    assert apart.exitcode == 0
    [row] = pd.read_csv(job.outputs.networks).to_dict("records")
    assert row["status"] == "out_of_memory"


def test_a_way_started_anew_has_the_masks_and_new_weights(
    dense: TrainingJob, tmp_path: Path
) -> None:
    trained = a_way(dense, tmp_path / "one_shot")
    anew = a_way(dense, tmp_path / "anew", schedule="started_anew", start="new")
    for job in (trained, anew):
        prune_in_rounds(job)
    networks = [load_network(job.outputs.models, "gru")[1] for job in (trained, anew)]
    wirings = [network.wiring for network in networks if network]
    for one, other in zip(wirings[0].blocks, wirings[1].blocks, strict=True):
        assert (one.mask_ih == other.mask_ih).all() and (one.mask_hh == other.mask_hh).all()
    first = [pd.read_csv(job.outputs.history).loc[0, "test_loss"] for job in (trained, anew)]
    assert first[0] != first[1]


@pytest.mark.parametrize(("percent", "units"), [(50.0, 4), (90.0, 1)])
def test_a_small_dense_network_has_at_most_as_many_weights(
    dense: TrainingJob, tmp_path: Path, percent: float, units: int
) -> None:
    job = a_way(
        dense, tmp_path / "small", schedule="small_dense", start="small", percents=[percent]
    )
    prune_in_rounds(job)
    _, network = load_network(job.outputs.models, "gru")
    assert network and [block.size for block in network.wiring.blocks] == [units, units]
    whole = load_checkpoint(dense.outputs.models)["networks"][0]["weights"]
    left = whole - round(whole * percent / 100)
    assert network.wiring.weights <= left
    assert units == 1 or 3 * (4 * (units + 1) + 3 * (units + 1) ** 2) > left


def test_a_sweep_prunes_the_trained_network_in_all_ways(dense: TrainingJob, tmp_path: Path) -> None:
    job = training_job(
        tmp_path / "sweep",
        inputs={"model": dense.outputs.models},
        target="both",
        percents=[50, 100],
        draws=2,
    )
    job.outputs.table = tmp_path / "sweep.csv"
    sweep(job)
    table = pd.read_csv(job.outputs.table)
    arms = table[["scope", "criterion", "draw"]].drop_duplicates()
    assert len(arms) == 2 * (1 + 2) and len(table) == 3 * len(arms)
    whole = load_checkpoint(dense.outputs.models)["networks"][0]["weights"]
    assert set(zip(table["percent"], table["weights"], strict=True)) == {
        (0, whole),
        (50, whole // 2),
        (100, 0),
    }
    last = pd.read_csv(dense.outputs.history).iloc[-1]
    assert set(table.loc[table["percent"] == 0, "test_acc"]) == {last["test_acc"]}
    halved = table[(table["percent"] == 50) & (table["scope"] == "layer")]
    assert halved["test_loss"].nunique() == 3
    before = job.outputs.table.read_bytes()
    sweep(job)
    assert job.outputs.table.read_bytes() == before
