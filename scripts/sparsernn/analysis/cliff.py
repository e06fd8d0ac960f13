"""Where accuracy falls as more weights are removed: the half-way point and the safe share.

Both are found for each network; then their distribution over seeds is summarised.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.isotonic import isotonic_regression

from sparsernn.analysis.cases import CASE, blank, is_constant, require
from sparsernn.analysis.intervals import FEW, mean_interval, median_interval
from sparsernn.errors import InputError

__all__ = ["cliffs", "falling", "half_way", "over_seeds", "safe_share"]

_NO_LOSS = 0.02  # a network that loses no more than this in all has no cliff
_CLIFF = ["points", "dense", "half_way", "safe_share", "note"]
_SUMMARY = ["seeds", "missing", "mean", "sd", "median", "low", "high"]
_SUMMARY += ["median_low", "median_high", "note"]


def falling(accuracy: np.ndarray) -> np.ndarray:
    """The nearest curve, by least squares, that never rises with the percentage.

    So one accuracy that is lower than those after it by chance does not count as a fall.

    Example:
        >>> falling(np.array([0.95, 0.925, 0.935])).round(3).tolist()
        [0.95, 0.93, 0.93]
    """
    return np.asarray(isotonic_regression(np.asarray(accuracy, dtype=float), increasing=False))


def half_way(percent: np.ndarray, accuracy: np.ndarray) -> float:
    """The percentage at which half of what pruning costs in all is lost.

    Args:
        percent: weights removed, increasing; from none (0) to all of them (100); (points,).
        accuracy: after that, without retraining; (points,).

    Returns:
        Where the curve that never rises crosses the middle between its ends, interpolated between
        percentages; NaN if it falls by two points of accuracy or less in all.

    Example:
        >>> half_way(np.array([0, 50, 60, 100]), np.array([1.0, 0.9, 0.5, 0.5]))
        53.75
    """
    fitted = falling(accuracy)
    if fitted[0] - fitted[-1] <= _NO_LOSS:
        return math.nan
    level = (fitted[0] + fitted[-1]) / 2
    after = int(np.argmax(fitted <= level))
    (x0, x1), (y0, y1) = percent[after - 1 : after + 1], fitted[after - 1 : after + 1]
    return float(x0 + (x1 - x0) * (y0 - level) / (y0 - y1))


def safe_share(percent: np.ndarray, accuracy: np.ndarray, tolerance: float) -> float:
    """The largest percentage that costs at most a tolerance, on the curve that never rises.

    Args:
        percent: weights removed, increasing, the first of them 0; (points,).
        accuracy: after that; (points,).
        tolerance: how much less than at 0 the accuracy may be.

    Example:
        >>> safe_share(np.array([0, 10, 20, 30]), np.array([0.99, 0.985, 0.97, 0.9]), 0.01)
        10.0
    """
    lost = np.flatnonzero(accuracy[0] - falling(accuracy) > tolerance + 1e-9)  # 1e-9: rounding
    return float(percent[max(lost[0] - 1, 0)] if len(lost) else percent[-1])


def cliffs(
    table: pd.DataFrame, response: str, by: Sequence[str], tolerance: float = 0.01
) -> pd.DataFrame:
    """The half-way point and the safe share of each network.

    Args:
        table: one row a network and percentage, with columns percent and status. The percentages
            go from 0 to 100.
        response: the column of accuracy.
        by: columns that identify a network's curve besides protocol and cell, such as arm and seed.
        tolerance: what counts as no loss.

    Returns:
        One row a curve: protocol, cell, the columns of `by`, points (percentages), dense (accuracy
        at 0), half_way, safe_share, note. A curve ends before the first percentage without a value;
        then it has no half-way point.

    Raises:
        InputError: a column is missing, a percentage occurs twice, or the tolerance is negative.
    """
    if tolerance < 0:
        raise InputError(f"tolerance is {tolerance}; expected at least 0.")
    key = [*CASE, *by]
    require(table, [*key, "percent", "status", response], "the table of pruned networks")
    rows = []
    for values, curve in table.groupby(key, sort=False):
        about = dict(zip(key, values, strict=True))
        rows.append(about | _cliff(curve.sort_values("percent"), response, tolerance, about))
    return pd.DataFrame(rows, columns=[*key, *_CLIFF])


def _cliff(
    curve: pd.DataFrame, response: str, tolerance: float, about: dict[str, Any]
) -> dict[str, Any]:
    percent = curve["percent"].to_numpy(dtype=float)
    if len(np.unique(percent)) < len(percent):
        raise InputError(
            f"{about} has a percentage twice; expected one row each. Add the column in which "
            "the rows differ to `by`."
        )
    accuracy = curve[response].where(curve["status"] == "ok").to_numpy(dtype=float)
    gaps = np.flatnonzero(~np.isfinite(accuracy))
    points = int(gaps[0]) if len(gaps) else len(accuracy)
    row = blank(_CLIFF) | {"points": points}
    if points < 2 or percent[0] != 0:
        return row | {"note": "no curve that starts at 0 % and has two points"}
    row |= {"dense": accuracy[0]}
    row["safe_share"] = safe_share(percent[:points], accuracy[:points], tolerance)
    if points < len(percent) or percent[-1] != 100:
        return row | {"note": f"no accuracy beyond {percent[points - 1]:g} %"}
    row["half_way"] = half_way(percent, accuracy)
    return row | {"note": "never loses two points" if math.isnan(row["half_way"]) else ""}


def over_seeds(
    networks: pd.DataFrame, measures: Sequence[str], by: Sequence[str], confidence: float = 0.95
) -> pd.DataFrame:
    """The distribution of a measure of networks over their seeds.

    Args:
        networks: one row a network, for example from `cliffs`.
        measures: columns of numbers, for example half_way and safe_share.
        by: columns within which seeds are summarised, besides protocol and cell: such as arm.
        confidence: coverage of the intervals.

    Returns:
        One row a protocol, cell, value of `by` and measure: seeds (networks with a value), missing
        (without one), mean, sd, median, low and high (Student's t over seeds),
        median_low and median_high (two of the ordered values; see
        `sparsernn.analysis.intervals`), note.

    Raises:
        InputError: a column is missing.
    """
    key = [*CASE, *by]
    require(networks, [*key, *measures], "the table of networks")
    rows = []
    for values, group in networks.groupby(key, sort=False):
        about = dict(zip(key, values, strict=True))
        for measure in measures:
            summary = _summary(group[measure].to_numpy(dtype=float), confidence)
            rows.append(about | {"measure": measure} | summary)
    return pd.DataFrame(rows, columns=[*key, "measure", *_SUMMARY])


def _summary(values: np.ndarray, confidence: float) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    row = blank(_SUMMARY) | {"seeds": len(finite), "missing": len(values) - len(finite)}
    if not len(finite):
        return row | {"note": "no seed has a value"}
    row |= {"mean": finite.mean(), "median": float(np.median(finite))}
    row["sd"] = finite.std(ddof=1) if len(finite) > 1 else math.nan
    if len(finite) < FEW:
        return row | {"note": f"{len(finite)} of {FEW} seeds that an interval needs"}
    row["low"], row["high"] = mean_interval(finite, confidence)
    row["median_low"], row["median_high"] = median_interval(finite, confidence)
    if is_constant(finite):
        return row | {"note": "all seeds agree"}
    few = f"{len(finite)} seeds, too few for an interval of the median"
    return row | {"note": few if math.isnan(row["median_low"]) else ""}
