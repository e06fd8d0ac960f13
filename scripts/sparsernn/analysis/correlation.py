"""Pearson's correlation of accuracy with the properties of the graphs.

An observation is a graph: the mean over the seeds of its networks, of those with status "ok".
What cannot be computed is NaN, and a note says why.
"""

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd
from scipy import stats

from sparsernn.analysis.cases import CASE, cases, counted, is_constant

__all__ = ["correlations"]

_CORRELATION = ["n", "r", "low", "high", "p_value", "p_adjusted", "note"]


def correlations(table: pd.DataFrame, properties: Sequence[str], confidence: float) -> pd.DataFrame:
    """Pearson's correlation of every property with test accuracy.

    Args:
        table: networks with their properties, from `join`.
        properties: names of columns.
        confidence: coverage of the intervals (Fisher's z).

    Returns:
        One row a protocol, cell and property: n (graphs), r, low, high, the two-sided p_value,
        and p_adjusted over the properties of one protocol and cell (Benjamini & Hochberg 1995).

    Raises:
        InputError: a column is missing.
    """
    result = []
    for case, graphs in cases(table, properties):
        rows = [_correlation(graphs, name, confidence) for name in properties]
        tested = [row for row in rows if math.isfinite(row["p_value"])]
        if tested:
            adjusted = stats.false_discovery_control([row["p_value"] for row in tested])
            for row, value in zip(tested, adjusted, strict=True):
                row["p_adjusted"] = float(value)
        result += [case | row for row in rows]
    return pd.DataFrame(result, columns=[*CASE, "property", *_CORRELATION])


def _correlation(graphs: pd.DataFrame, name: str, confidence: float) -> dict[str, Any]:
    pairs = graphs[[name, "test_acc"]].dropna()
    row = dict.fromkeys(_CORRELATION, math.nan) | {"property": name, "n": len(pairs), "note": ""}
    x, y = pairs[name].to_numpy(), pairs["test_acc"].to_numpy()
    if len(pairs) < 4:
        return row | {"note": f"{counted(len(pairs))}, at least 4 needed"}
    if is_constant(x) or is_constant(y):
        return row | {"note": f"{'property' if is_constant(x) else 'accuracy'} is constant"}
    test = stats.pearsonr(x, y)
    low, high = test.confidence_interval(confidence)
    row |= {"r": test.statistic, "low": low, "high": high, "p_value": test.pvalue}
    return row
