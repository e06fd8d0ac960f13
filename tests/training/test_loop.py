"""Training: reproducible to the byte, recorded epoch by epoch, and stopped when it diverges."""

import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from conftest import tiny_network, tiny_strings
from torch.nn import functional

from sparsernn.data.strings import Strings
from sparsernn.engine.choice import Engine
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.thesis.repository import CELLS
from sparsernn.training.loop import Epoch, Hooks, Run, evaluate, train
from sparsernn.training.settings import Training

SETTINGS = Training(epochs=3, batch_size=16, lr=0.01, clip_norm=5.0)


def fit(
    network: SequenceClassifier, strings: Strings, test: Strings | None = None, **changes: Any
) -> Run:
    settings = replace(SETTINGS, **changes)
    return train(network, strings, test or strings, settings, np.random.default_rng(0))


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
    run = fit(tiny_network(cell), tiny, epochs=40, lr=0.02)
    assert run.history[-1].train_loss < run.history[0].train_loss / 2
    assert run.history[-1].test_acc > 0.85


def test_the_history_has_a_line_an_epoch_each_reported_at_once(tiny: Strings) -> None:
    network, reported = tiny_network(), list[Epoch]()
    other = tiny_strings(10, seed=1)
    run = train(network, tiny, other, SETTINGS, np.random.default_rng(0), Hooks(reported.append))
    assert (run.status, run.reason) == ("ok", "")
    assert [entry.epoch for entry in run.history] == [1, 2, 3]
    assert reported == run.history
    loss, accuracy = evaluate(network, other, SETTINGS.batch_size)
    assert (run.history[-1].test_loss, run.history[-1].test_acc) == (loss, accuracy)


def test_the_train_loss_is_a_mean_over_strings(tiny: Strings) -> None:
    # A single batch: its loss and accuracy are those of the untrained network.
    network = tiny_network()
    before = evaluate(network, tiny, len(tiny))
    [first] = fit(network, tiny, epochs=1, batch_size=len(tiny)).history
    assert first.train_loss == pytest.approx(before[0], rel=1e-6)
    assert first.train_acc == before[1]


@pytest.mark.parametrize("batch_size", [1, 7, 40, 1000])
def test_evaluation_is_a_mean_over_strings_whatever_the_batches(batch_size: int) -> None:
    network, strings = tiny_network("lstm"), tiny_strings()
    batch = next(strings.batches(len(strings)))
    labels = torch.from_numpy(batch.targets)
    with torch.no_grad():
        logits = network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths))
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
        fit(network, tiny, clip_norm=limit, epochs=1)
        outcomes[limit] = content(network)
    assert outcomes[None] == outcomes[1e9] != outcomes[1e-12]


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_the_learning_rate_falls_only_if_asked(engine: Engine, tiny: Strings) -> None:
    outcomes = {}
    for last in (None, 0.01, 1e-9):
        network = tiny_network()
        network.recurrent.engine = engine
        cosine = {"name": "CosineAnnealingLR", "T_max": 2, "eta_min": last}
        run = fit(network, tiny, lr_scheduler=None if last is None else cosine)
        outcomes[last] = content(network), run.history
    assert outcomes[None] == outcomes[0.01]
    losses = [entry.train_loss for entry in outcomes[None][1]], outcomes[1e-9][1]
    assert losses[0][0] == losses[1][0].train_loss and losses[0][2] != losses[1][2].train_loss
    assert losses[1][1].test_loss == pytest.approx(losses[1][2].test_loss, rel=1e-5)


def test_a_training_that_diverges_keeps_the_last_whole_epoch(tiny: Strings) -> None:
    good, network = tiny_network("rnn_relu"), tiny_network("rnn_relu")
    fit(good, tiny, epochs=1)
    after_the_first: list[bytes] = []

    def overflow(entry: Epoch) -> None:
        """As if the first epoch had left weights that overflow in the second."""
        if entry.epoch == 1:
            after_the_first.append(content(network))
            network.embedding.weight.data.mul_(1e30)

    run = train(network, tiny, tiny, SETTINGS, np.random.default_rng(0), Hooks(overflow))
    assert after_the_first == [content(good)]
    assert run.status == "diverged"
    assert run.reason.startswith("loss ") and run.reason.endswith("in epoch 2")
    assert [entry.epoch for entry in run.history] == [1]


@pytest.mark.parametrize(
    ("lr", "letter", "bias", "reason"),
    [
        (1e30, 0.0, 0.0, "in epoch 1$"),
        (0.01, 0.0, math.inf, "at batch 1 in epoch 1$"),
        (0.01, math.nan, 0.0, "^test loss became nan in epoch 1$"),
    ],
    ids=["learning rate", "weights", "test loss"],
)
def test_divergence_in_the_first_epoch_leaves_the_weights_as_they_were(
    lr: float, letter: float, bias: float, reason: str, tiny: Strings
) -> None:
    network = tiny_network("rnn_relu")
    network.embedding.weight.data[ord("Q")] = letter  # which only the test strings have
    network.out.bias.data.fill_(bias)
    before = content(network)
    odd = replace(tiny, codes=np.where(tiny.codes > 0, np.uint8(ord("Q")), tiny.codes))
    run = fit(network, tiny, odd, lr=lr)
    assert (run.status, run.history) == ("diverged", [])
    assert re.search(reason, run.reason)
    assert content(network) == before
