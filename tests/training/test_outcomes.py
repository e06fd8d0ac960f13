"""The tables that are read off trained networks."""

from conftest import tiny_network

from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.training.loop import Epoch, Run
from sparsernn.training.outcomes import Outcome, history_table, networks_table, outcome
from sparsernn.wiring.protocol import CORRECTED

IDENTITY = {"protocol": "corrected", "cell": "gru", "seed": 0}


def outcomes() -> list[Outcome]:
    good = Run([Epoch(1, 0.7, 0.5, 0.6, 0.55), Epoch(2, 0.5, 0.7, 0.4, 0.75)])
    lost = Run([], "diverged", "loss nan at batch 3 in epoch 1")
    network = tiny_network()
    return [outcome(IDENTITY, network, good), outcome(IDENTITY | {"seed": 1}, network, lost)]


def test_a_network_s_row_is_its_last_epoch() -> None:
    table = networks_table(outcomes())
    measured = ["train_loss", "train_acc", "test_loss", "test_acc"]
    known = ["status", "reason", "epochs", "parameters", "weights"]
    assert list(table) == [*IDENTITY, *known, *measured]
    assert table[["status", "epochs"]].values.tolist() == [["ok", 2], ["diverged", 0]]
    assert table.loc[0, measured].tolist() == [0.5, 0.7, 0.4, 0.75]
    assert table.loc[1, measured].isna().all()


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
