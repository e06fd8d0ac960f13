"""A linear mixed model with a random intercept for each graph."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.regression.mixed_linear_model import MixedLM

__all__ = ["fit_mixed"]


def fit_mixed(y: np.ndarray, x: np.ndarray, groups: np.ndarray) -> tuple[Any, dict[str, Any]]:
    """Fit a mixed model by restricted maximum likelihood, and test the variance of graphs.

    Args:
        y: response, (rows,).
        x: fixed effects, (rows, columns), of full rank.
        groups: number of the graph of each row.

    Returns:
        The fit (of statsmodels): least squares where graphs do not differ, or have one row each.
        What is known of graph_variance, start_variance, share (of the graph), likelihood_ratio of
        no graph variance (of maximum likelihood fits), its p_value (½ χ²₀ + ½ χ²₁), and a note.

    References:
        Self & Liang 1987; Stram & Lee 1994, "Variance components testing".
    """
    plain = OLS(y, x).fit()
    if len(np.unique(groups)) == len(y):
        return plain, {"note": "one network a graph, so graph and start cannot be separated"}
    start = float(plain.mse_resid)
    row = {"graph_variance": 0.0, "start_variance": start, "share": 0.0}
    row |= {"likelihood_ratio": 0.0, "p_value": 1.0}
    slope, slope_restricted = _slopes_at_zero(plain, x, groups)
    if slope_restricted <= 0:
        return plain, row | {"note": "no variance between graphs; least squares"}
    try:
        if slope > 0:
            full = _mixed_fit(y, x, groups, reml=False)
            ratio = max(2 * float(full.llf - plain.llf), 0.0)
            row |= {"likelihood_ratio": ratio, "p_value": float(0.5 * stats.chi2.sf(ratio, 1))}
        restricted = _mixed_fit(y, x, groups, reml=True)
    except np.linalg.LinAlgError:
        return plain, {"note": "the mixed model has no fit; least squares instead"}
    graph, start = float(np.asarray(restricted.cov_re)[0, 0]), float(restricted.scale)
    row |= {"graph_variance": graph, "start_variance": start, "share": graph / (graph + start)}
    return restricted, row | {"note": ""}


def _mixed_fit(y: np.ndarray, x: np.ndarray, groups: np.ndarray, *, reml: bool) -> Any:
    with warnings.catch_warnings():  # near the boundary, which the variance shows
        warnings.simplefilter("ignore")
        return MixedLM(y, x, groups).fit(reml=reml)


def _slopes_at_zero(plain: Any, x: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Signs of the slopes of the likelihood, and of the restricted one, at no graph variance.

    Where it does not rise from there, 0 is the estimate; an optimiser takes long to find that.
    """
    members = pd.get_dummies(groups).to_numpy(dtype=float)
    sums = ((members.T @ plain.resid) ** 2).sum()
    basis, _ = np.linalg.qr(x)
    count = len(groups)
    trace = count - ((members.T @ basis) ** 2).sum()
    return float(sums / (plain.ssr / count) - count), float(sums / plain.mse_resid - trace)
