"""Where accuracy falls as more weights are removed: the half-way point and the safe share.

Both are found for each network; then their distribution over seeds is summarised.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sparsernn.analysis.cases import CASE, blank, is_constant, require
from sparsernn.analysis.resampling import FEW_CLUSTERS, Resampling
from sparsernn.errors import InputError

__all__ = ["cliffs", "half_way", "over_seeds", "safe_share"]

_CLIFF = ["points", "dense", "half_way", "safe_share", "note"]
_SUMMARY = ["seeds", "missing", "mean", "sd", "median", "low", "high"]
_SUMMARY += ["median_low", "median_high", "note"]


def half_way(percent: np.ndarray, accuracy: np.ndarray, floor: float) -> float:
    """The percentage at which half of what there is to lose is first lost.

    Args:
        percent: weights removed, increasing, the first of them 0; (points,).
        accuracy: after that, without retraining; (points,).
        floor: accuracy of a network that knows nothing.

    Returns:
        Where the line through the points first crosses (accuracy at 0 + floor) / 2; NaN if it never
        does, or if the accuracy at 0 is not above the floor.

    Example:
        >>> half_way(np.array([0, 50, 60]), np.array([1.0, 0.9, 0.5]), floor=0.5)
        53.75
    """
    level = (accuracy[0] + floor) / 2
    below = np.flatnonzero(accuracy <= level)
    if accuracy[0] <= floor or not len(below):
        return math.nan
    after = below[0]
    (x0, x1), (y0, y1) = percent[after - 1 : after + 1], accuracy[after - 1 : after + 1]
    return float(x0 + (y0 - level) / (y0 - y1) * (x1 - x0))


def safe_share(percent: np.ndarray, accuracy: np.ndarray, tolerance: float) -> float:
    """The largest percentage up to which every smaller one costs at most a tolerance.

    Args:
        percent: weights removed, increasing, the first of them 0; (points,).
        accuracy: after that; (points,).
        tolerance: how much less than at 0 the accuracy may be.

    Example:
        >>> safe_share(np.array([0, 10, 20, 30]), np.array([0.99, 0.98, 0.97, 0.99]), 0.01)
        10.0
    """
    lost = np.flatnonzero(accuracy[0] - accuracy > tolerance + 1e-9)  # 1e-9: rounding
    return float(percent[lost[0] - 1] if len(lost) else percent[-1])


def cliffs(
    table: pd.DataFrame, response: str, by: Sequence[str], *, floor: float, tolerance: float = 0.01
) -> pd.DataFrame:
    """The half-way point and the safe share of each network.

    Args:
        table: one row a network and percentage, with columns percent and status. The percentages
            include 0.
        response: the column of accuracy.
        by: columns that identify a network's curve besides protocol and cell, such as arm and seed.
        floor: accuracy of a network that knows nothing, such as the share of the larger class.
        tolerance: what counts as no loss.

    Returns:
        One row a curve: protocol, cell, the columns of `by`, points (percentages), dense (accuracy
        at 0), half_way, safe_share, note. A curve ends before the first percentage without a value.

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
        rows.append(about | _cliff(curve.sort_values("percent"), response, floor, tolerance, about))
    return pd.DataFrame(rows, columns=[*key, *_CLIFF])


def _cliff(
    curve: pd.DataFrame, response: str, floor: float, tolerance: float, about: dict[str, Any]
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
    percent, accuracy = percent[:points], accuracy[:points]
    row |= {"dense": accuracy[0], "half_way": half_way(percent, accuracy, floor)}
    row["safe_share"] = safe_share(percent, accuracy, tolerance)
    notes = [f"no accuracy from {curve['percent'].iloc[points]:g} % on"] if len(gaps) else []
    if math.isnan(row["half_way"]):
        untrained = accuracy[0] <= floor
        notes.append("accuracy at 0 % is not above the floor" if untrained else "never half lost")
    return row | {"note": "; ".join(notes)}


def over_seeds(
    networks: pd.DataFrame, measures: Sequence[str], by: Sequence[str], resampling: Resampling
) -> pd.DataFrame:
    """The distribution of a measure of networks over their seeds.

    Args:
        networks: one row a network, for example from `cliffs`.
        measures: columns of numbers, for example half_way and safe_share.
        by: columns within which seeds are summarised, besides protocol and cell: such as arm.
        resampling: of seeds.

    Returns:
        One row a protocol, cell, value of `by` and measure: seeds (networks with a value), missing
        (without one), mean, sd, median, low and high (bootstrap over seeds, of the mean),
        median_low and median_high (of the median), note.

    Raises:
        InputError: a column is missing.
    """
    key = [*CASE, *by]
    require(networks, [*key, *measures], "the table of networks")
    rows = []
    for values, group in networks.groupby(key, sort=False):
        about = dict(zip(key, values, strict=True))
        for measure in measures:
            summary = _summary(group[measure].to_numpy(dtype=float), resampling)
            rows.append(about | {"measure": measure} | summary)
    return pd.DataFrame(rows, columns=[*key, "measure", *_SUMMARY])


def _summary(values: np.ndarray, resampling: Resampling) -> dict[str, Any]:
    finite = values[np.isfinite(values)]
    row = blank(_SUMMARY) | {"seeds": len(finite), "missing": len(values) - len(finite)}
    if not len(finite):
        return row | {"note": "no seed has a value"}
    row |= {"mean": finite.mean(), "median": float(np.median(finite))}
    row["sd"] = finite.std(ddof=1) if len(finite) > 1 else math.nan
    if len(finite) < FEW_CLUSTERS:
        return row | {"note": f"{len(finite)} of {FEW_CLUSTERS} seeds that an interval needs"}
    size = (resampling.resamples, len(finite))
    drawn = finite[resampling.generator.integers(len(finite), size=size)]
    row["low"], row["high"] = resampling.interval(drawn.mean(axis=1))
    row["median_low"], row["median_high"] = resampling.interval(np.median(drawn, axis=1))
    return row | {"note": "all seeds agree" if is_constant(finite) else ""}
