"""Trivial baselines of a data set: what a classifier that is no network reaches on its strings.

An accuracy says little until it is known what needs no memory at all.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

__all__ = ["BASELINES", "baselines", "by_letters"]

Baseline = Callable[[pd.DataFrame, pd.DataFrame], np.ndarray]
"""From the training and the test strings, the class of each test string."""


def baselines(strings: pd.DataFrame) -> pd.DataFrame:
    """Accuracy on the test set of each of `BASELINES`, fitted to the training set.

    Args:
        strings: columns string, valid and split.

    Returns:
        Columns baseline, accuracy (share of the test strings) and strings (their number).
    """
    train, test = (strings[strings["split"] == split] for split in ("train", "test"))
    right = {
        name: float((predict(train, test) == test["valid"].to_numpy()).mean())
        for name, predict in BASELINES.items()
    }
    frame = pd.DataFrame({"baseline": list(right), "accuracy": list(right.values())})
    return frame.assign(strings=len(test))


def _one_class(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """The class that is more frequent in the test set: no constant answer does better."""
    return np.full(len(test), int(test["valid"].mean() >= 0.5))


def _length(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """The more frequent class of training strings of the same length."""
    share = train["valid"].groupby(train["string"].str.len()).mean()
    expected = test["string"].str.len().map(share).fillna(train["valid"].mean())
    return (expected >= 0.5).to_numpy(int)


def _strict_bigrams(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
    """Valid if no two successive letters are new to the valid training strings."""
    known = set().union(*train.loc[train["valid"] == 1, "string"].map(_pairs))
    return test["string"].map(lambda string: _pairs(string) <= known).to_numpy(int)


def _pairs(string: str) -> set[str]:
    return {string[i : i + 2] for i in range(len(string) - 1)}


def by_letters(length: int, binary: bool, target: str = "valid") -> Baseline:
    """Logistic regression on the n-grams of letters: how often each occurs, or whether it does."""

    def predict(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
        if train["string"].str.len().max() < length:
            return np.full(len(test), test[target].mode().iloc[-1])
        counts = CountVectorizer(
            analyzer="char", ngram_range=(length, length), lowercase=False, binary=binary
        )
        model = LogisticRegression(max_iter=1000)
        model.fit(counts.fit_transform(train["string"]), train[target])
        return np.asarray(model.predict(counts.transform(test["string"])))

    return predict


BASELINES: Mapping[str, Baseline] = MappingProxyType(
    {
        "one class": _one_class,
        "length": _length,
        "letter counts": by_letters(1, binary=False),
        "strict bigrams": _strict_bigrams,
        "bigrams present": by_letters(2, binary=True),
    }
)
"""The larger class; the length alone; how often each letter occurs (logistic regression); whether
every bigram occurs in a valid training string; which bigrams occur (logistic regression)."""
