"""Ordinary least squares of accuracy on properties of the graphs, with diagnostics."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import OLSInfluence
from statsmodels.stats.stattools import durbin_watson, jarque_bera

from sparsernn.analysis.cases import CASE, cases, counted, is_constant

__all__ = ["ols"]

_COEFFICIENT = ["estimate", "std_error", "low", "high", "p_value", "vif"]
_DIAGNOSTICS = ["r2", "r2_adjusted", "f_pvalue", "aic", "bic", "condition_number"]
_DIAGNOSTICS += ["breusch_pagan_p", "jarque_bera_p", "durbin_watson", "reset_p"]
_DIAGNOSTICS += ["max_cooks_distance"]
_NO_VOLUME = 1e-8  # below this ratio of singular values, features count as collinear


def ols(
    table: pd.DataFrame, features: Sequence[str], confidence: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Ordinary least squares of test accuracy on properties, with HC3 robust errors.

    Args:
        table: networks with their properties, from `join`.
        features: properties to explain accuracy by, in their own units.
        confidence: coverage of the intervals (Student's t).

    Returns:
        Coefficients, one row a protocol, cell and term ("const" is the intercept): estimate,
        std_error, low, high, p_value, and the variance inflation factor vif.
        Diagnostics, one row a protocol and cell. f_pvalue is of the robust (HC3) Wald F test that
        all slopes are 0. condition_number is of the design with columns of unit length (Belsley,
        Kuh & Welsch 1980), so units don't matter. breusch_pagan_p is of Koenker's studentised
        version. durbin_watson takes the graphs by family and number. reset_p is of Ramsey's test
        with squares and cubes of the fitted values.

    Raises:
        InputError: a column is missing.
    """
    terms = ["const", *features]
    coefficients, diagnostics = [], []
    for case, graphs in cases(table, features):
        graphs = graphs.dropna()
        x, y = graphs[list(features)].to_numpy(), graphs["test_acc"].to_numpy()
        design = np.column_stack([np.ones(len(y)), x])
        note = _flaw(design, y, features)
        estimates = np.full((len(terms), len(_COEFFICIENT)), np.nan)
        numbers = dict.fromkeys(_DIAGNOSTICS, math.nan)
        if not note:
            # Residuals that are too regular to test give 0 / 0 in a diagnostic, so NaN.
            with np.errstate(divide="ignore", invalid="ignore"):
                fit = OLS(y, design).fit(cov_type="HC3", use_t=True)
                estimates, numbers = _estimates(fit, x, confidence), _diagnostics(fit)
        for term, values in zip(terms, estimates, strict=True):
            row = dict(zip(_COEFFICIENT, values, strict=True))
            coefficients.append(case | {"term": term} | row | {"note": note})
        diagnostics.append(case | {"n": len(y)} | numbers | {"note": note})
    return (
        pd.DataFrame(coefficients, columns=[*CASE, "term", *_COEFFICIENT, "note"]),
        pd.DataFrame(diagnostics, columns=[*CASE, "n", *_DIAGNOSTICS, "note"]),
    )


def _flaw(design: np.ndarray, y: np.ndarray, features: Sequence[str]) -> str:
    """Why no regression is possible; empty if one is."""
    count, terms = design.shape
    if count < terms + 1:
        return f"{counted(count)}, at least {terms + 1} needed for {terms} terms"
    if is_constant(y):
        return "accuracy is constant"
    still = [name for name, x in zip(features, design.T[1:], strict=True) if is_constant(x)]
    if still:
        return f"constant: {', '.join(still)}"
    if not _full_rank(design):
        return "collinear features"
    basis, _ = np.linalg.qr(_standardised(design))
    if ((basis**2).sum(axis=1) > 1 - _NO_VOLUME).any():
        return "one graph alone decides a coefficient (leverage 1)"
    if is_constant(1 + (y - basis @ (basis.T @ y)) / np.ptp(y)):
        return "the fit is exact, so no errors"
    return ""


def _estimates(fit: Any, x: np.ndarray, confidence: float) -> np.ndarray:
    """Rows as the terms, columns as `_COEFFICIENT`."""
    inverse = np.linalg.inv(np.atleast_2d(np.corrcoef(x, rowvar=False)))
    inflation = [np.nan, *np.diag(inverse)]
    interval = fit.conf_int(1 - confidence)
    return np.column_stack([fit.params, fit.bse, interval, fit.pvalues, inflation])


def _diagnostics(fit: Any) -> dict[str, float]:
    design = fit.model.exog
    return {
        "r2": fit.rsquared,
        "r2_adjusted": fit.rsquared_adj,
        "f_pvalue": float(fit.f_pvalue),
        "aic": fit.aic,
        "bic": fit.bic,
        "condition_number": float(np.linalg.cond(design / np.linalg.norm(design, axis=0))),
        "breusch_pagan_p": het_breuschpagan(fit.resid, design)[1],
        "jarque_bera_p": float(jarque_bera(fit.resid)[1]),
        "durbin_watson": float(durbin_watson(fit.resid)),
        "reset_p": _reset(fit),
        "max_cooks_distance": float(OLSInfluence(fit).cooks_distance[0].max()),
    }


def _reset(fit: Any) -> float:
    """Ramsey's RESET; NaN where the powers add nothing new or leave no residuals."""
    # Powers of standardised values span the same space, and are better conditioned.
    z = stats.zscore(fit.fittedvalues)
    wide = np.column_stack([fit.model.exog, z**2, z**3])
    if len(z) <= wide.shape[1] or not _full_rank(wide):
        return math.nan
    plain = OLS(fit.model.endog, fit.model.exog).fit()
    return float(OLS(fit.model.endog, wide).fit().compare_f_test(plain)[1])


def _standardised(design: np.ndarray) -> np.ndarray:
    """The design, its columns scaled to mean 0 and variance 1, except the first (ones)."""
    return np.column_stack([design[:, :1], stats.zscore(design[:, 1:])])


def _full_rank(design: np.ndarray) -> bool:
    if any(is_constant(x) for x in design.T[1:]):
        return False
    sizes = np.linalg.svd(_standardised(design), compute_uv=False)
    return bool(sizes[-1] > _NO_VOLUME * sizes[0])
