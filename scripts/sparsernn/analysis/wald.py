"""Coefficients of a linear model with their intervals, and tests of its terms."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import stats

from sparsernn.analysis.terms import Design

__all__ = ["Found", "coefficients", "term_tests", "unknown", "wald_tests"]

Found = tuple[list[dict[str, Any]], list[dict[str, Any]]]  # rows of coefficients, rows of tests


def unknown(x: Design, note: str) -> Found:
    """Rows of coefficients and of tests that only say why there are none."""
    rows: list[dict[str, Any]] = [{"term": name, "note": note} for name in x.names]
    return rows, [{"term": term, "note": note} for term in x.terms]


def coefficients(
    x: Design, estimates: np.ndarray, covariance: np.ndarray, freedom: float, confidence: float
) -> list[dict[str, Any]]:
    """Wald's tests and intervals; normal if the degrees of freedom are infinite."""
    rows, reach = [], stats.t.ppf((1 + confidence) / 2, freedom)
    for i, name in enumerate(x.names):
        value, error = float(estimates[i]), math.sqrt(covariance[i, i])
        row = {"term": name, "estimate": value, "std_error": error, "note": ""}
        row |= {"low": value - reach * error, "high": value + reach * error}
        rows.append(row | {"p_value": float(2 * stats.t.sf(abs(value) / error, freedom))})
    return rows


def wald_tests(
    x: Design, estimates: np.ndarray, covariance: np.ndarray, freedom: float
) -> list[dict[str, Any]]:
    """Wald's test of each term, given all others."""

    def statistic(columns: list[int]) -> float:
        part = estimates[columns]
        return float(part @ np.linalg.pinv(covariance[np.ix_(columns, columns)]) @ part)

    return term_tests(x, statistic, freedom, "")


def term_tests(
    x: Design, statistic: Callable[[list[int]], float], freedom: float, note: str
) -> list[dict[str, Any]]:
    """A test of each term.

    Args:
        x: the design.
        statistic: χ² of the term with these columns.
        freedom: denominator degrees of freedom of F; χ² if infinite.
        note: for all terms that have columns.
    """
    rows = []
    for term, columns in x.terms.items():
        row: dict[str, Any] = {"term": term, "freedom": len(columns), "note": note}
        if not columns:
            rows.append(row | {"note": "does not vary beyond the terms before it"})
            continue
        value = statistic(columns)
        p_value = stats.chi2.sf(value, len(columns))
        if math.isfinite(freedom):
            p_value = stats.f.sf(value / len(columns), len(columns), freedom)
        rows.append(row | {"statistic": value, "p_value": float(p_value)})
    return rows
