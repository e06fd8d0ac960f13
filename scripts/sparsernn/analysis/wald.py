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
    """Wald's test of each term, given all others but the interactions that contain it.

    A main effect says little in a model with its interactions (Nelder's marginality; "type II").
    Estimates without the columns C follow from those with them: b − V[:, C] V[C, C]⁻¹ b[C].
    """

    def statistic(term: str) -> float:
        columns, without = x.terms[term], x.interactions_of(term)
        inverse = np.linalg.pinv(covariance[np.ix_(without, without)])
        weights = covariance[np.ix_(columns, without)] @ inverse
        part = estimates[columns] - weights @ estimates[without]
        spread = (
            covariance[np.ix_(columns, columns)] - weights @ covariance[np.ix_(without, columns)]
        )
        return float(part @ np.linalg.pinv(spread) @ part)

    return term_tests(x, statistic, freedom, "")


def term_tests(
    x: Design, statistic: Callable[[str], float], freedom: float, note: str
) -> list[dict[str, Any]]:
    """A test of each term.

    Args:
        x: the design.
        statistic: χ² of a term.
        freedom: denominator degrees of freedom of F; χ² if infinite.
        note: for all terms that have columns.
    """
    rows = []
    for term, columns in x.terms.items():
        row: dict[str, Any] = {"term": term, "freedom": len(columns), "note": note}
        if not columns:
            rows.append(row | {"note": "does not vary beyond the terms before it"})
            continue
        value = statistic(term)
        p_value = stats.chi2.sf(value, len(columns))
        if math.isfinite(freedom):
            p_value = stats.f.sf(value / len(columns), len(columns), freedom)
        rows.append(row | {"statistic": value, "p_value": float(p_value)})
    return rows
