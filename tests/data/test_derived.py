"""Data sets derived from another."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from sparsernn.data.datasets import make_strings
from sparsernn.data.derived import derive
from sparsernn.errors import InputError


@pytest.fixture(scope="module")
def strings() -> pd.DataFrame:
    return make_strings(400, {"m1": 60, "m2": 60, "m5": 60}, 8, 0.25, np.random.default_rng(0))


def test_parity_is_of_the_valid_strings(strings: pd.DataFrame) -> None:
    derived = derive(strings, {"parity": "S"})
    valid = strings[strings["valid"] == 1]
    assert derived["string"].tolist() == valid["string"].tolist()
    assert derived["split"].tolist() == valid["split"].tolist()
    assert derived["valid"].tolist() == [1 - text.count("S") % 2 for text in valid["string"]]
    assert set(zip(derived["grammar"], derived["valid"], strict=True)) == {("even", 1), ("odd", 0)}


def test_decoys_are_left_out(strings: pd.DataFrame) -> None:
    derived = derive(strings, {"only": ["m1", "m5"]})
    assert set(derived["grammar"]) == {"reber", "m1", "m5"}
    kept = strings[strings["grammar"] != "m2"].reset_index(drop=True)
    pd.testing.assert_frame_equal(derived, kept)


@pytest.mark.parametrize("letter", ["Q", "."])
def test_a_letter_that_does_not_occur_is_refused(strings: pd.DataFrame, letter: str) -> None:
    with pytest.raises(InputError, match=r"label \[1\] only"):
        derive(strings, {"parity": letter})


def test_an_unknown_grammar_is_refused(strings: pd.DataFrame) -> None:
    how: dict[str, Any] = {"only": ["m1", "m9"]}
    with pytest.raises(InputError, match="no invalid strings of m9; there are some of m1, m2, m5"):
        derive(strings, how)
