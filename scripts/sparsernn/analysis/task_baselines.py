"""Trivial baselines of tasks other than validity: of classes by name, next symbols, and numbers."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsernn.analysis.baselines import by_letters
from sparsernn.data.arrays import Arrays
from sparsernn.data.own_baselines import OwnBaseline
from sparsernn.data.strings import END

__all__ = ["of_arrays", "of_classes", "of_next_symbols"]

Guess = Callable[[pd.DataFrame, pd.DataFrame], np.ndarray]
"""From the training and the test strings, the class of each test string."""
Context = Callable[[str], Hashable]
"""From the letters before a symbol, what is known of them."""
Summary = Callable[[Arrays], np.ndarray]
"""From sequences, the features of each, or of each of their steps."""


def of_classes(strings: pd.DataFrame, own: Sequence[OwnBaseline] = ()) -> pd.DataFrame:
    """Accuracy on the test set of what needs no memory, fitted to the training set.

    "same string" gives a test string the class of the training string that it equals, if there is
    one: more than "one class" reaches is due to strings that are in both sets.

    Args:
        strings: columns string, label and split.
        own: baselines of the task's file.

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
        **{baseline.name: _by(baseline.of_letters) for baseline in own},
    }
    answers = {name: guess(train, test) for name, guess in known.items()}
    right = {name: float((test["label"] == found).mean()) for name, found in answers.items()}
    frame = pd.DataFrame({"baseline": list(right), "accuracy": list(right.values())})
    return frame.assign(strings=len(test))


def _most_frequent(labels: pd.Series) -> str:
    counts = labels.value_counts().sort_index()
    return str(counts.idxmax())


def _by(key: Callable[[str], Hashable]) -> Guess:
    """The most frequent class of the training strings that agree in something."""

    def guess(train: pd.DataFrame, test: pd.DataFrame) -> np.ndarray:
        counts: dict[Hashable, Counter[str]] = {}
        for string, label in zip(train["string"], train["label"], strict=True):
            counts.setdefault(key(string), Counter())[label] += 1
        usual = {
            agreed: min(of, key=lambda label: (-of[label], label)) for agreed, of in counts.items()
        }
        any_string = _most_frequent(train["label"])
        return np.array([usual.get(key(string), any_string) for string in test["string"]], object)

    return guess


def of_next_symbols(strings: pd.DataFrame, own: Sequence[OwnBaseline] = ()) -> pd.DataFrame:
    """Cross-entropy and accuracy of predicting each symbol of the test set, the end included.

    "optimum" is the cross-entropy of the process that the strings were drawn from, where the column
    `nats` (minus the logarithm of a string's probability) is known.

    Args:
        strings: columns string, split and, if known, nats.
        own: baselines of the task's file.

    Returns:
        Columns baseline, loss (nats a symbol), accuracy and symbols (their number).
    """
    train, test = (strings[strings["split"] == split] for split in ("train", "test"))
    names = [*sorted(set("".join(strings["string"]))), END]
    number = {name: i for i, name in enumerate(names)}
    rows = []
    known: dict[str, Context] = {"symbol frequencies": _nothing, "last symbol": _last}
    known |= {baseline.name: baseline.of_letters for baseline in own}
    for name, of in known.items():
        counts: dict[Hashable, np.ndarray] = {}
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


def _nothing(before: str) -> Hashable:
    return ""


def _last(before: str) -> Hashable:
    return before[-1:]


def _symbols(strings: pd.DataFrame, of: Callable[[str], Hashable]) -> list[tuple[Hashable, str]]:
    """What is known of the letters before each symbol, and the symbol."""
    return [
        (of(string[:i]), symbol)
        for string in strings["string"]
        for i, symbol in enumerate([*string, END])
    ]


def of_arrays(arrays: Arrays, own: Sequence[OwnBaseline] = ()) -> pd.DataFrame:
    """How well classes, or numbers, follow from the mean over the steps, or from one step.

    Args:
        arrays: sequences that are split.
        own: baselines of the task's file, whose features a linear model gets.

    Returns:
        Columns baseline, accuracy or nrmse (root mean squared error over the standard deviation of
        the test targets), and sequences (number of test sequences).
    """
    train, test = arrays.splits()
    summaries = _SUMMARIES if arrays.targets.ndim < 3 else _STEPS
    summaries = {**summaries, **{baseline.name: baseline.of_arrays for baseline in own}}
    if arrays.names:
        column, found = "accuracy", _accuracies(train, test, summaries)
    else:
        column, found = "nrmse", _errors(train, test, summaries)
    frame = pd.DataFrame({"baseline": list(found), column: list(found.values())})
    return frame.assign(sequences=len(test))


def _accuracies(
    train: Arrays, test: Arrays, summaries: Mapping[str, Summary]
) -> Mapping[str, float]:
    usual = np.bincount(train.targets).argmax()
    found = {"one class": np.full(len(test), usual)}
    for name, of in summaries.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        found[name] = model.fit(of(train), train.targets).predict(of(test))
    return {name: float((classes == test.targets).mean()) for name, classes in found.items()}


def _errors(train: Arrays, test: Arrays, summaries: Mapping[str, Summary]) -> Mapping[str, float]:
    known, wanted = (_targets(part) for part in (train, test))
    found = {"mean": np.broadcast_to(known.mean(0), wanted.shape)}
    for name, of in summaries.items():
        found[name] = LinearRegression().fit(of(train), known).predict(of(test))
    spread = test.spread
    return {
        name: float(np.sqrt(np.square(numbers - wanted).mean() / spread)) if spread else np.nan
        for name, numbers in found.items()
    }


def _targets(arrays: Arrays) -> np.ndarray:
    return _of_steps(arrays, arrays.targets) if arrays.targets.ndim == 3 else arrays.targets


def _of_steps(arrays: Arrays, numbers: np.ndarray) -> np.ndarray:
    return numbers[np.arange(numbers.shape[1]) < arrays.lengths[:, None]]


def _mean(arrays: Arrays) -> np.ndarray:
    return arrays.values.sum(1) / arrays.lengths[:, None]  # values are 0 beyond the end


def _last_step(arrays: Arrays) -> np.ndarray:
    return arrays.values[np.arange(len(arrays)), arrays.lengths - 1]


def _length(arrays: Arrays) -> np.ndarray:
    return arrays.lengths[:, None].astype(np.float64)


_SUMMARIES: Mapping[str, Summary] = {
    "linear in the length": _length,
    "linear in the mean": _mean,
    "linear in the last step": _last_step,
}
_STEPS: Mapping[str, Summary] = {
    "linear in the step": lambda arrays: _of_steps(arrays, arrays.values)
}
