"""Trivial baselines of tasks other than validity: of classes by name, next symbols, and numbers."""

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsernn.analysis.baselines import by_letters
from sparsernn.data.arrays import Arrays
from sparsernn.data.own_baselines import OwnBaseline, own_baselines
from sparsernn.data.own_metrics import OwnMetric, own_metrics
from sparsernn.data.strings import END, wanted

__all__ = ["Own", "of_arrays", "of_classes", "of_next_symbols"]

Guess = Callable[[pd.DataFrame, pd.DataFrame], np.ndarray]
"""From the training and the test strings, the class of each test string."""
Context = Callable[[str], Hashable]
"""From the letters before a symbol, what is known of them."""
Summary = Callable[[Arrays], np.ndarray]
"""From sequences, the features of each, or of each of their steps."""


@dataclass(frozen=True)
class Own:
    """What a task's file defines.

    Attributes:
        baselines: rules beside those that all tasks have.
        metrics: how good answers are, each a column of the table.
    """

    baselines: Sequence[OwnBaseline] = ()
    metrics: Sequence[OwnMetric] = ()

    @classmethod
    def of_task(cls, task: str | None) -> "Own":
        """What the file of a task defines; nothing without a task."""
        return cls(own_baselines(task), own_metrics(task))

    def measured(
        self, right: np.ndarray, answers: Sequence[np.ndarray], names: Sequence[str] = ()
    ) -> Mapping[str, list[float]]:
        """Columns with the metrics of the answers of each baseline."""
        return {
            metric.name: [metric.of(right, found, names) for found in answers]
            for metric in self.metrics
        }


_NOTHING = Own()


def of_classes(strings: pd.DataFrame, own: Own = _NOTHING) -> pd.DataFrame:
    """Accuracy on the test set of what needs no memory, fitted to the training set.

    "same string" gives a test string the class of the training string that it equals, if there is
    one: more than "one class" reaches is due to strings that are in both sets.

    Args:
        strings: columns string, label and split.
        own: baselines and metrics of the task's file.

    Returns:
        Columns baseline, accuracy (share of the test strings), strings (their number), and the
        metrics.
    """
    train, test = (strings[strings["split"] == split] for split in ("train", "test"))
    known: dict[str, Guess] = {
        "one class": lambda _, test: np.full(len(test), _most_frequent(test["label"])),
        "same string": _by(lambda string: string),
        "length": _by(len),
        "last letter": _by(lambda string: string[-1]),
        "letter counts": by_letters(1, binary=False, target="label"),
        "bigrams present": by_letters(2, binary=True, target="label"),
        **{baseline.name: _by(baseline.of_letters) for baseline in own.baselines},
    }
    answers = {name: guess(train, test) for name, guess in known.items()}
    right = {name: float((test["label"] == found).mean()) for name, found in answers.items()}
    frame = pd.DataFrame({"baseline": list(right), "accuracy": list(right.values())})
    labels = test["label"].to_numpy(str)
    named = [found.astype(str) for found in answers.values()]
    return frame.assign(strings=len(test), **own.measured(labels, named))


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


def of_next_symbols(strings: pd.DataFrame, own: Own = _NOTHING) -> pd.DataFrame:
    """Cross-entropy and accuracy of predicting each symbol of the test set, the end included.

    "optimum" is the cross-entropy of the process that the strings were drawn from, where the column
    `nats` (minus the logarithm of a string's probability) is known.

    Args:
        strings: columns string, split and, if known, nats.
        own: baselines and metrics of the task's file.

    Returns:
        Columns baseline, loss (nats a symbol), accuracy, symbols (their number), and the metrics.
    """
    train, test = (strings[strings["split"] == split] for split in ("train", "test"))
    names = [*sorted(set("".join(strings["string"]))), END]
    number = {name: i for i, name in enumerate(names)}
    rows, answers = [], []
    known: dict[str, Context] = {"symbol frequencies": _nothing, "last symbol": _last}
    known |= {baseline.name: baseline.of_letters for baseline in own.baselines}
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
        answers.append(np.array([row.argmax() for row, _, _ in found]))
        right = np.array([symbol for _, _, symbol in found])
        rows.append((name, loss, float((answers[-1] == right).mean())))
    symbols = len(right)
    frame = pd.DataFrame(rows, columns=["baseline", "loss", "accuracy"])
    frame = frame.assign(symbols=symbols, **own.measured(right, answers, names))
    if "nats" not in test:
        return frame
    optimum = {"baseline": "optimum", "loss": test["nats"].sum() / symbols, "symbols": symbols}
    return pd.concat([frame, pd.DataFrame([optimum])], ignore_index=True)


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


def of_arrays(arrays: Arrays, own: Own = _NOTHING) -> pd.DataFrame:
    """How well classes, or numbers, follow from the mean over the steps, or from one step.

    Args:
        arrays: sequences that are split.
        own: metrics of the task's file, and baselines, whose features a linear model gets.

    Returns:
        Columns baseline, accuracy or nrmse (root mean squared error over the standard deviation of
        the test targets), sequences (number of test sequences), and the metrics.
    """
    train, test = arrays.splits()
    summaries = _SUMMARIES if arrays.targets.ndim < 3 else _STEPS
    summaries = {**summaries, **{each.name: each.of_arrays for each in own.baselines}}
    right = wanted(test.targets, test.lengths)
    if arrays.names:
        column, answers = "accuracy", _classes(train, test, summaries)
        measured = [float((found == right).mean()) for found in answers.values()]
    else:
        column, answers = "nrmse", _numbers(train, test, summaries)
        measured = [_error(found - right, test.spread) for found in answers.values()]
    frame = pd.DataFrame({"baseline": list(answers), column: measured})
    known = own.measured(right, list(answers.values()), arrays.names)
    return frame.assign(sequences=len(test), **known)


def _classes(
    train: Arrays, test: Arrays, summaries: Mapping[str, Summary]
) -> Mapping[str, np.ndarray]:
    """The class of each test sequence, by the baselines."""
    usual = np.bincount(train.targets).argmax()
    found = {"one class": np.full(len(test), usual)}
    for name, of in summaries.items():
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
        found[name] = model.fit(of(train), train.targets).predict(of(test))
    return found


def _numbers(
    train: Arrays, test: Arrays, summaries: Mapping[str, Summary]
) -> Mapping[str, np.ndarray]:
    """The numbers of each test sequence, or of each of its steps, by the baselines."""
    known, right = (wanted(part.targets, part.lengths) for part in (train, test))
    found = {"mean": np.broadcast_to(known.mean(0), right.shape)}
    for name, of in summaries.items():
        found[name] = LinearRegression().fit(of(train), known).predict(of(test))
    return found


def _error(distances: np.ndarray, spread: float) -> float:
    return float(np.sqrt(np.square(distances).mean() / spread)) if spread else np.nan


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
