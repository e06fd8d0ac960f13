"""The names of trivial baselines. Light to import, as the workflow asks whenever it is parsed."""

from sparsernn import plugins
from sparsernn.errors import InputError

__all__ = ["GENERAL", "baseline_names"]

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
