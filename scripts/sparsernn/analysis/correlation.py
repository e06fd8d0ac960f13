"""Pearson's correlation of accuracy with the properties of the graphs.

An observation is a graph: the mean over the seeds of its networks, of those with status "ok".
What cannot be computed is NaN, and a note says why.
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sparsernn.analysis.cases import CASE, NO_SPREAD, cases, counted, is_constant

__all__ = ["correlations"]

_CORRELATION = ["n", "r", "low", "high", "p_value", "p_adjusted", "note"]
_WITHIN = ["r_within", "low_within", "high_within"]


def correlations(table: pd.DataFrame, properties: Sequence[str], confidence: float) -> pd.DataFrame:
    """Pearson's correlation of every property with test accuracy.

    Args:
        table: networks with their properties, from `join`.
        properties: names of columns.
        confidence: coverage of the intervals (Fisher's z).

    Returns:
        One row a protocol, cell and property: n (graphs), r, low, high, the two-sided p_value,
        and p_adjusted over the properties of one protocol and cell (Benjamini & Hochberg 1995);
        r_within, the correlation of what is left when the mean of a graph's family is taken from
        both, with its interval, where there are several families.

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
    return pd.DataFrame(result, columns=[*CASE, "property", *_CORRELATION, *_WITHIN])


def _correlation(graphs: pd.DataFrame, name: str, confidence: float) -> dict[str, Any]:
    pairs = graphs[[name, "test_acc"]].dropna()
    row = dict.fromkeys([*_CORRELATION, *_WITHIN], math.nan) | {
        "property": name,
        "n": len(pairs),
        "note": "",
    }
    x, y = pairs[name].to_numpy(), pairs["test_acc"].to_numpy()
    if len(pairs) < 4:
        return row | {"note": f"{counted(len(pairs))}, at least 4 needed"}
    if is_constant(x) or is_constant(y):
        return row | {"note": f"{'property' if is_constant(x) else 'accuracy'} is constant"}
    test = stats.pearsonr(x, y)
    low, high = test.confidence_interval(confidence)
    row |= {"r": test.statistic, "low": low, "high": high, "p_value": test.pvalue}
    return row | _within_families(pairs, name, confidence)


def _within_families(pairs: pd.DataFrame, name: str, confidence: float) -> dict[str, float]:
    """The same within families; Fisher's interval with a graph less for each further family."""
    by_family = pairs.groupby(level=0)
    further = len(by_family) - 1
    centred = pairs - by_family.transform("mean")
    x, y = centred[name].to_numpy(), centred["test_acc"].to_numpy()
    freedom = len(pairs) - further - 3
    scale = pairs.abs().max().to_numpy()
    if further == 0 or freedom < 1 or (abs(centred).max() <= NO_SPREAD * scale).any():
        return dict.fromkeys(_WITHIN, math.nan)
    r = float(np.clip(stats.pearsonr(x, y).statistic, -1, 1))
    reach = stats.norm.ppf((1 + confidence) / 2) / math.sqrt(freedom)
    with np.errstate(divide="ignore"):  # of r = 1 or −1, the ends are r
        low, high = (float(np.tanh(np.arctanh(r) + sign * reach)) for sign in (-1, 1))
    return dict(zip(_WITHIN, (r, low, high), strict=True))
