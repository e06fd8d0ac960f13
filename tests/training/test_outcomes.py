"""The tables that are read off trained networks."""

import math

import numpy as np
import pytest
from conftest import tiny_network

from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.training.loop import Epoch, Run
from sparsernn.training.outcomes import Answered, Outcome, history_table, networks_table, outcome
from sparsernn.wiring.protocol import CORRECTED

IDENTITY = {"protocol": "corrected", "cell": "gru", "seed": 0}


def outcomes() -> list[Outcome]:
    good = Run([Epoch(1, 0.7, 0.5, 0.6, 0.55), Epoch(2, 0.5, 0.7, 0.4, 0.75)])
    answered = Answered(wrong={"reber": 3, "m1": 0})
    lost = Run([], "diverged", "loss nan at batch 3 in epoch 1")
    network = tiny_network()
    lost_one = outcome(IDENTITY | {"seed": 1}, network, lost)
    return [outcome(IDENTITY, network, good, answered), lost_one]


def test_a_network_s_row_is_its_last_epoch() -> None:
    table = networks_table(outcomes())
    measured = ["train_loss", "train_acc", "test_loss", "test_acc"]
    known = ["status", "reason", "epochs", "parameters", "weights"]
    assert list(table)[: len(IDENTITY) + 9] == [*IDENTITY, *known, *measured]
    assert table[["status", "epochs"]].values.tolist() == [["ok", 2], ["diverged", 0]]
    assert table.loc[0, measured].tolist() == [0.5, 0.7, 0.4, 0.75]
    assert table.loc[1, measured].isna().all()


def test_a_network_s_row_tells_the_course_of_its_training() -> None:
    accuracies = [0.5, 0.91, 0.95, 0.94, 0.96, 0.98, 0.97]
    run = Run([Epoch(i, 1.0, 0.5, 0.1 * i, acc) for i, acc in enumerate(accuracies, start=1)])
    [row] = networks_table([outcome(IDENTITY, tiny_network(), run)]).to_dict("records")
    assert row["late_test_acc"] == pytest.approx(np.mean(accuracies[-5:]))
    assert row["late_test_loss"] == pytest.approx(0.5)
    assert row["error_area"] == pytest.approx(1 - np.mean(accuracies))
    assert [row["epochs_to_90"], row["epochs_to_95"]] == [2, 3]
    assert math.isnan(row["epochs_to_99"])


def test_errors_are_counted_by_grammar() -> None:
    table = networks_table(outcomes())
    assert table.loc[0, ["wrong_reber", "wrong_m1"]].tolist() == [3, 0]
    assert table.loc[1, ["wrong_reber", "error_area", "late_test_acc"]].isna().all()


def test_the_history_has_a_row_an_epoch() -> None:
    table = history_table(outcomes())
    assert list(table) == [*IDENTITY, *Epoch._fields]
    assert table["seed"].tolist() == [0, 0]
    assert table["test_acc"].tolist() == [0.55, 0.75]
    empty = history_table(outcomes()[1:])
    assert empty.empty and list(empty) == list(table)


def test_parameters_count_all_that_exist_and_weights_the_recurrent_ones() -> None:
    network = tiny_network("lstm")
    embedding, biases, out = 128 * 4, 2 * 2 * 24, 2 * 6 + 2
    for percent, weights in ((None, 24 * (4 + 6 + 6 + 6)), (50, 24 * 22 // 2)):
        if percent:
            network = prune_network(network, Pruning(percent, "both", CORRECTED))
        entry = outcome(IDENTITY, network, Run())
        assert entry["weights"] == weights
        assert entry["parameters"] == embedding + biases + out + weights
