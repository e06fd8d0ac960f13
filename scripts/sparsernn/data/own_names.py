"""The names of what a task's file brings besides the task: trivial baselines, and metrics.

Light to import, as the workflow asks whenever it is parsed.
"""

import re

from sparsernn import plugins
from sparsernn.errors import InputError

__all__ = ["GENERAL", "MEASURED", "baseline_names", "metric_names"]

GENERAL = (
    "one class",
    "same string",
    "length",
    "last letter",
    "letter counts",
    "bigrams present",
    "symbol frequencies",
    "last symbol",
    "optimum",
    "mean",
    "linear in the step",
    "linear in the length",
    "linear in the mean",
    "linear in the last step",
)
"""The baselines that tasks have anyway; see `sparsernn.analysis.task_baselines`."""
MEASURED = ("loss", "acc", "nrmse", "accuracy")
"""What is measured anyway, so that no metric of a task's file may be called so."""


def baseline_names(task: str) -> tuple[str, ...]:
    """The names of the baselines that a task's file defines, without importing it.

    Raises:
        InputError: `BASELINES` is no mapping that is written out, or has a name that is taken.

    Example:
        >>> baseline_names("even_pairs"), baseline_names("digits")
        (('first and last letter',), ())
    """
    found = plugins.keys("tasks", task, "BASELINES")
    for name in found:
        told = "is the name of a baseline that tasks have anyway" if name in GENERAL else None
        if not (0 < len(name) <= 80 and name.isprintable()):
            told = "is empty, too long or not printable"
        if told is not None:
            raise InputError(
                f"tasks/{task}.py: BASELINES: {name[:80]!r} {told}; expected another name, of 1 to "
                "80 printable characters, that says what the baseline looks at. Rename it."
            )
    return found


def metric_names(task: str | None) -> tuple[str, ...]:
    """The names of the metrics that a task's file defines, without importing it.

    Raises:
        InputError: `METRICS` is no mapping that is written out, or has a name that is taken or that
            no column of a table should have.

    Example:
        >>> metric_names("digits"), metric_names(None)
        ((), ())
    """
    found = () if task is None else plugins.keys("tasks", task, "METRICS")
    for name in found:
        if name in MEASURED or not re.fullmatch("[a-z][a-z0-9_]{0,39}", name):
            told = "is measured anyway" if name in MEASURED else "can't be the name of a column"
            raise InputError(
                f"tasks/{task}.py: METRICS: {name[:80]!r} {told}; expected another name, of 1 to "
                "40 small letters, digits and _, that starts with a letter. Rename it."
            )
    return found
