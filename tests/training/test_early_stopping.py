"""Training that ends early: when it ends, what the network is then, and what the tables say."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from conftest import tiny_network, tiny_strings
from training_jobs import training_job

from sparsernn.data.splits import validation_split
from sparsernn.errors import InputError
from sparsernn.training.loop import Epoch, Hooks, evaluate, train
from sparsernn.training.settings import EarlyStopping, Training
from sparsernn.training.shards import train_dense

STRINGS, TEST = tiny_strings(), tiny_strings(10, seed=1)
EARLY = EarlyStopping(share=0.25, patience=2, seed=7)
HOW = Training(30, 8, 1.0, None, early_stopping=EARLY)


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_it_ends_after_epochs_without_a_better_one_and_has_the_weights_of_the_best(
    engine: Any,
) -> None:
    network = tiny_network("gru")
    network.recurrent.engine = engine
    states = [torch.zeros(0)]
    hooks = Hooks(lambda _: states.append(network.out.weight.detach().clone()))
    run = train(network, STRINGS, TEST, HOW, np.random.default_rng(0), hooks)
    losses = [loss for loss, _ in run.validation]
    best = int(np.argmin(losses)) + 1
    assert run.status == "ok" and run.best_epoch == best
    assert len(run.history) == len(losses) == best + 2 < 30
    assert torch.equal(network.out.weight, states[best])
    assert not torch.equal(states[best], states[-1])
    _, validation = validation_split(STRINGS, 0.25, seed=7)
    assert evaluate(network, validation, 8) == run.validation[best - 1]
    assert evaluate(network, TEST, 8) == run.history[best - 1][3:]


def test_nothing_is_learned_from_the_validation_set() -> None:
    rest, _ = validation_split(STRINGS, 0.25, seed=7)
    how = Training(3, 8, 0.1, None, early_stopping=EarlyStopping(0.25, None, seed=7))
    networks = []
    for examples, settings in ((STRINGS, how), (rest, Training(3, 8, 0.1, None))):
        networks.append(tiny_network("gru"))
        run = train(networks[-1], examples, TEST, settings, np.random.default_rng(0))
    assert run.validation == [] and run.best_epoch is None
    for one, other in zip(*(network.parameters() for network in networks), strict=True):
        assert torch.equal(one, other)


def test_masks_that_change_are_refused() -> None:
    with pytest.raises(InputError, match="early_stopping in a training whose masks change"):
        hooks = Hooks(changing=lambda step, batch: None)
        train(tiny_network(), STRINGS, TEST, HOW, np.random.default_rng(0), hooks)


def test_the_tables_say_how_long_it_took_and_which_epoch_is_the_network_s(tmp_path: Path) -> None:
    training = {"epochs": 40, "batch_size": 8, "lr": 1.0, "clip_norm": None}
    early = {"early_stopping": {"share": 0.25, "patience": 2}}
    job = training_job(tmp_path, training=training | early)
    train_dense(job)
    [row] = pd.read_csv(job.outputs.networks).to_dict("records")
    history = pd.read_csv(job.outputs.history)
    best = history.loc[history["val_loss"].idxmin()]
    assert row["epochs"] == len(history) == row["best_epoch"] + 2 < 40
    assert row["best_epoch"] == best["epoch"]
    assert [row[name] for name in Epoch._fields[1:]] == [best[n] for n in Epoch._fields[1:]]
    assert history["val_acc"].between(0, 1).all()


def test_duplicates_that_are_kept_on_one_side_are_not_validated_on_too(tmp_path: Path) -> None:
    early = {"early_stopping": {"share": 0.25, "patience": 2}}
    training = {"epochs": 2, "batch_size": 8, "lr": 0.01, "clip_norm": None} | early
    held_out = {"share": 0.25, "seed": 3}
    for one_side in (False, True):
        more = {"one_side": True} if one_side else {}
        job = training_job(tmp_path, training=training, validation=held_out, **more)
        table = pd.read_csv(job.inputs.strings, dtype=str, index_col=0)
        pd.concat([table, table]).to_csv(job.inputs.strings)
        train_set, validation = job.examples
        assert set(train_set.keys).isdisjoint(validation.keys) == one_side
        learned, stopped_by = job.training.divided(train_set)
        assert stopped_by is not None
        assert set(learned.keys).isdisjoint(stopped_by.keys) == one_side
