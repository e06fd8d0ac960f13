"""Trivial baselines that a task's file defines, beside those that every task has."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sparsernn import plugins
from sparsernn.data.arrays import Array, Arrays
from sparsernn.data.own_names import baseline_names
from sparsernn.errors import InputError, brief, cause

__all__ = ["OwnBaseline", "check_baselines", "own_baselines"]

_TRIED = 100  # examples that a baseline is tried on before anything trains


@dataclass(frozen=True)
class OwnBaseline:
    """What a simple rule looks at.

    Attributes:
        task: whose file defines it.
        name: what tables call it.
        function: see `sparsernn.data.tasks`.
    """

    task: str
    name: str
    function: Any

    def of_letters(self, letters: str) -> Hashable:
        """What it looks at in a string, or in the letters before a symbol.

        Raises:
            InputError: the function fails, or returns what can't be compared.
        """
        found = self._result(letters, brief(letters))
        try:
            hash(found)
        except TypeError:
            expected = "something that can be compared: text, a number, or a tuple of these"
            raise self._refused(brief(letters), f"returns {_shown(found)}", expected) from None
        return found

    def of_arrays(self, arrays: Arrays) -> Array:
        """(N, D) the features of each sequence; (sum of lengths, D) if each step has a target.

        Raises:
            InputError: the function fails, or returns other than so many finite numbers.
        """
        found = [
            self._features(row, values[:steps], arrays.targets.ndim == 3)
            for row, (values, steps) in enumerate(zip(arrays.values, arrays.lengths, strict=True))
        ]
        for row, features in enumerate(found):
            if features.shape[1] != found[0].shape[1]:
                told = f"returns {features.shape[1]} numbers ({found[0].shape[1]} before)"
                raise self._refused(f"sequence {row}", told, "as many of every sequence")
        return np.concatenate(found)

    def _features(self, row: int, values: Array, of_steps: bool) -> Array:
        found = self._result(values, f"sequence {row}")
        try:
            features = np.asarray(found, np.float64)
        except (TypeError, ValueError):
            features = np.array(np.nan)
        shape = (len(values), -1) if of_steps else (1, -1)
        fits = features.ndim in ((1, 2) if of_steps else (0, 1)) and features.size
        fits = fits and (not of_steps or len(features) == len(values))
        if not fits or not np.isfinite(features).all():
            expected = "finite numbers, " + ("a row for each step" if of_steps else "one or a list")
            raise self._refused(f"sequence {row}", f"returns {_shown(found)}", expected)
        return features.reshape(shape)

    def _result(self, example: Any, called: str) -> Any:
        try:
            return self.function(example)
        except Exception as error:  # of someone else's function
            told = f"fails ({type(error).__name__}: {cause(error)})"
            raise self._refused(called, told, "a function of one argument") from error

    def _refused(self, example: str, told: str, expected: str) -> InputError:
        return InputError(
            f"tasks/{self.task}.py: BASELINES: {self.name!r} {told} for {example}; expected "
            f"{expected}. Correct the function; docs/studies.md shows one."
        )


def _shown(found: object) -> str:
    """A result in one line; numpy writes arrays in several."""
    return " ".join(brief(found).split())


def own_baselines(task: str | None) -> Sequence[OwnBaseline]:
    """The baselines that a task's file defines; none without a task.

    Raises:
        InputError: `BASELINES` is not as `sparsernn.data.tasks` says.

    Example:
        >>> [only] = own_baselines("even_pairs")
        >>> only.name, only.of_letters("0110")
        ('first and last letter', ('0', '0'))
    """
    if task is None:
        return ()
    known = getattr(plugins.load("tasks", task), "BASELINES", {}) if baseline_names(task) else {}
    return [OwnBaseline(task, name, function) for name, function in known.items()]


def check_baselines(task: str, data: pd.DataFrame | Arrays) -> None:
    """Try the baselines of a task's file on some examples, before networks are trained on them.

    Raises:
        InputError: one of them can't be used.
    """
    for baseline in own_baselines(task):
        if isinstance(data, Arrays):
            baseline.of_arrays(data.take(np.arange(min(len(data), _TRIED))))
            continue
        for string in data["string"][:_TRIED]:
            whole = "label" in data
            for letters in [string] if whole else [string[:i] for i in range(len(string) + 1)]:
                baseline.of_letters(letters)
