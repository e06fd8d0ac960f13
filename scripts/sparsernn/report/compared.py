"""Differences of two arms in words: significant, too small to matter, or undecided."""

from collections.abc import Sequence

import pandas as pd

from sparsernn.report.finding import span
from sparsernn.report.words import response_name

__all__ = ["for_other_measures", "is_sure", "outcome", "outcomes", "points", "verdict"]

_LEVEL = 0.05
_SMALL = ("equivalent", "both")
_EQUAL = "equal"


def is_sure(rows: pd.DataFrame) -> pd.Series:
    """Whether each difference is significant: its test, adjusted for the others, finds it."""
    return rows["p_adjusted"] <= _LEVEL


def points(values: pd.Series) -> str:
    """The range of differences of accuracy, in points.

    Example:
        >>> points(pd.Series([0.012, -0.003]))
        '−0.3 to 1.2 points'
    """
    return span(100 * values, 1, " points")


def outcomes(rows: pd.DataFrame) -> str:
    """How many differences there are of each outcome.

    Args:
        rows: columns mean, p_adjusted and verdict (of `sparsernn.analysis.equivalence`).

    Example:
        >>> rows = pd.DataFrame({"mean": [0.02, 0.0], "p_adjusted": [0.01, 0.9]})
        >>> outcomes(rows.assign(verdict=["different", "equivalent"]))
        'significantly higher in 1, within half a point in 1 of 2 comparisons'
    """
    sure, small, higher = is_sure(rows), rows["verdict"].isin(_SMALL), rows["mean"] > 0
    equal = rows["verdict"] == _EQUAL
    counts = {
        "significantly higher": sure & ~small & higher,
        "significantly higher but within half a point": sure & small & higher,
        "significantly lower": sure & ~small & ~higher,
        "significantly lower but within half a point": sure & small & ~higher,
        "within half a point": ~sure & small,
        "equal in every pair": ~sure & equal,
        "undecided": ~sure & ~small & ~equal,
    }
    said = [f"{words} in {which.sum()}" for words, which in counts.items() if which.any()]
    return f"{', '.join(said)} of {len(rows)} comparison{'s' * (len(rows) != 1)}"


def verdict(rows: pd.DataFrame) -> str:
    """Whether the first arm is better than the other, in a word or two.

    Args:
        rows: columns mean, p_adjusted and verdict, a row for each comparison.

    Example:
        >>> rows = pd.DataFrame({"mean": [0.02, 0.0], "p_adjusted": [0.01, 0.9]})
        >>> verdict(rows.assign(verdict=["different", "equivalent"]))
        'In some cases.'
        >>> verdict(rows.assign(verdict="undecided", p_adjusted=0.9))
        'Not shown.'
        >>> verdict(rows.assign(mean=[-0.02, 0.0], verdict=["different", "equivalent"]))
        'No, worse in some cases.'
    """
    sure = is_sure(rows)
    better, worse = sure & (rows["mean"] > 0), sure & (rows["mean"] < 0)
    undecided = ~sure & ~rows["verdict"].isin([*_SMALL, _EQUAL])
    if better.any() and worse.any():
        return "Better in some cases, and worse in others."
    if better.any():
        return "Yes." if better.all() else "In some cases."
    if worse.any():
        return "No, worse." if worse.all() else "No, worse in some cases."
    return "Not shown." if undecided.any() else "No."


def for_other_measures(rows: pd.DataFrame, measures: Sequence[str]) -> str:
    """How many of the same comparisons are significant by other measures; empty if there are none.

    Args:
        rows: columns response and p_adjusted, of all measures.
        measures: names of responses.

    Example:
        >>> rows = pd.DataFrame({"response": ["test_loss"] * 2, "p_adjusted": [0.01, 0.9]})
        >>> for_other_measures(rows, ["test_loss", "error_area"])
        'By other measures, significant are: 1 of 2 (the loss).'
    """
    told = [
        f"{int(is_sure(own).sum())} of {len(own)} ({response_name(measure)})"
        for measure in measures
        if len(own := rows[(rows["response"] == measure) & rows["p_adjusted"].notna()])
    ]
    return f"By other measures, significant are: {', '.join(told)}." if told else ""


def outcome(row: dict) -> str:
    """The outcome of one comparison.

    Example:
        >>> outcome({"mean": -0.001, "p_adjusted": 0.01, "verdict": "both"})
        'lower, but within half a point'
    """
    sure, small = row["p_adjusted"] <= _LEVEL, row["verdict"] in _SMALL
    direction = "higher" if row["mean"] > 0 else "lower"
    if row["verdict"] == _EQUAL:
        return "equal in every pair"
    if small:
        return f"{direction}, but within half a point" if sure else "within half a point"
    return direction if sure else "undecided"
