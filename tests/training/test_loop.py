"""Training: reproducible to the byte, recorded epoch by epoch, and stopped when it diverges."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import tiny_network, tiny_strings
from torch.nn import functional

from sparsernn.data.strings import Strings
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.thesis.repository import CELLS
from sparsernn.training.loop import Epoch, Training, evaluate, train

SETTINGS = Training(epochs=3, batch_size=16, lr=0.01, clip_norm=5.0)


def content(network: SequenceClassifier) -> bytes:
    return b"".join(value.numpy().tobytes() for value in network.state_dict().values())


@pytest.mark.parametrize("cell", CELLS)
def test_same_seeds_same_bytes(cell: str, tiny: Strings) -> None:
    outcomes = []
    for seed in (1, 1, 2):
        torch.manual_seed(len(outcomes))  # must not matter
        network = tiny_network(cell)
        run = train(network, tiny, tiny, SETTINGS, np.random.default_rng(seed))
        outcomes.append((content(network), run.history))
    assert outcomes[0] == outcomes[1]
    assert outcomes[0] != outcomes[2]


@pytest.mark.parametrize("cell", CELLS)
def test_the_task_is_learned(cell: str, tiny: Strings) -> None:
    network = tiny_network(cell)
    settings = replace(SETTINGS, epochs=40, lr=0.02)
    run = train(network, tiny, tiny, settings, np.random.default_rng(0))
    assert run.history[-1].train_loss < run.history[0].train_loss / 2
    assert run.history[-1].test_acc > 0.9


def test_the_history_has_a_line_an_epoch_each_reported_at_once(tiny: Strings) -> None:
    network, reported = tiny_network(), []
    other = tiny_strings(10, seed=1)
    run = train(network, tiny, other, SETTINGS, np.random.default_rng(0), reported.append)
    assert (run.status, run.reason) == ("ok", "")
    assert [entry.epoch for entry in run.history] == [1, 2, 3]
    assert reported == run.history
    loss, accuracy = evaluate(network, other, SETTINGS.batch_size)
    assert (run.history[-1].test_loss, run.history[-1].test_acc) == (loss, accuracy)


def test_the_train_loss_is_a_mean_over_strings(tiny: Strings) -> None:
    # A single batch: its loss and accuracy are those of the untrained network.
    network = tiny_network()
    before = evaluate(network, tiny, len(tiny))
    settings = replace(SETTINGS, epochs=1, batch_size=len(tiny))
    first = train(network, tiny, tiny, settings, np.random.default_rng(0)).history[0]
    assert first.train_loss == pytest.approx(before[0], rel=1e-6)
    assert first.train_acc == before[1]


@pytest.mark.parametrize("batch_size", [1, 7, 40, 1000])
def test_evaluation_is_a_mean_over_strings_whatever_the_batches(batch_size: int) -> None:
    network, strings = tiny_network("lstm"), tiny_strings()
    batch = next(strings.batches(len(strings)))
    labels = torch.from_numpy(batch.labels)
    with torch.no_grad():
        logits = network(torch.from_numpy(batch.codes), torch.from_numpy(batch.lengths))
    loss, accuracy = evaluate(network, strings, batch_size)
    assert loss == pytest.approx(functional.cross_entropy(logits, labels).item(), rel=1e-5)
    assert accuracy == pytest.approx((logits.argmax(1) == labels).double().mean().item())


def test_evaluation_changes_nothing(tiny: Strings) -> None:
    network = tiny_network()
    before = content(network)
    evaluate(network, tiny, 7)
    assert content(network) == before
    assert all(parameter.grad is None for parameter in network.parameters())


def test_the_gradient_is_clipped_only_if_asked(tiny: Strings) -> None:
    outcomes = {}
    for limit in (None, 1e9, 1e-12):
        network = tiny_network()
        settings = replace(SETTINGS, clip_norm=limit, epochs=1)
        train(network, tiny, tiny, settings, np.random.default_rng(0))
        outcomes[limit] = content(network)
    assert outcomes[None] == outcomes[1e9] != outcomes[1e-12]


# Divergence


def test_a_training_that_diverges_keeps_the_last_whole_epoch(tiny: Strings) -> None:
    good = tiny_network("rnn_relu")
    one = replace(SETTINGS, epochs=1)
    train(good, tiny, tiny, one, np.random.default_rng(0))

    network = tiny_network("rnn_relu")

    def break_after_the_first(entry: Epoch) -> None:
        """As if the first epoch had left weights that overflow in the second."""
        if entry.epoch == 1:
            kept.append(content(network))
            network.embedding.weight.data.mul_(1e30)

    kept: list[bytes] = []
    settings = replace(SETTINGS, epochs=5)
    run = train(network, tiny, tiny, settings, np.random.default_rng(0), break_after_the_first)
    assert kept == [content(good)]
    assert run.status == "diverged"
    assert run.reason.startswith("loss ") and run.reason.endswith("in epoch 2")
    assert [entry.epoch for entry in run.history] == [1]


def test_a_learning_rate_that_explodes_is_recorded_and_leaves_finite_weights(
    tiny: Strings,
) -> None:
    network = tiny_network("rnn_relu")
    before = content(network)
    settings = replace(SETTINGS, lr=1e30)
    run = train(network, tiny, tiny, settings, np.random.default_rng(0))
    assert run.status == "diverged"
    assert "in epoch 1" in run.reason
    assert run.history == []
    assert content(network) == before


def test_a_test_loss_that_is_not_finite_counts_as_diverged(tiny: Strings) -> None:
    network = tiny_network()
    # The letter Q occurs in the test set only, and its embedding overflows.
    network.embedding.weight.data[ord("Q")] = math.nan
    odd = replace(tiny, codes=np.where(tiny.codes > 0, np.uint8(ord("Q")), tiny.codes))
    run = train(network, tiny, odd, SETTINGS, np.random.default_rng(0))
    assert (run.status, run.history) == ("diverged", [])
    assert run.reason == "test loss became nan in epoch 1"


def test_weights_that_are_infinite_from_the_start_are_recorded(tiny: Strings) -> None:
    network = tiny_network("gru")
    network.out.weight.data.fill_(math.inf)
    run = train(network, tiny, tiny, SETTINGS, np.random.default_rng(0))
    assert run.status == "diverged"
    assert "at batch 1 in epoch 1" in run.reason
