"""Trivial baselines of tasks other than validity: of classes by name, next symbols, and numbers."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsernn.analysis.baselines import by_letters
from sparsernn.data.arrays import Arrays
from sparsernn.data.strings import END

__all__ = ["of_arrays", "of_classes", "of_next_symbols"]

Guess = Callable[[pd.DataFrame, pd.DataFrame], np.ndarray]
"""From the training and the test strings, the class of each test string."""


def of_classes(strings: pd.DataFrame) -> pd.DataFrame:
    """Accuracy on the test set of what needs no memory, fitted to the training set.

    "same string" gives a test string the class of the training string that it equals, if there is
    one: more than "one class" reaches is due to strings that are in both sets.

    Args:
        strings: columns string, label and split.

    Returns:
        Columns baseline, accuracy (share of the test strings) and strings (their number).
    """
    train, test = (strings[strings["split"] == split] for split in ("train", "test"))
    known: dict[str, Guess] = {
        "one class": lambda _, test: np.full(len(test), _most_frequent(test["label"])),
        "same string": _by(lambda string: string),
        "length": _by(len),
        "last letter": _by(lambda string: string[-1]),
        "letter counts": by_letters(1, binary=False, target="label"),
        "bigrams present": by_letters(2, binary=True, target="label"),
    }
    answers = {name: guess(train, test) for name, guess in known.items()}
    right = {name: float((test["label"] == found).mean()) for name, found in answers.items()}
    frame = pd.DataFrame({"baseline": list(right), "accuracy": list(right.values())})
    return frame.assign(strings=len(test))


def _most_frequent(labels: pd.Series) -> str:
    counts = labels.value_counts().sort_index()
    return str(counts.idxmax())


def _by(key: Callable[[str], object]) -> Guess:
    """The most frequent class of the training strings that agree in something."""

    def guess(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
        usual = train.groupby(train["string"].map(key))["label"].agg(_most_frequent)
        found = test["string"].map(key).map(usual)
        return found.fillna(_most_frequent(train["label"])).to_numpy()

    return guess


def of_next_symbols(strings: pd.DataFrame) -> pd.DataFrame:
    """Cross-entropy and accuracy of predicting each symbol of the test set, the end included.

    "optimum" is the cross-entropy of the process that the strings were drawn from, where the column
    `nats` (minus the logarithm of a string's probability) is known.

    Args:
        strings: columns string, split and, if known, nats.

    Returns:
        Columns baseline, loss (nats a symbol), accuracy and symbols (their number).
    """
    train, test = (strings[strings["split"] == split] for split in ("train", "test"))
    names = [*sorted(set("".join(strings["string"]))), END]
    number = {name: i for i, name in enumerate(names)}
    rows = []
    for name, of in (("symbol frequencies", _nothing), ("last symbol", _last)):
        counts: dict[object, np.ndarray] = {}
        for context, symbol in _symbols(train, of):
            counts.setdefault(context, np.ones(len(names)))[number[symbol]] += 1
        usual = np.sum([np.ones(len(names)), *counts.values()], axis=0)
        found = [
            (row := counts.get(context, usual), row[number[symbol]], number[symbol])
            for context, symbol in _symbols(test, of)
        ]
        loss = float(np.mean([-np.log(count / row.sum()) for row, count, _ in found]))
        right = float(np.mean([int(row.argmax()) == symbol for row, _, symbol in found]))
        rows.append((name, loss, right))
    symbols = int(test["string"].str.len().sum()) + len(test)
    if "nats" in test:
        rows.append(("optimum", float(test["nats"].sum()) / symbols, np.nan))
    return pd.DataFrame(rows, columns=["baseline", "loss", "accuracy"]).assign(symbols=symbols)


def _nothing(before: str) -> str:
    return ""


def _last(before: str) -> str:
    return before[-1:]


def _symbols(strings: pd.DataFrame, of: Callable[[str], str]) -> list[tuple[str, str]]:
    """What is known of the letters before each symbol, and the symbol."""
    return [
        (of(string[:i]), symbol)
        for string in strings["string"]
        for i, symbol in enumerate([*string, END])
    ]


def of_arrays(arrays: Arrays) -> pd.DataFrame:
    """How well classes, or numbers, follow from the mean over the steps, or from one step.

    Returns:
        Columns baseline, accuracy or nrmse (root mean squared error over the standard deviation of
        the test targets), and sequences (number of test sequences).
    """
    train, test = arrays.splits()
    if arrays.names:
        column, found = "accuracy", _accuracies(train, test)
    else:
        column, found = "nrmse", _errors(train, test)
    frame = pd.DataFrame({"baseline": list(found), column: list(found.values())})
    return frame.assign(sequences=len(test))


def _accuracies(train: Arrays, test: Arrays) -> Mapping[str, float]:
    usual = np.bincount(test.targets).argmax()
    found = {"one class": np.full(len(test), usual)}
    for name, of in _SUMMARIES.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        found[name] = model.fit(of(train), train.targets).predict(of(test))
    return {name: float((classes == test.targets).mean()) for name, classes in found.items()}


def _errors(train: Arrays, test: Arrays) -> Mapping[str, float]:
    if train.targets.ndim == 3:
        known, wanted = (_of_steps(part, part.targets) for part in (train, test))
        inputs = {"linear in the step": [_of_steps(part, part.values) for part in (train, test)]}
    else:
        known, wanted = train.targets, test.targets
        inputs = {name: [of(train), of(test)] for name, of in _SUMMARIES.items()}
    found = {"mean": np.broadcast_to(known.mean(0), wanted.shape)}
    for name, (seen, new) in inputs.items():
        found[name] = LinearRegression().fit(seen, known).predict(new)
    spread = test.spread
    return {
        name: float(np.sqrt(np.square(numbers - wanted).mean() / spread)) if spread else np.nan
        for name, numbers in found.items()
    }


def _of_steps(arrays: Arrays, numbers: np.ndarray) -> np.ndarray:
    return numbers[np.arange(numbers.shape[1]) < arrays.lengths[:, None]]


def _mean(arrays: Arrays) -> np.ndarray:
    return arrays.values.sum(1) / arrays.lengths[:, None]  # values are 0 beyond the end


def _last_step(arrays: Arrays) -> np.ndarray:
    return arrays.values[np.arange(len(arrays)), arrays.lengths - 1]


def _length(arrays: Arrays) -> np.ndarray:
    return arrays.lengths[:, None].astype(np.float64)


_SUMMARIES: Mapping[str, Callable[[Arrays], np.ndarray]] = {
    "linear in the length": _length,
    "linear in the mean": _mean,
    "linear in the last step": _last_step,
}
