"""Trivial baselines that a task's file defines: what they reach, and how wrong ones are refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from own_tasks import define

from sparsernn.analysis.questions.baselines import baselines
from sparsernn.analysis.settings import Settings
from sparsernn.analysis.task_baselines import Own, of_arrays, of_classes, of_next_symbols
from sparsernn.data.arrays import Arrays
from sparsernn.data.data_set import make_data
from sparsernn.data.own_baselines import OwnBaseline, check_baselines
from sparsernn.data.own_names import GENERAL
from sparsernn.errors import InputError


def strings(**columns: Any) -> pd.DataFrame:
    """Half to train, half to test; as many of the first letter's class as of the other's."""
    texts = [f"{first}{'xy'[i % 2]}{'xyz'[i % 3]}" for i in range(24) for first in "ab"]
    frame = pd.DataFrame({"string": texts, "label": [text[0] for text in texts]})
    return frame.assign(split=np.repeat(["train", "test"], 24), **columns)


def arrays(of_steps: bool = False, names: tuple[str, ...] = ()) -> Arrays:
    """Sequences of 1 to 5 steps, and their largest value; or at each step its square."""
    rng = np.random.default_rng(0)
    lengths = rng.integers(1, 6, 60)
    values = np.where(np.arange(5) < lengths[:, None], rng.normal(5, 1, (60, 5)), 0)[:, :, None]
    largest = values.max(1)
    targets = values**2 if of_steps else (largest[:, 0] > 5.5).astype(int) if names else largest
    return Arrays(values, lengths, targets, names, np.repeat(["train", "test"], 30))


def test_general_baselines_have_the_names_that_are_taken() -> None:
    tables = [of_classes(strings()), of_next_symbols(strings(nats=1.0).drop(columns="label"))]
    tables += [of_arrays(arrays(steps)) for steps in (False, True)]
    tables += [of_arrays(arrays(names=("low", "high")))]
    assert set().union(*(table["baseline"] for table in tables)) == set(GENERAL)


def test_a_shipped_task_is_solved_by_what_its_definition_says() -> None:
    task = {"name": "even_pairs", "count": 400, "length": [1, 20]}
    data = make_data({"task": task, "test_share": 0.25, "duplicates": "keep"}, 0)
    reached = baselines({"data": data}, Settings(0, task="even_pairs")).set_index("baseline")
    assert reached.loc["first and last letter", "accuracy"] == 1
    assert reached["accuracy"].drop("first and last letter").max() < 0.7
    assert set(reached["strings"]) == {100}


def test_a_rule_of_strings_answers_with_what_is_usual_where_it_sees_the_same() -> None:
    train = ["aa", "ab", "ba", "bb", "bc"]
    frame = pd.DataFrame({"string": [*train, "ac", "bd", "ca"], "label": list("ppqqpqqr")})
    frame["split"] = ["train"] * 5 + ["test"] * 3
    own = [OwnBaseline("mine", "first", lambda string: string[0])]
    # a: always p. b: mostly q. c is new, so it gets the class that is most frequent, p.
    found = of_classes(frame, Own(own)).set_index("baseline")["accuracy"]
    assert found["first"] == pytest.approx(1 / 3)
    nothing = [OwnBaseline("mine", "nothing", lambda string: None)]
    found = of_classes(frame, Own(nothing)).set_index("baseline")["accuracy"]
    assert found["nothing"] == 0  # all answers are the most frequent class in training


def test_a_rule_of_next_symbols_sees_the_letters_before() -> None:
    frame = pd.DataFrame({"string": ["abab"] * 4, "split": ["train", "train", "train", "test"]})
    own = [OwnBaseline("mine", "place", len), OwnBaseline("mine", "last", lambda s: s[-1:])]
    found = of_next_symbols(frame, Own(own)).set_index("baseline")
    assert found.loc["last", "loss"] == pytest.approx(found.loc["last symbol", "loss"])
    assert found.loc["place", "loss"] == pytest.approx(-np.log(4 / 6))  # 3 of 3, and 1 of each


@pytest.mark.parametrize("names", [(), ("low", "high")])
def test_features_of_sequences_go_to_a_linear_model(names: tuple[str, ...]) -> None:
    own = [OwnBaseline("mine", "largest", lambda values: values.max())]
    found = of_arrays(arrays(names=names), Own(own)).set_index("baseline").iloc[:, 0]
    assert found["largest"] >= 0.9 if names else found["largest"] == pytest.approx(0, abs=1e-6)


def test_features_of_steps_are_a_row_for_each() -> None:
    own = [OwnBaseline("mine", "square", lambda values: np.hstack([values, values**2]))]
    found = of_arrays(arrays(of_steps=True), Own(own)).set_index("baseline")["nrmse"]
    assert found["square"] == pytest.approx(0, abs=1e-6)
    assert found["linear in the step"] > 0.05


@pytest.mark.parametrize(
    ("function", "data", "message"),
    [
        (lambda s: s[9], strings(), r"'rule' fails \(IndexError: .*\) for 'axx'; expected"),
        ("text", strings(), r"fails \(TypeError: 'str' object is not callable\)"),
        (lambda s: [s], strings(), r"returns \['axx'\] for 'axx'; expected something that can be"),
        (lambda s: s[-1], strings().drop(columns="label"), r"fails \(IndexError: .*\) for ''"),
        (lambda v: "a", arrays(), "returns 'a' for sequence 0; expected finite numbers, one or a"),
        (lambda v: v, arrays(), "returns array.* for sequence 0; expected finite numbers, one or"),
        (lambda v: np.nan, arrays(), "returns nan for sequence 0; expected finite numbers"),
        (lambda v: v.max(), arrays(True), "expected finite numbers, a row for each step"),
        (
            lambda v: v[:, 0],
            arrays(),
            r"returns . numbers \(. before\) for sequence .; expected as many",
        ),
    ],
)
def test_a_baseline_that_is_wrong_is_said_when_the_data_are_made(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    function: Any,
    data: pd.DataFrame | Arrays,
    message: str,
) -> None:
    define(tmp_path, monkeypatch, "BASELINES", {"rule": function})
    with pytest.raises(InputError, match=rf"tasks/mine\.py: BASELINES: .*{message}"):
        check_baselines("mine", data)


@pytest.mark.parametrize(
    ("rules", "data"),
    [
        ({"rule": len, "letters": frozenset}, strings()),
        ({"rule": lambda values: [1, values.mean()]}, arrays()),
    ],
)
def test_baselines_that_are_right_pass(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rules: dict[str, Any],
    data: pd.DataFrame | Arrays,
) -> None:
    define(tmp_path, monkeypatch, "BASELINES", rules)
    check_baselines("mine", data)
