"""Metrics that a task's file defines: of networks and baselines, and how wrong ones are refused."""

import logging
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
from own_tasks import define
from sklearn.metrics import balanced_accuracy_score, r2_score

from sparsernn.analysis.questions.baselines import baselines
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.data.arrays import Arrays, write_arrays
from sparsernn.data.own_metrics import OwnMetric, check_metrics
from sparsernn.errors import InputError
from sparsernn.files.tables import write_csv
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.training.loop import Epoch, Run, evaluate
from sparsernn.training.outcomes import networks_table
from sparsernn.wiring.wiring import Wiring

LABELLED = pd.DataFrame({"string": ["ab", "b", "a", "bab", "aab", "ba", "bb", "aa", "abb"]}).assign(
    label=list("xyxyxyyxx"), split=["train"] * 4 + ["test"] * 5
)
NEXT = LABELLED.drop(columns="label")
_RNG = np.random.default_rng(0)


def arrays(of_steps: bool) -> Arrays:
    lengths = np.array([1, 3, 2, 3, 2, 3])
    values = np.where(np.arange(3) < lengths[:, None], _RNG.normal(size=(6, 3)), 0)[:, :, None]
    targets = values if of_steps else values.max(1)
    split = np.array(["train"] * 3 + ["test"] * 3)
    return Arrays(values.astype("f4"), lengths, targets.astype("f4"), (), split)


def measured(tmp_path: Path, data: pd.DataFrame | Arrays) -> tuple[dict[str, Any], Any]:
    """The row of a network that is not trained, and its job."""
    path = tmp_path / ("data.npz" if isinstance(data, Arrays) else "data.csv")
    write_arrays(data, path) if isinstance(data, Arrays) else write_csv(data, path)
    spec = {
        "choices": {"base": "corrected"},
        "cell": "gru",
        "engine": "fused",
        "root": 0,
        "metrics_of": "mine",
        "training": {"epochs": 1, "batch_size": 2, "lr": 0.1, "clip_norm": None},
    }
    job = TrainingJob(spec, Limits(), SimpleNamespace(strings=path), SimpleNamespace())
    width = 1 if isinstance(data, Arrays) else 3
    wiring = Wiring.dense("gru", input_size=width, hidden_size=4, num_layers=1)
    network = job.new_network(wiring, torch.Generator().manual_seed(0))
    run = Run([Epoch(1, 0.7, 0.5, 0.6, 0.5)])
    rows = networks_table(
        [job.outcome({"seed": 0}, network, run), job.outcome({"seed": 1}, None, Run())]
    )
    assert math.isnan(rows.loc[1, "test_metric"])
    return rows.loc[0].to_dict(), (job, network)


@pytest.mark.parametrize("data", [LABELLED, NEXT], ids=["classes", "next symbols"])
def test_a_network_s_answers_are_measured_by_their_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: pd.DataFrame
) -> None:
    seen: list[tuple[list[str], list[str]]] = []

    def metric(right: np.ndarray, answers: np.ndarray) -> float:
        seen.append((right.tolist(), answers.tolist()))
        return float((right == answers).mean())

    define(tmp_path, monkeypatch, "METRICS", {"metric": metric})
    row, (job, network) = measured(tmp_path, data)
    [(right, answers)] = seen
    test = data[data["split"] == "test"]
    names = sorted(set(data["label"])) if "label" in data else ["a", "b", "end"]
    wanted = (
        test["label"].tolist()
        if "label" in data
        else [symbol for string in test["string"] for symbol in [*string, "end"]]
    )
    assert sorted(right) == sorted(wanted) and set(answers) <= set(names)
    _, accuracy = evaluate(network, job.examples[1], 2)
    assert row["test_metric"] == pytest.approx(accuracy)


@pytest.mark.parametrize("of_steps", [False, True])
def test_numbers_are_those_of_sequences_or_of_all_their_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_steps: bool
) -> None:
    data = arrays(of_steps)
    define(tmp_path, monkeypatch, "METRICS", {"metric": r2_score})
    row, (job, network) = measured(tmp_path, data)
    test = job.examples[1]
    with torch.no_grad():
        [batch] = test.batches(len(test))
        inputs, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
        if of_steps:
            reached = torch.arange(len(inputs))[:, None] < lengths
            found, right = network.steps(inputs, lengths)[reached], batch.targets[reached.numpy()]
        else:
            found, right = network(inputs, lengths), batch.targets
    assert row["test_metric"] == pytest.approx(r2_score(right, found.numpy()), rel=1e-5)


def test_baselines_are_measured_by_them_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    define(tmp_path, monkeypatch, "METRICS", {"balanced": balanced_accuracy_score})
    known = baselines({"data": LABELLED}, Settings(0, task="mine")).set_index("baseline")
    assert known.loc["one class", ["accuracy", "balanced"]].tolist() == [0.6, 0.5]
    # After an a always x; after a b mostly y: right for one x of three, and one y of two.
    assert known.loc["last letter", "balanced"] == pytest.approx((1 / 3 + 1 / 2) / 2)
    following = baselines({"data": NEXT.assign(nats=1.0)}, Settings(0, task="mine"))
    assert following.set_index("baseline")["balanced"].isna().tolist() == [False, False, True]


def test_baselines_of_numbers_are_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    define(tmp_path, monkeypatch, "METRICS", {"r2": r2_score})
    of_numbers = baselines({"data": arrays(True)}, Settings(0, task="mine")).set_index("baseline")
    assert of_numbers.loc["linear in the step", "r2"] == pytest.approx(1)


def test_they_are_responses_as_accuracies_are() -> None:
    networks = pd.DataFrame(
        {"test_acc": [0.5, 1], "test_balanced": [0.5, 1], "test_no": [None] * 2}
    )
    assert responses_of(networks) == ["test_acc", "test_balanced"]
    assert responses_of(networks, ("test_acc",)) == ["test_acc"]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("text", r"'metric' fails \(TypeError: .*\); expected a function of the targets and the"),
        (lambda right: 1.0, r"fails \(TypeError: "),
        (lambda right, answers: right == answers, r"returns array\(.*; expected"),
        (lambda right, answers: None, "returns None; expected"),
        (lambda right, answers: [[1], [1, 2]], r"returns \[\[1\], \[1, 2\]\]; expected"),
        (lambda right, answers: "0.5a", "returns '0.5a'; expected"),
    ],
)
def test_a_metric_that_is_wrong_is_said_when_the_data_are_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, function: Any, message: str
) -> None:
    define(tmp_path, monkeypatch, "METRICS", {"metric": function})
    for data in (LABELLED, NEXT, arrays(False)):
        with pytest.raises(InputError, match=rf"tasks/mine\.py: METRICS: .*{message}"):
            check_metrics("mine", data)


def test_one_that_fails_later_costs_a_value_and_no_network(
    caplog: pytest.LogCaptureFixture,
) -> None:
    metric = OwnMetric("mine", "rate", lambda right, answers: 1 / int((right == answers).sum()))
    with caplog.at_level(logging.WARNING):
        assert math.isnan(metric.of(np.array([0, 1]), np.array([1, 0])))
    assert "test_rate is left empty: tasks/mine.py: METRICS: 'rate' fails (ZeroDiv" in caplog.text
