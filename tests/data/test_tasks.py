"""Tasks: what each draws, and how examples are divided."""

import itertools
import math
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sparsernn import plugins
from sparsernn.analysis.task_baselines import of_next_symbols
from sparsernn.data.arrays import Arrays, read_arrays, write_arrays
from sparsernn.data.data_set import described, make_data
from sparsernn.data.datasets import read_splits
from sparsernn.data.splits import stratified
from sparsernn.data.strings import END, Strings
from sparsernn.data.task_data import Split, make_task, repeats
from sparsernn.data.tasks.an_bn import an_bn
from sparsernn.data.tasks.dyck import dyck
from sparsernn.data.tasks.modular_arithmetic import value
from sparsernn.errors import InputError

SPLIT = Split(0.25)
LETTERS: dict[str, dict[str, Any]] = {
    "parity": {},
    "even_pairs": {},
    "cycle_navigation": {},
    "modular_arithmetic": {},
    "tomita": {"number": 5},
    "an_bn": {"p": 0.3},
    "dyck": {"pairs": 2, "p": 0.3},
}


def draw(name: str, seed: int = 0, split: Split = SPLIT, **how: Any) -> pd.DataFrame:
    settings = {"name": name, "count": 400, "length": [1, 12], **LETTERS[name], **how}
    found = make_task(settings, split, np.random.default_rng(seed))
    assert isinstance(found, pd.DataFrame)
    return found


@pytest.mark.parametrize("name", LETTERS)
def test_a_task_of_letters_is_drawn_by_its_seed(name: str) -> None:
    frame = draw(name)
    target = "label" if plugins.literal("tasks", name, "TARGETS") == "classes" else "nats"
    assert list(frame) == ["string", target, "split"]
    assert len(frame) == 400 and (frame["split"] == "test").sum() == 100
    assert frame["string"].str.len().between(1, 12).all()
    pd.testing.assert_frame_equal(frame, draw(name))
    assert not frame.equals(draw(name, seed=1))


def test_classes_are_those_of_their_definitions() -> None:
    parity = draw("parity")
    assert parity["label"].eq("odd").equals(parity["string"].map(lambda s: s.count("1") % 2 == 1))
    pairs = draw("even_pairs")
    changes = pairs["string"].map(lambda s: len(re.findall("(?=01|10)", s)))
    assert pairs["label"].eq("odd").equals(changes % 2 == 1)
    steps = {"+": 1, "-": -1, "0": 0}
    walks = draw("cycle_navigation")
    ends = [str(sum(steps[letter] for letter in walk) % 5) for walk in walks["string"]]
    assert walks["label"].tolist() == ends


def test_expressions_have_the_value_that_python_gives_them() -> None:
    frame = draw("modular_arithmetic", length=[1, 40])
    assert frame["string"].str.fullmatch(r"[0-4]([-+*][0-4])*").all()
    assert [eval(text) % 5 for text in frame["string"]] == [int(x) for x in frame["label"]]
    assert value("4*4*4-3") == 61 % 5


def test_longer_strings_are_for_the_test_alone() -> None:
    frame = draw("parity", test_length=[13, 30])
    lengths = frame["string"].str.len().groupby(frame["split"])
    assert lengths.min().to_dict() == {"test": 13, "train": 1}
    assert lengths.max().to_dict() == {"test": 30, "train": 12}
    assert (frame["split"] == "test").sum() == 100


def test_splits_are_alike_in_every_class() -> None:
    classes = ["a"] * 41 + ["b"] * 7 + ["c"] * 152
    parts = stratified(classes, 0.25, np.random.default_rng(0))
    test = Counter(name for name, part in zip(classes, parts, strict=True) if part == "test")
    assert sum(test.values()) == 50
    assert all(abs(test[name] - 0.25 * classes.count(name)) < 1 for name in "abc")
    starts = [stratified([0] * 20, 0.25, np.random.default_rng(n)).tolist() for n in range(9)]
    assert len(set(map(tuple, starts))) > 5


def test_strings_that_occur_twice_may_be_kept_on_one_side() -> None:
    kept, divided = draw("tomita"), draw("tomita", split=Split(0.25, "one_side"))
    assert repeats(kept) > 10 and repeats(divided) == 0
    assert kept["string"].tolist() == divided["string"].tolist()
    settings = {"task": {"name": "tomita", "count": 400, "length": [1, 12], "number": 5}}
    data = make_data(settings | {"test_share": 0.25, "duplicates": "keep"}, 3)
    assert re.search(r"400 strings, 200 \w+, 200 \w+; \d+ examples of the test", described(data))


# Next symbols


def test_dyck_s_strings_match_and_are_as_likely_as_the_grammar_makes_them() -> None:
    rng = np.random.default_rng(0)
    for string, _ in dyck(200, (2, 60), 2, 0.4, rng):
        rest, before = string, ""
        while rest != before:
            rest, before = re.sub(r"\(\)|\[\]", "", rest), rest
        assert not rest
    drawn = dyck(3000, (2, 6), 1, 0.3, rng)
    weight = {s: math.exp(-nats) for s, nats in drawn}
    assert sorted(weight) == sorted(
        s
        for n in (2, 4, 6)
        for s in map("".join, itertools.product("()", repeat=n))
        if s.count("(") == n / 2 and all(s[:i].count("(") >= i / 2 for i in range(n))
    )
    share, total = Counter(s for s, _ in drawn), sum(weight.values())
    for string, expected in weight.items():
        assert share[string] / 3000 == pytest.approx(expected / total, abs=0.03)


def test_a_dyck_string_s_probability_is_that_of_its_choices() -> None:
    """A bracket opens, one of two; later one opens with p, or it closes, or the string ends."""
    for string, nats in dyck(50, (2, 30), 2, 0.3, np.random.default_rng(1)):
        opened = len(string) // 2
        later = -(opened - 1) * math.log(0.15) - (opened + 1) * math.log(0.7)
        assert nats == pytest.approx(later - math.log(0.5))


def test_the_optimum_of_dyck_1_is_the_entropy_of_its_choices() -> None:
    """.882 bits in Lan et al. (2022), for p = .3, of a sample of 50,000 strings; sampled here."""
    frame = pd.DataFrame(dyck(2000, (2, 400), 1, 0.3, np.random.default_rng(0)))
    frame.columns = pd.Index(["string", "nats"])
    # The empty string, which no network is given, is the one choice without a bracket.
    empty = round(2000 * 0.7 / 0.3)
    nats = frame["nats"].sum() - 2000 * math.log(0.3) - empty * math.log(0.7)
    symbols = frame["string"].str.len().sum() + 2000 + empty
    entropy = -(0.3 * math.log2(0.3) + 0.7 * math.log2(0.7))
    assert entropy == pytest.approx(0.8813, abs=1e-4)
    assert nats / symbols / math.log(2) == pytest.approx(entropy, abs=0.02)


def test_the_optimum_of_an_bn_is_that_of_lan_et_al() -> None:
    """.258 bits, for p = .3, of the thousand n beyond those of a training set."""
    nats = {s: bits for n in range(21, 1021) for s, bits in [_an_bn(n)]}
    frame = pd.DataFrame({"string": list(nats), "nats": list(nats.values()), "split": "test"})
    symbols = frame["string"].str.len().sum() + len(frame)
    assert frame["nats"].sum() / symbols / math.log(2) == pytest.approx(0.258, abs=5e-4)


def _an_bn(n: int) -> tuple[str, float]:
    [found] = an_bn(1, (2 * n, 2 * n), 0.3, np.random.default_rng(0))
    assert found[0] == "a" * n + "b" * n
    assert found[1] == pytest.approx(-math.log(0.7 ** (n - 1) * 0.3))
    return found


def test_an_bn_s_lengths_are_geometric() -> None:
    drawn = an_bn(9000, (2, 200), 0.3, np.random.default_rng(0))
    counts = Counter(len(s) // 2 for s, _ in drawn)
    for n in (1, 2, 3, 6):
        assert counts[n] / 9000 == pytest.approx(0.3 * 0.7 ** (n - 1), abs=0.02)


def test_the_next_symbol_is_the_target_of_every_step() -> None:
    frame = pd.DataFrame({"string": ["ab", "b"], "split": ["train", "test"], "nats": 1.0})
    train, test = Strings.splits(frame)
    assert train.outputs == test.outputs == 3  # a, b, the end
    assert train.codes.tolist() == [[2, 97, 98]] and train.labels.tolist() == [[0, 1, 2]]
    assert test.codes.tolist() == [[2, 98]] and test.labels.tolist() == [[1, 2]]
    [batch] = train.batches(4)
    assert batch.of_steps and batch.size == 3 and batch.targets.T.tolist() == [[0, 1, 2]]


def test_baselines_of_next_symbols_are_counts() -> None:
    frame = pd.DataFrame(
        {"string": ["ab", "ab", "ab"], "nats": 0.3, "split": ["train", "train", "test"]}
    )
    found = of_next_symbols(frame).set_index("baseline")
    assert (found["symbols"] == 3).all() and END not in set(frame["string"])
    # Each of a, b and the end twice of 6, and one more of each so that none is impossible.
    assert found.loc["symbol frequencies", "loss"] == pytest.approx(-math.log(3 / 9))
    assert found.loc["last symbol", "loss"] == pytest.approx(-math.log(3 / 5))
    assert found.loc["last symbol", "accuracy"] == 1
    assert found.loc["optimum", "loss"] == pytest.approx(0.1)


def test_a_length_that_no_string_has_is_refused() -> None:
    with pytest.raises(InputError, match="dyck has no strings of the lengths that are asked for"):
        draw("dyck", length=[3, 3])


# Numbers


def own(count: int = 40, **arrays: Any) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    values = rng.normal(3, 5, (count, 6, 2))
    return {"values": values, "lengths": rng.integers(1, 7, count), **arrays}


def made(folder: Path, name: str, **arrays: Any) -> Arrays:
    np.savez(folder / "own.npz", **own(**arrays))
    settings = {"name": name, "file": str(folder / "own.npz")}
    found = make_task(settings, Split(0.25), np.random.default_rng(0))
    assert isinstance(found, Arrays)
    return found


def test_own_numbers_are_standardised_by_the_training_set(tmp_path: Path) -> None:
    arrays = made(tmp_path, "npz_numbers", targets=np.arange(40.0))
    train, test = arrays.splits()
    assert (len(train), len(test)) == (30, 10)
    reached = np.arange(6) < train.lengths[:, None]
    assert train.values[reached].mean(0) == pytest.approx([0, 0], abs=1e-6)
    assert train.values[reached].std(0) == pytest.approx([1, 1], abs=1e-6)
    assert not train.values[~reached].any()
    assert train.targets.mean() == pytest.approx(0, abs=1e-6)
    assert train.spread == pytest.approx(1)
    assert (train.outputs, train.features, train.grammars) == (1, 2, ())


def test_numbers_of_steps_end_where_their_sequence_does(tmp_path: Path) -> None:
    steps = np.random.default_rng(1).normal(size=(40, 6, 3))
    arrays = made(tmp_path, "npz_numbers", targets=steps)
    beyond = np.arange(6) >= arrays.lengths[:, None]
    assert not arrays.targets[beyond].any()
    [batch] = arrays.batches(100)
    assert batch.of_steps and batch.size == arrays.lengths.sum()
    assert batch.targets.shape == (arrays.lengths.max(), 40, 3)


def test_own_classes_come_back_from_the_file_that_is_written(tmp_path: Path) -> None:
    arrays = made(tmp_path, "npz_classes", targets=np.array(["b", "a", "c", "a"] * 10))
    assert arrays.names == ("a", "b", "c") and arrays.grammars[:4] == ("b", "a", "c", "a")
    path = tmp_path / "arrays.npz"
    write_arrays(arrays, path)
    content = path.read_bytes()
    again = read_arrays(path)
    assert again.names == arrays.names and np.array_equal(again.targets, arrays.targets)
    assert np.array_equal(again.values, arrays.values)
    write_arrays(again, path)
    assert path.read_bytes() == content
    train, _ = read_splits(path)
    assert len(train) == 30 and train.outputs == 3


def test_a_split_of_one_s_own_stays(tmp_path: Path) -> None:
    split = np.array(["train", "test"] * 20)
    arrays = made(tmp_path, "npz_classes", targets=np.arange(40) // 20, split=split)
    assert arrays.split is not None and arrays.split.tolist() == split.tolist()
    assert arrays.names == ("0", "1")


def test_pictures_of_digits_are_sequences_of_their_rows() -> None:
    arrays = make_task({"name": "digits"}, Split(0.25), np.random.default_rng(0))
    assert isinstance(arrays, Arrays)
    assert arrays.values.shape == (1797, 8, 8) and arrays.outputs == 10
    _, test = arrays.splits()
    counts = np.bincount(test.targets)
    assert len(test) == 449 and counts.min() >= 43 and counts.max() <= 46


def test_mnist_1d_is_drawn_by_its_package_and_leaves_global_numbers_alone() -> None:
    settings = {"name": "mnist1d", "count": 100}
    np.random.seed(5)
    first = make_task(settings, Split(0.25), np.random.default_rng(0))
    after = np.random.random()
    np.random.seed(5)
    assert np.random.random() == after
    again = make_task(settings, Split(0.25), np.random.default_rng(0))
    assert isinstance(first, Arrays) and isinstance(again, Arrays)
    assert first.values.shape == (100, 40, 1) and np.array_equal(first.values, again.values)
    assert np.bincount(first.targets).tolist() == [10] * 10


def test_mnist_1d_says_which_package_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mnist1d.data", None)
    with pytest.raises(InputError, match=r"pip install -r envs/requirements-tasks\.txt"):
        make_task({"name": "mnist1d", "count": 9}, Split(0.25), np.random.default_rng(0))


SERIES = "@problemName own\n@classLabel true 1 2\n@data\n1,2,3:4,5,6:1\n7,8:9,0:2\n"


def test_time_series_of_the_archive_are_read(tmp_path: Path) -> None:
    for part in ("TRAIN", "TEST"):
        (tmp_path / f"own_{part}.ts").write_text(SERIES)
    files = {name.lower(): str(tmp_path / f"own_{name}.ts") for name in ("TRAIN", "TEST")}
    settings = {"name": "time_series", **files}
    arrays = make_task(settings, Split(0.25), np.random.default_rng(0))
    assert isinstance(arrays, Arrays)
    assert arrays.values.shape == (4, 3, 2) and arrays.lengths.tolist() == [3, 2, 3, 2]
    assert arrays.names == ("1", "2") and arrays.targets.tolist() == [0, 1, 0, 1]
    scaled = (np.array([1, 2, 3]) - 4.2) / np.std([1, 2, 3, 7, 8])
    assert arrays.values[0, :, 0] == pytest.approx(scaled)
