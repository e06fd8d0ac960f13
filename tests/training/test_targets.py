"""Training on next symbols, on numbers, and on classes of any number."""

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional
from training_jobs import training_job

from sparsernn.data.arrays import Arrays, write_arrays
from sparsernn.data.strings import Strings
from sparsernn.errors import InputError
from sparsernn.networks.checkpoints import load, save
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.loop import evaluate, train
from sparsernn.training.settings import Examples, Training
from sparsernn.training.shards import train_dense
from sparsernn.training.steps import stepping
from sparsernn.wiring.wiring import Wiring

HOW = Training(epochs=1, batch_size=8, lr=0.01, clip_norm=1.0)


def symbols() -> Strings:
    return Strings.encode(pd.DataFrame({"string": ["ab", "aabb", "aaabbb", "b"] * 5}))


def numbers(of_steps: bool = False, classes: bool = False, seed: int = 0) -> Arrays:
    """Sequences of three values; targets are sums up to each step, or up to the end."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(24, 5, 3)).astype(np.float32)
    lengths = rng.integers(1, 6, 24)
    values[np.arange(5) >= lengths[:, None]] = 0
    sums = np.cumsum(values, axis=1)[:, :, :2]
    targets = sums if of_steps else sums[np.arange(24), lengths - 1]
    if classes:
        return Arrays(values, lengths, np.digitize(targets[:, 0], [-1, 1]), ("a", "b", "c"))
    return Arrays(values, lengths, targets)


def network_for(examples: Examples, engine: Any = "fused", seed: int = 0) -> SequenceClassifier:
    generator = torch.Generator().manual_seed(seed)
    wiring = Wiring.dense("gru", input_size=4, hidden_size=5, num_layers=1)
    how: dict[str, Any] = {"num_classes": examples.outputs, "features": examples.features}
    return SequenceClassifier(wiring, generator=generator, engine=engine, **how)


GRAPH = Wiring.from_graph(nx.path_graph(6), "gru")
KINDS = {
    "next symbols": symbols(),
    "numbers": numbers(),
    "numbers of steps": numbers(of_steps=True),
    "classes": numbers(classes=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_loss_and_score_are_those_of_all_targets_one_by_one(kind: str) -> None:
    examples = KINDS[kind]
    network = network_for(examples)
    loss, score = evaluate(network, examples, 7)
    losses, right, wanted = [], [], []
    for batch in examples.batches(1):  # one sequence, without padding
        inputs, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
        targets = torch.from_numpy(batch.targets)
        outputs = network.steps(inputs, lengths) if batch.of_steps else network(inputs, lengths)
        outputs, targets = (x.flatten(0, 1) if batch.of_steps else x for x in (outputs, targets))
        if targets.is_floating_point():
            losses += functional.mse_loss(outputs, targets, reduction="none").mean(1).tolist()
            wanted += targets.tolist()
        else:
            losses += functional.cross_entropy(outputs, targets, reduction="none").tolist()
            right += (outputs.argmax(1) == targets).tolist()
    assert loss == pytest.approx(np.mean(losses), rel=1e-5)
    expected = np.mean(right) if right else math.sqrt(np.mean(losses) / np.var(wanted, 0).mean())
    assert score == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_engines_train_alike_and_the_loss_falls(kind: str) -> None:
    examples, losses = KINDS[kind], []
    for engine in ("fused", "torch"):
        network = network_for(examples, engine)
        before = evaluate(network, examples, 8)[0]
        run = train(network, examples, examples, HOW, np.random.default_rng(0))
        assert run.status == "ok" and run.history[-1].test_loss < before
        losses.append(run.history[-1].test_loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-3)


def doubles() -> Arrays:
    examples = numbers(classes=True)
    return replace(examples, values=examples.values.astype(np.float64))


@pytest.mark.parametrize("readout_step", ["last_letter", "last_step"])
@pytest.mark.parametrize("wiring", [Wiring.dense("lstm", 4, 5, 2), GRAPH])
@pytest.mark.parametrize("examples", [symbols(), doubles()])
def test_a_step_on_classes_is_that_of_plain_torch(
    examples: Examples, wiring: Wiring, readout_step: Any
) -> None:
    """The fused step needs no automatic differentiation, and strings of all lengths count alike."""
    stepped, wiring = [], replace(wiring, readout_step=readout_step)
    for engine in ("fused", "torch"):
        generator = torch.Generator().manual_seed(0)
        how: dict[str, Any] = {"num_classes": examples.outputs}
        if isinstance(examples, Arrays):
            how["features"] = examples.features
        network = SequenceClassifier(wiring, generator=generator, engine=engine, **how).double()
        how = Training(1, 8, 0.1, None, optimizer={"name": "SGD"})
        with stepping(network, how) as steps:
            assert (network.whole is not None) == (engine == "fused")
            told = [steps(batch) for batch in examples.batches(7)]
        stepped.append((np.array(told), [*network.parameters()]))
    np.testing.assert_allclose(stepped[0][0], stepped[1][0], rtol=0, atol=1e-12)
    for one, other in zip(stepped[0][1], stepped[1][1], strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-12)


def test_numbers_of_another_type_or_shape_are_refused() -> None:
    network, given = network_for(KINDS["classes"]), numbers(classes=True)
    narrow, wide = given.values[:, :, :2], np.repeat(given.values, 2, axis=2)
    others: list[Examples] = [replace(given, values=values) for values in (narrow, wide)]
    with stepping(network, HOW) as steps:
        for examples in (*others, doubles(), symbols()):
            [batch, *_] = examples.batches(8)
            before = network.out.bias.clone()
            with pytest.raises(InputError, match=r"expected \(T, B, 3\) numbers of float32"):
                steps(batch)
            assert torch.equal(before, network.out.bias)


def test_a_network_read_at_every_step_ends_as_it_is_read_at_the_last() -> None:
    network = network_for(KINDS["classes"])
    [batch] = KINDS["classes"].batches(24)
    inputs, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    steps = network.steps(inputs, lengths)[lengths - 1, torch.arange(24)]
    torch.testing.assert_close(steps, network(inputs, lengths))


def test_a_network_that_reads_numbers_comes_back_from_its_file(tmp_path: Path) -> None:
    network = network_for(KINDS["numbers"])
    save(network, tmp_path / "network.safetensors")
    again = load(tmp_path / "network.safetensors")
    [batch] = KINDS["numbers"].batches(24)
    given = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    assert torch.equal(network(*given), again(*given))


def test_the_table_of_networks_that_predict_numbers_has_no_accuracy(tmp_path: Path) -> None:
    split = np.array(["train", "test"] * 12)
    arrays = numbers(of_steps=True)
    write_arrays(
        Arrays(arrays.values, arrays.lengths, arrays.targets, (), split), tmp_path / "a.npz"
    )
    job = training_job(tmp_path / "job", engine="fused")
    inputs = SimpleNamespace(strings=tmp_path / "a.npz")
    train_dense(type(job)(job.spec, job.limits, inputs, job.outputs))
    table = pd.read_csv(job.outputs.networks)
    assert set(table["status"]) == {"ok"} and table["test_nrmse"].between(0.1, 3).all()
    assert not [name for name in table if "acc" in name or "epochs_to" in name]
    assert "train_nrmse" in pd.read_csv(job.outputs.history)
    assert table["late_test_nrmse"].notna().all()
