"""A hurdle model of what is learned: does a network train at all, and how well if it does.

Networks that never leave the baseline, and networks that differ by a few errors in ten thousand,
are not on one scale. So each part has its own model: logistic regression of whether a network
trains, and a linear mixed model of the log-odds of its error.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats
from sklearn.linear_model import LogisticRegression
from statsmodels.regression.linear_model import OLS
from statsmodels.regression.mixed_linear_model import MixedLM

from sparsernn.analysis.cases import CASE, GRAPH, counted, is_constant, observations
from sparsernn.analysis.resampling import adjust_within
from sparsernn.analysis.terms import Design, columns_of, design
from sparsernn.errors import InputError

__all__ = ["INTERACTIONS", "MAIN", "Hurdle", "error_log_odds", "how_well", "whether_trained"]

MAIN = ("family", "log_nodes", "degree", "source_nodes")
INTERACTIONS = ("family:log_nodes", "family:degree", "family:source_nodes")
_COEFFICIENT = ["term", "estimate", "std_error", "low", "high", "p_value", "note"]
_TEST = ["term", "freedom", "statistic", "p_value", "p_adjusted", "note"]
_VARIANCE = ["graphs", "networks", "graph_variance", "start_variance", "share"]
_VARIANCE += ["likelihood_ratio", "p_value", "note"]
_KEY = [*CASE, "response"]
_RARE = 5  # networks of either kind that a logistic regression needs
_EXTREME = 1e-6  # a fitted probability as near to 0 or 1 is a sign of separation


@dataclass(frozen=True)
class Hurdle:
    """When a network counts as trained, and how its error is measured.

    Attributes:
        baseline: accuracy of what needs no training, such as the larger class, or length alone.
        margin: how far above it a trained network's accuracy is.
        strings: number of test strings, of which accuracy is the share.
        confidence: coverage of the intervals.
    """

    baseline: float
    strings: int
    margin: float = 0.01
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.strings < 1:
            raise InputError(f"strings is {self.strings}; expected at least 1.")
        if not 0 <= self.baseline + self.margin < 1:
            level = self.baseline + self.margin
            raise InputError(f"baseline + margin is {level:g}; expected from 0 to less than 1.")

    def passed(self, accuracy: np.ndarray) -> np.ndarray:
        """Whether networks count as trained."""
        return accuracy > self.baseline + self.margin


def error_log_odds(accuracy: np.ndarray, strings: int) -> np.ndarray:
    """The log-odds of the error, with half a string added to both sides.

    log((m + ½) / (s − m + ½)) with m wrong ones of s strings, which is finite without errors, too.

    Args:
        accuracy: shares of the strings; means over epochs need not be whole numbers of them.
        strings: number of strings.

    References:
        Anscombe 1956; Cox 1970, "The Analysis of Binary Data".
    """
    wrong = (1 - np.asarray(accuracy)) * strings
    return np.log((wrong + 0.5) / (strings - wrong + 0.5))


def whether_trained(
    table: pd.DataFrame, responses: Sequence[str], hurdle: Hurdle, terms: Sequence[str] = MAIN
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Logistic regression of whether a network trains at all.

    Errors are robust to the dependence of a graph's starts. Where a combination of the terms
    separates the trained networks from the others, no estimate is finite: then estimates are shrunk
    (L2), have no errors, and terms are tested by their likelihood ratio.

    Args:
        table: one row a network: family, graph, status, and the columns of the terms.
        responses: columns of accuracy.
        hurdle: when a network counts as trained.
        terms: as for `sparsernn.analysis.terms.design`.

    Returns:
        Coefficients, one row a protocol, cell, response and column of the design: term, estimate
        (log-odds; for numbers, by standard deviation), std_error, low, high, p_value, note.
        Tests, one row a protocol, cell, response and term: graphs, networks, trained, freedom,
        statistic (χ², given all other terms), p_value, p_adjusted (Holm, over the terms), note.

    Raises:
        InputError: a column is missing.
    """
    coefficients, tests = [], []
    for case, networks in observations(table, responses, [*GRAPH, *columns_of(terms)]):
        passed = hurdle.passed(networks["y"].to_numpy()).astype(float)
        common = case | {"graphs": networks.groupby(GRAPH).ngroups, "networks": len(passed)}
        common["trained"] = int(passed.sum())
        x = design(networks, terms)
        if min(passed.sum(), (1 - passed).sum()) < _RARE:
            found = _nothing(x, f"{common['trained']} of {len(passed)} networks train")
        elif common["graphs"] <= x.x.shape[1] + 1:
            found = _nothing(x, f"{counted(common['graphs'])} for {x.x.shape[1]} parameters")
        else:
            found = _logistic(networks, passed, x, hurdle.confidence)
        coefficients += [case | row for row in found[0]]
        tests += [common | row for row in found[1]]
    columns = [*_KEY, "graphs", "networks", "trained", *_TEST]
    table_of_tests = adjust_within(pd.DataFrame(tests, columns=columns), _KEY, "holm")
    return pd.DataFrame(coefficients, columns=[*_KEY, *_COEFFICIENT]), table_of_tests


_Found = tuple[list[dict[str, Any]], list[dict[str, Any]]]  # coefficients, tests


def _nothing(x: Design, note: str) -> _Found:
    unknown = dict.fromkeys(x.names, math.nan)
    coefficients = [
        {"term": name, "estimate": value, "note": note} for name, value in unknown.items()
    ]
    return coefficients, [{"term": term, "note": note} for term in x.terms]


def _logistic(networks: pd.DataFrame, passed: np.ndarray, x: Design, confidence: float) -> _Found:
    groups = networks.groupby(GRAPH).ngroup().to_numpy()
    fit = _binomial(passed, x.x, groups)
    with np.errstate(over="ignore"):
        fitted = np.asarray(fit.fittedvalues)
    if min(fitted.min(), 1 - fitted.max()) > _EXTREME:
        covariance, freedom = np.asarray(fit.cov_params()), math.inf
        coefficients = _coefficients(x, fit.params, covariance, freedom, confidence)
        return coefficients, _wald(x, fit.params, covariance, freedom)
    note = "the terms separate trained networks from others"
    shrunk = LogisticRegression(max_iter=1000).fit(x.x[:, 1:], passed)
    estimates = [*shrunk.intercept_, *shrunk.coef_[0]]
    rows = [
        {"term": name, "estimate": value, "note": f"{note}; shrunk"}
        for name, value in zip(x.names, estimates, strict=True)
    ]

    def ratio(columns: list[int]) -> float:
        less = _binomial(passed, np.delete(x.x, columns, axis=1), groups)
        with np.errstate(over="ignore"):
            return max(float(less.deviance - fit.deviance), 0.0)

    return rows, _tests(x, ratio, math.inf, f"{note}; likelihood ratio, starts as independent")


def _binomial(passed: np.ndarray, x: np.ndarray, groups: np.ndarray) -> Any:
    with warnings.catch_warnings():  # separation, which the fitted values show
        warnings.simplefilter("ignore")
        model = sm.GLM(passed, x, family=sm.families.Binomial())
        return model.fit(maxiter=100, cov_type="cluster", cov_kwds={"groups": groups})


def _coefficients(
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


def _wald(
    x: Design, estimates: np.ndarray, covariance: np.ndarray, freedom: float
) -> list[dict[str, Any]]:
    def statistic(columns: list[int]) -> float:
        part = estimates[columns]
        return float(part @ np.linalg.solve(covariance[np.ix_(columns, columns)], part))

    return _tests(x, statistic, freedom, "")


def _tests(
    x: Design, statistic: Callable[[list[int]], float], freedom: float, note: str
) -> list[dict[str, Any]]:
    """A test of each term: χ², or F if there are denominator degrees of freedom."""
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


def how_well(
    table: pd.DataFrame,
    responses: Sequence[str],
    hurdle: Hurdle,
    terms: Sequence[str] = (*MAIN, *INTERACTIONS),
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """A linear mixed model of the log-odds of the error, of the networks that train.

    The terms are fixed effects and the graph is a random one, estimated by restricted maximum
    likelihood. The terms vary between graphs only, so their tests have as many denominator degrees
    of freedom as there are graphs beyond the parameters.

    Args:
        table: one row a network: family, graph, status, and the columns of the terms.
        responses: columns of accuracy.
        hurdle: which networks train, and the number of test strings.
        terms: as for `sparsernn.analysis.terms.design`. What is not estimable is left out.

    Returns:
        Coefficients, one row a protocol, cell, response and column of the design: term, estimate
        (log-odds of the error), std_error, low, high, p_value, note.
        Tests, one row a protocol, cell, response and term: freedom, statistic (Wald, given all
        other terms), p_value (F), p_adjusted (Holm, over the terms), note.
        Variances, one row a protocol, cell and response: graphs, networks, graph_variance,
        start_variance, share (of the graph), likelihood_ratio of no graph_variance (of maximum
        likelihood fits), p_value (½ χ²₀ + ½ χ²₁, as 0 is at the boundary), note.

    Raises:
        InputError: a column is missing.

    References:
        Self & Liang 1987; Stram & Lee 1994, "Variance components testing".
    """
    coefficients, tests, variances = [], [], []
    for case, networks in observations(table, responses, [*GRAPH, *columns_of(terms)]):
        fine = networks[hurdle.passed(networks["y"].to_numpy())].reset_index(drop=True)
        found, variance = _mixed(fine, terms, hurdle)
        coefficients += [case | row for row in found[0]]
        tests += [case | row for row in found[1]]
        variances.append(case | variance)
    return (
        pd.DataFrame(coefficients, columns=[*_KEY, *_COEFFICIENT]),
        adjust_within(pd.DataFrame(tests, columns=[*_KEY, *_TEST]), _KEY, "holm"),
        pd.DataFrame(variances, columns=[*_KEY, *_VARIANCE]),
    )


def _mixed(
    networks: pd.DataFrame, terms: Sequence[str], hurdle: Hurdle
) -> tuple[_Found, dict[str, Any]]:
    y = error_log_odds(networks["y"].to_numpy(), hurdle.strings)
    x, groups = design(networks, terms), networks.groupby(GRAPH).ngroup().to_numpy()
    count = len(np.unique(groups))
    about = {"graphs": count, "networks": len(y), "note": ""}
    freedom = count - x.x.shape[1]
    if freedom < 2 or is_constant(y):
        note = "response is constant" if len(y) and is_constant(y) and count > 1 else ""
        note = note or f"{counted(count)} that train, for {x.x.shape[1]} parameters"
        return _nothing(x, note), about | {"note": note}
    fit, variance = _fit(y, x.x, groups)
    size = x.x.shape[1]
    estimates = np.asarray(fit.params)[:size]
    covariance = np.asarray(fit.cov_params())[:size, :size]
    if not np.isfinite(covariance).all() or (np.diag(covariance) <= 0).any():
        note = "the fit is singular"
        return _nothing(x, note), about | variance | {"note": note}
    coefficients = _coefficients(x, estimates, covariance, freedom, hurdle.confidence)
    return (coefficients, _wald(x, estimates, covariance, freedom)), about | variance


def _fit(y: np.ndarray, x: np.ndarray, groups: np.ndarray) -> tuple[Any, dict[str, Any]]:
    """The mixed model, or least squares where graphs do not differ, and the variances."""
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
