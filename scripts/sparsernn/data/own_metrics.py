"""Metrics that a task's file defines, beside the loss and the accuracy or error that all have."""

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sparsernn import plugins
from sparsernn.data.arrays import Array, Arrays
from sparsernn.data.own_names import metric_names
from sparsernn.data.strings import Strings, wanted
from sparsernn.errors import InputError, brief, cause

__all__ = ["OwnMetric", "check_metrics", "own_metrics"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class OwnMetric:
    """How good answers are.

    Attributes:
        task: whose file defines it.
        name: what tables call it.
        function: see `sparsernn.data.tasks`.

    Example:
        >>> found = lambda right, answers: (answers[right == "yes"] == "yes").mean()
        >>> right, answers = np.array([0, 1, 1]), np.array([0, 1, 0])
        >>> OwnMetric("mine", "found", found).of(right, answers, ["no", "yes"])
        0.5
    """

    task: str
    name: str
    function: Any

    def of(self, targets: Array, answers: Array, names: Sequence[str] = ()) -> float:
        """How good answers are, NaN where the function fails or is not defined.

        Args:
            targets: (M,) classes from 0 on, or (M, D) numbers: what is right.
            answers: the same of a network, or of a baseline.
            names: of the classes, which the function gets in the place of their numbers.
        """
        try:
            return self._number(targets, answers, names)
        except InputError as error:  # a trained network must not be lost for it
            _log.warning(f"test_{self.name} is left empty: {error}")
            return np.nan

    def check(self, targets: Array, names: Sequence[str] = ()) -> None:
        """Try it on answers that are all right, and on answers that are all the same.

        Raises:
            InputError: the function fails, or returns something else than one number.
        """
        for answers in (targets, np.broadcast_to(targets[0], targets.shape)):
            self._number(targets, answers, names)

    def _number(self, targets: Array, answers: Array, names: Sequence[str]) -> float:
        called = [np.array(names)[each] if names else each for each in (targets, answers)]
        try:
            found = self.function(*called)
        except Exception as error:  # of someone else's function
            raise self._refused(f"fails ({type(error).__name__}: {cause(error)})") from error
        with suppress(TypeError, ValueError):
            if np.shape(found) == ():
                return float(found)
        raise self._refused(f"returns {' '.join(brief(found).split())}")

    def _refused(self, told: str) -> InputError:
        return InputError(
            f"tasks/{self.task}.py: METRICS: {self.name!r} {told}; expected a function of the "
            "targets and the answers, two arrays, that returns a number. Correct it; "
            "docs/studies.md shows one."
        )


def own_metrics(task: str | None) -> Sequence[OwnMetric]:
    """The metrics that a task's file defines; none without a task.

    Raises:
        InputError: `METRICS` is not as `sparsernn.data.tasks` says.
    """
    if task is None or not metric_names(task):
        return ()
    return [
        OwnMetric(task, name, function)
        for name, function in plugins.load("tasks", task).METRICS.items()
    ]


def check_metrics(task: str, data: pd.DataFrame | Arrays) -> None:
    """Try the metrics of a task's file on the test set, before networks are trained.

    Raises:
        InputError: one of them can't be used.
    """
    if not (metrics := own_metrics(task)):
        return
    test = data.splits()[1] if isinstance(data, Arrays) else Strings.splits(data)[1]
    for metric in metrics:
        metric.check(wanted(test.targets, test.lengths), test.names)
