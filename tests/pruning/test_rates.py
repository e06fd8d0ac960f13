"""The choice of a learning rate: which networks are trained for it, and who takes it."""

from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pytest
from training_jobs import SPEC, training_job

from sparsernn.errors import InputError
from sparsernn.files.tables import write_csv
from sparsernn.networks.checkpoints import load_checkpoint
from sparsernn.pruning.rates import try_rates
from sparsernn.pruning.rounds import prune_in_rounds
from sparsernn.training.job import TrainingJob
from sparsernn.training.rates import chosen_rate, with_choice
from sparsernn.training.shards import train_dense

TRIALS = {"rates": [0.001, 0.02], "validation": {"share": 0.2, "seed": 1}}


def rates_of(trial: TrainingJob) -> pd.DataFrame:
    trial.outputs.table = trial.outputs.models.with_name("rates.csv")
    try_rates(trial)
    assert not list(trial.outputs.table.parent.glob(".rates*"))
    return pd.read_csv(trial.outputs.table)


def tried(accuracy: list[float], loss: list[float], status: str = "ok ok ok ok") -> pd.DataFrame:
    frame = pd.DataFrame({"lr": [0.1, 0.1, 0.2, 0.2], "status": status.split()})
    return with_choice(frame.assign(validation_acc=accuracy, validation_loss=loss))


@pytest.mark.parametrize(
    ("accuracy", "loss", "status", "chosen"),
    [
        ([0.9, 0.7, 0.9, 0.9], [0.1, 0.1, 0.5, 0.5], "ok ok ok ok", 0.2),
        ([0.9, 0.9, 0.9, 0.9], [0.1, 0.1, 0.5, 0.5], "ok ok ok ok", 0.1),
        ([0.9, 0.9, 0.5, 0.5], [0.1, 0.1, 0.5, 0.5], "ok diverged ok ok", 0.2),
        ([float("nan")] * 4, [float("nan")] * 4, "diverged diverged diverged diverged", 0.1),
    ],
)
def test_the_best_on_the_validation_set_is_chosen(
    accuracy: list[float], loss: list[float], status: str, chosen: float, tmp_path: Path
) -> None:
    write_csv(tried(accuracy, loss, status), tmp_path / "rates.csv")
    assert chosen_rate(tmp_path / "rates.csv") == chosen


def test_a_table_that_chooses_nothing_is_refused(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"lr": [0.1], "chosen": [0]}), tmp_path / "rates.csv")
    with pytest.raises(InputError, match="0 learning rates are chosen; expected one"):
        chosen_rate(tmp_path / "rates.csv")


def test_trials_see_nothing_of_the_test_set_and_networks_take_the_rate(tmp_path: Path) -> None:
    trial = training_job(tmp_path / "trial", **TRIALS)
    train, validation = trial.examples
    assert (len(train), len(validation)) == (32, 8)
    whole = training_job(tmp_path / "whole").examples[0]
    rows = {codes.tobytes() for codes in whole.codes}
    assert all(codes.tobytes() in rows for part in (train, validation) for codes in part.codes)
    table = rates_of(trial)
    assert table["lr"].tolist() == [0.001, 0.02] and table["chosen"].sum() == 1
    assert not [name for name in table if "test_" in name]
    pd.testing.assert_frame_equal(rates_of(trial), table)
    write_csv(table.assign(chosen=(table["lr"] == 0.02).astype(int)), tmp_path / "rate.csv")
    losses = []
    for folder, inputs, lr in (
        ("chosen", {"rate": tmp_path / "rate.csv"}, 0.01),
        ("given", {}, 0.02),
        ("other", {}, 0.01),
    ):
        spec = {"training": SPEC["training"] | {"lr": lr}}
        job = training_job(tmp_path / folder, inputs=inputs, **spec)
        train_dense(job)
        losses.append(pd.read_csv(job.outputs.networks).loc[0, "train_loss"])
    assert losses[0] == losses[1] != losses[2]


def test_a_way_tries_its_rates_at_each_percentage(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"lr": [0.02], "chosen": [1]}), tmp_path / "rate.csv")
    dense = training_job(tmp_path / "dense")
    train_dense(dense)
    inputs = {"model": dense.outputs.models, "dense_rate": tmp_path / "rate.csv"}
    given = {"schedule": "mine", "target": "both", "percents": [50, 75], "method": {"start": 1}}
    given |= {"dense_training": SPEC["training"], "iterative": False}
    trial = training_job(tmp_path / "trial", inputs=inputs, **TRIALS, **given)
    table = rates_of(trial)
    assert table["lr"].tolist() == [0.001, 0.001, 0.02, 0.02]
    assert table["percent"].tolist() == [50, 75] * 2
    assert trial.dense_training.lr == 0.02 and trial.training.lr == 0.01
    chosen = training_job(
        tmp_path / "round", inputs=inputs | {"rate": tmp_path / "rate.csv"}, **given
    )
    prune_in_rounds(chosen)
    networks = load_checkpoint(chosen.outputs.models)["networks"]
    assert [each["chosen"] for each in networks] == [{"rate": 0.02, "dense_rate": 0.02}] * 2


def test_a_choice_that_was_killed_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    trial = training_job(tmp_path / "trial", **TRIALS)
    whole = rates_of(trial)
    monkeypatch.setattr(
        "sparsernn.pruning.rates.networks_table", Mock(side_effect=KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        try_rates(trial)
    monkeypatch.undo()
    caplog.set_level("INFO")
    pd.testing.assert_frame_equal(rates_of(trial), whole)
    assert sum("is kept from an earlier run" in line for line in caplog.messages) == 2


def test_a_network_takes_the_rate_of_the_nearest_percentage(tmp_path: Path) -> None:
    rows = {"lr": [0.1, 0.2] * 2, "percent": [50, 50, 90, 90], "status": "ok"}
    table = with_choice(pd.DataFrame(rows).assign(validation_loss=[1.0, 2.0, 2.0, 1.0]))
    assert table["chosen"].tolist() == [1, 0, 0, 1]
    write_csv(table, tmp_path / "rates.csv")
    rates = [chosen_rate(tmp_path / "rates.csv", percent) for percent in (50, 60, 70, 71, 95)]
    assert rates == [0.1, 0.1, 0.1, 0.2, 0.2]
