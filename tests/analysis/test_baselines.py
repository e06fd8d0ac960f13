"""Trivial baselines, on strings of which it is known what tells them apart."""

import numpy as np
import pandas as pd

from sparsernn.analysis.baselines import BASELINES, baselines
from sparsernn.data.datasets import make_strings


def table(valid: list[str], invalid: list[str]) -> pd.DataFrame:
    parts = [
        pd.DataFrame({"string": strings, "valid": label, "split": split})
        for label, strings in ((1, valid), (0, invalid))
        for split in ("train", "test")
    ]
    return pd.concat(parts, ignore_index=True)


def accuracies(strings: pd.DataFrame) -> dict[str, float]:
    found = baselines(strings)
    assert set(found["strings"]) == {int((strings["split"] == "test").sum())}
    return dict(zip(found["baseline"], found["accuracy"], strict=True))


def test_each_baseline_knows_what_it_knows() -> None:
    length = accuracies(table(["AB", "BA", "AA"], ["ABA", "BAB", "BBBB"]))
    assert length["length"] == 1
    letters = accuracies(table(["AAAB", "BAAA", "ABAA"], ["ABBB", "BABB", "BBBA"]))
    assert letters["length"] == 0.5 and letters["letter counts"] == 1
    order = accuracies(table(["ABAB", "ABABAB"], ["AABB", "AAABBB"]))
    assert order["letter counts"] == 0.5
    assert order["strict bigrams"] == order["bigrams present"] == 1


def test_one_class_is_the_larger_one_of_the_test_set() -> None:
    strings = table(["A", "B", "C"], ["D"])
    assert accuracies(strings)["one class"] == 0.75
    assert accuracies(strings.assign(valid=1 - strings["valid"]))["one class"] == 0.75


def test_bigrams_tell_reber_strings_from_the_decoys() -> None:
    """Of the thesis's task: no memory beyond the letter before is needed."""
    decoys = {"m1": 120, "m2": 120, "m3": 40, "m4": 160, "m5": 160, "m6": 160, "m7": 120, "m8": 120}
    strings = make_strings(1000, decoys, 11, 0.25, np.random.default_rng(0))
    found = accuracies(strings)
    assert list(found) == list(BASELINES)
    assert 0.5 < found["one class"] < 0.56 < found["length"] < 0.85
    assert found["letter counts"] > 0.8 and found["strict bigrams"] > 0.9
    assert found["bigrams present"] > 0.98
