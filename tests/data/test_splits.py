"""The validation set: which training examples it takes."""

import numpy as np
import pandas as pd
import pytest

from sparsernn.data.arrays import Arrays
from sparsernn.data.splits import validation_split
from sparsernn.data.strings import Strings
from sparsernn.errors import InputError


def strings(count: int) -> Strings:
    texts = [f"{n:04}" for n in range(count)]
    frame = pd.DataFrame({"string": texts, "valid": [n % 4 == 0 for n in range(count)]})
    return Strings.encode(frame.assign(grammar="g"))


def test_every_example_is_on_one_side_and_classes_are_alike() -> None:
    examples = strings(80)
    train, validation = validation_split(examples, 0.25, seed=3)
    found = [codes.tobytes() for part in (train, validation) for codes in part.codes]
    assert sorted(found) == sorted(codes.tobytes() for codes in examples.codes)
    assert (len(train), len(validation)) == (60, 20)
    assert validation.labels.sum() == 5 and train.labels.sum() == 15
    assert len(validation.grammars) == 20


def test_the_seed_decides() -> None:
    codes = [validation_split(strings(80), 0.25, seed)[1].codes.tobytes() for seed in (3, 3, 4)]
    assert codes[0] == codes[1] != codes[2]


def test_examples_that_are_alike_are_on_one_side_if_asked() -> None:
    twice = strings(40).take(np.repeat(np.arange(40), 2))
    apart, together = (
        [set(part.keys) for part in validation_split(twice, 0.25, 3, one_side)]
        for one_side in (False, True)
    )
    assert apart[0] & apart[1] and not together[0] & together[1]
    assert [len(part) for part in validation_split(twice, 0.25, 3, True)] == [60, 20]
    values = np.repeat(np.arange(40.0), 2).reshape(-1, 1, 1)
    arrays = Arrays(values, np.full(80, 1), values[:, 0])
    train, validation = validation_split(arrays, 0.25, 3, True)
    assert not set(train.keys) & set(validation.keys) and len(validation) == 20


def test_arrays_whose_targets_are_numbers_have_no_classes() -> None:
    values, lengths = np.arange(40.0).reshape(20, 2, 1), np.full(20, 2)
    examples = Arrays(values, lengths, values[:, 0], split=np.full(20, "train"))
    train, validation = validation_split(examples, 0.1, seed=0)
    assert (len(train), len(validation)) == (18, 2)
    assert (validation.values[:, 0] == validation.targets).all()


@pytest.mark.parametrize(("share", "left"), [(0.01, "to validate on"), (0.99, "to train on")])
def test_no_side_may_be_empty(share: float, left: str) -> None:
    with pytest.raises(InputError, match=f"share of {share} of 10 .*leaves none {left}"):
        validation_split(strings(10), share, seed=0)
