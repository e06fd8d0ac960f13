"""Differences of two arms in words: significant, too small to matter, or undecided."""

import pandas as pd

from sparsernn.report.finding import span

__all__ = ["is_sure", "outcome", "outcomes", "points", "verdict"]

_LEVEL = 0.05
_SMALL = ("equivalent", "both")


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
    counts = {
        "significantly higher": sure & ~small & higher,
        "significantly higher but within half a point": sure & small & higher,
        "significantly lower": sure & ~small & ~higher,
        "significantly lower but within half a point": sure & small & ~higher,
        "within half a point": ~sure & small,
        "undecided": ~sure & ~small,
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
        >>> verdict(rows.assign(verdict=["both", "undecided"]))
        'In some cases, by less than half a point.'
    """
    small = rows["verdict"].isin(_SMALL)
    better = is_sure(rows) & (rows["mean"] > 0)
    if better.any():
        how_much = ", by less than half a point" if small[better].all() else ""
        return f"{'Yes' if better.all() else 'In some cases'}{how_much}."
    undecided = ~is_sure(rows) & ~small
    return "Not shown." if undecided.any() else "No."


def outcome(row: dict) -> str:
    """The outcome of one comparison.

    Example:
        >>> outcome({"mean": -0.001, "p_adjusted": 0.01, "verdict": "both"})
        'lower, but within half a point'
    """
    sure, small = row["p_adjusted"] <= _LEVEL, row["verdict"] in _SMALL
    direction = "higher" if row["mean"] > 0 else "lower"
    if small:
        return f"{direction}, but within half a point" if sure else "within half a point"
    return direction if sure else "undecided"
