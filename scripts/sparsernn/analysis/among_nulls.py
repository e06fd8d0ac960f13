"""The place of one graph among its null models: what a study of a single graph can test.

Under the null hypothesis a graph is one more draw of its null model, so that each of the N + 1
graphs might as well be the one that is farthest from the others. Hence

    p = (1 + number of null graphs at least as far from the mean as the graph) / (1 + N),

where the mean is that of all N + 1 graphs, so that no graph is treated differently. It is exact for
any distribution of the response, and never below 1 / (1 + N): with few null graphs nothing can be
found, however large an effect is. So the numbers of null graphs that a claim needs stand beside it.
Several cells on the same graphs make many comparisons, of which each alone needs more null graphs.
So the mean over all cells is compared besides, and adjusted by itself.

References:
    B. Phipson and G. K. Smyth, Permutation p-values should never be zero, Statistical Applications
    in Genetics and Molecular Biology 9, 2010; Y. Benjamini and Y. Hochberg, Controlling the false
    discovery rate, Journal of the Royal Statistical Society B 57, 1995.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sparsernn.analysis.cases import CASE, blank, is_constant, observations
from sparsernn.analysis.resampling import adjust_within
from sparsernn.errors import InputError

__all__ = ["ALL_CELLS", "Level", "among_nulls", "place_p", "powered"]

_KEY = ["original", "graph", *CASE, "response", "null"]
_RESULT = ["nulls", "starts", "value", "mean", "sd", "difference", "low", "high", "sds"]
_RESULT += ["p_value", "p_adjusted", "tests", "together", "alone", "for_power", "note"]
_FAMILY = ["protocol", "response", "pooled"]
_ONE_START = "one start: the interval allows for as much luck as the nulls differ by"
ALL_CELLS = "all_cells"
"""In the place of a cell: the mean over all cells of a graph's networks of one start."""

_LEAST = 3  # null graphs: of fewer there is no spread to speak of
_MOST = 1000  # null graphs at least as far as the graph, up to which a number for power is sought


@dataclass(frozen=True)
class Level:
    """How sure a claim has to be.

    Attributes:
        alpha: the largest adjusted p at which a graph differs from its null model.
        power: the probability with which a difference as large as the one observed is to be found.
        confidence: coverage of the intervals.
    """

    alpha: float = 0.05
    power: float = 0.8
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not 0 < value < 1:
                raise InputError(f"{name} is {value}; expected between 0 and 1.")


def among_nulls(
    table: pd.DataFrame, responses: Sequence[str], level: Level | None = None
) -> pd.DataFrame:
    """Each graph's place among the graphs of each of its null models.

    A graph's value is the mean over its starts, and so is that of a null graph. Of several cells
    there is also the mean, where all of them trained, as of a cell `ALL_CELLS`.

    Args:
        table: one row a network: protocol, cell, original (family), graph, null (NaN where the
            graph is no null model), copy, seed, status and the responses.
        responses: names of columns.
        level: how sure a claim has to be.

    Returns:
        One row a graph, protocol, cell, response and null model: nulls (their number), starts (of
        the graph), value (of the graph), mean and sd of the nulls, difference (value minus mean)
        with its interval low to high, sds (difference in sd), p_value, p_adjusted (Benjamini and
        Hochberg, over all tests of a protocol and response, those of all cells together by
        themselves), tests (their number), and what would
        be needed for p_adjusted to reach alpha: together, how many tests have to be at the least
        possible p with as many nulls as there are; alone, how many nulls if no other test agrees;
        for_power, how many nulls if none agrees and the true difference in sd is the one observed,
        for the probability `power`, NaN where no number is enough; note.

        The interval has two parts: the graph's own luck, from the spread between the starts of all
        graphs, and that of the mean of the nulls. With one start the first is not known. Then it is
        taken as the whole spread of the nulls, the most that it can be, which the note says.

    Raises:
        InputError: a column is missing.
    """
    level, rows = level or Level(), []
    arms = table.assign(null=table["null"].fillna(""), copy=table["copy"].fillna(-1))
    arms = _with_all_cells(arms, responses)
    for case, networks in observations(arms, responses, ["original", "graph", "null", "seed"]):
        for graph, of_graph in networks.groupby(["original", "graph"], sort=False):
            about = dict(zip(["original", "graph"], graph, strict=True)) | case
            own = of_graph.loc[of_graph["null"] == "", "y"].to_numpy()
            for null, copies in of_graph[of_graph["null"] != ""].groupby("null", sort=False):
                found = _placed(own, copies.groupby("copy")["y"], level)
                rows.append(about | {"null": null} | found)
    result = pd.DataFrame(rows, columns=[*_KEY, *_RESULT])
    result["pooled"] = result["cell"] == ALL_CELLS
    result = adjust_within(result, _FAMILY, "fdr_bh")
    return _with_needs(result, level)[[*_KEY, *_RESULT]]


def _with_all_cells(table: pd.DataFrame, responses: Sequence[str]) -> pd.DataFrame:
    """Add the mean over all cells, if there are several, of each graph and start."""
    cells = table["cell"].nunique()
    if cells < 2:
        return table
    key = ["protocol", "original", "graph", "null", "copy", "seed"]
    fine = table[table["status"] == "ok"].groupby(key, sort=False)[list(responses)]
    means = fine.sum(min_count=cells) / cells  # none where a cell is missing
    together = means.reset_index().assign(cell=ALL_CELLS, status="ok")
    return pd.concat([table, together], ignore_index=True)


def _placed(own: np.ndarray, copies: Any, level: Level) -> dict[str, Any]:
    """A graph's starts against the starts of each null graph."""
    nulls = copies.mean().to_numpy()
    row = blank(_RESULT) | {"nulls": len(nulls), "starts": len(own)}
    if not len(own) or len(nulls) < _LEAST:
        few = f"{len(nulls)} of {_LEAST} null graphs that a test needs"
        return row | {"note": few if len(own) else "no network on the graph itself"}
    value, mean, sd = own.mean(), nulls.mean(), nulls.std(ddof=1)
    row |= {"value": value, "mean": mean, "sd": sd, "difference": value - mean}
    row |= {"p_value": place_p(value, nulls)}
    if is_constant(nulls):
        return row | {"note": "all null graphs are alike"}
    within = _start_variance(own, copies)
    luck = sd**2 if math.isnan(within) else within / len(own)
    reach = stats.t.isf((1 - level.confidence) / 2, len(nulls) - 1)
    reach *= math.sqrt(luck + sd**2 / len(nulls))
    row |= {"low": value - mean - reach, "high": value - mean + reach, "sds": (value - mean) / sd}
    return row | {"note": _ONE_START if math.isnan(within) else ""}


def _start_variance(own: np.ndarray, copies: Any) -> float:
    """The variance between the starts of one graph, pooled over all; NaN if each has one."""
    variances = np.array([np.var(own, ddof=1) if len(own) > 1 else math.nan, *copies.var()])
    freedom = np.array([len(own), *copies.size()]) - 1
    return (
        float(variances[freedom > 0] @ freedom[freedom > 0] / freedom.sum())
        if freedom.any()
        else math.nan
    )


def place_p(value: float, nulls: np.ndarray) -> float:
    """Two-sided p that a value is one more draw of the nulls.

    Args:
        value: of the graph.
        nulls: of each null graph.

    Example:
        >>> place_p(9.0, np.arange(4.0)), place_p(1.4, np.arange(4.0))
        (0.2, 1.0)
    """
    every = np.array([value, *nulls])
    distance = np.abs(every - every.mean())
    rounding = 1e-9 * np.abs(every).max()  # values that are equal but for rounding are equal
    return float((distance >= distance[0] - rounding).mean())


def _with_needs(table: pd.DataFrame, level: Level) -> pd.DataFrame:
    """Add how many tests, or null graphs, it takes until an adjusted p can reach alpha."""
    family = table.groupby(_FAMILY)["p_value"]
    tests = family.transform("count")
    least = 1 / (1 + table["nulls"].astype(float))
    alone = tests.map(lambda count: _nulls_for(1, level.alpha / count) if count else math.nan)
    powered_by = [
        powered(sds, level.alpha / count, level.power) if count else math.nan
        for sds, count in zip(table["sds"].astype(float), tests, strict=True)
    ]
    together = np.ceil(tests * least / level.alpha - 1e-9)
    return table.assign(tests=tests, together=together, alone=alone, for_power=powered_by)


def _nulls_for(farther: int, alpha: float) -> int:
    """The fewest nulls of which so many (with the graph itself) may be as far, if p ≤ alpha."""
    return math.ceil(farther / alpha - 1e-9) - 1


def powered(sds: float, alpha: float, power: float) -> float:
    """The number of null graphs with which a test finds a difference with some probability.

    The nulls are taken as normal, and the difference as known: a null graph is at least as far with
    probability q = 2 Φ(−|sds|). Where q is alpha or more, no number is enough.

    Args:
        sds: the difference, in standard deviations of the nulls.
        alpha: the p to be reached.
        power: the probability.

    Returns:
        The number; NaN if none is enough, or too many.

    Example:
        >>> powered(4.0, 0.05, 0.8), powered(2.2, 0.05, 0.8), powered(1.5, 0.05, 0.8)
        (19.0, 79.0, nan)
    """
    farther = np.arange(_MOST)
    counts = np.array([_nulls_for(number + 1, alpha) for number in range(_MOST)])
    reached = stats.binom.cdf(farther, counts, 2 * stats.norm.sf(abs(sds))) >= power
    return float(counts[reached.argmax()]) if reached.any() else math.nan
