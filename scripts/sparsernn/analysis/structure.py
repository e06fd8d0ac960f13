"""A hurdle model of what is learned: does a network train at all, and how well if it does.

Networks that never leave the baseline, and networks that differ by a few errors in ten thousand,
are not on one scale. So each part has its own model: logistic regression of whether a network
trains, and a linear mixed model of the log-odds of its error.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
from sklearn.linear_model import LogisticRegression

from sparsernn.analysis.cases import CASE, GRAPH, counted, is_constant, observations
from sparsernn.analysis.mixed import fit_mixed
from sparsernn.analysis.resampling import adjust_within
from sparsernn.analysis.terms import Design, columns_of, design
from sparsernn.analysis.wald import Found, term_tests, unknown, wald_tests
from sparsernn.analysis.wald import coefficients as wald_coefficients
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

    The terms vary between graphs only. So an observation is a graph, with how many of its networks
    train. These numbers are binomial, but for a dispersion that allows for graphs whose networks
    are more alike than those of different graphs (quasi-likelihood), and never below 1. Terms are
    tested by their likelihood ratio, which keeps its level with 24 graphs; Wald's test with errors
    that are robust to the dependence of a graph's starts rejects twice as often there.

    Where a combination of the terms separates the trained networks from the others, no estimate is
    finite: then estimates are shrunk (L2) and have no errors. Terms are tested as before; the
    dispersion, and with it the degrees of freedom, is that of the graphs that are not separated,
    or where these are too few, the largest that it can be.

    Args:
        table: one row a network: family, graph, status, and the columns of the terms.
        responses: columns of accuracy.
        hurdle: when a network counts as trained.
        terms: as for `sparsernn.analysis.terms.design`.

    Returns:
        Coefficients, one row a protocol, cell, response and column of the design: term, estimate
        (log-odds; for numbers, by standard deviation), std_error, low, high, p_value (t, with as
        many degrees of freedom as there are graphs beyond the parameters), note.
        Tests, one row a protocol, cell, response and term: graphs, networks, trained, freedom,
        statistic (likelihood ratio over the dispersion, given all terms but the interactions that
        contain it), p_value (F), p_adjusted (Holm, over the terms), note.

    Raises:
        InputError: a column is missing.

    References:
        McCullagh & Nelder 1989, "Generalized Linear Models", section 4.5.
    """
    coefficients, tests = [], []
    for case, networks in observations(table, responses, [*GRAPH, *columns_of(terms)]):
        passed = hurdle.passed(networks["y"].to_numpy()).astype(float)
        common = case | {"graphs": networks.groupby(GRAPH).ngroups, "networks": len(passed)}
        common["trained"] = int(passed.sum())
        x = design(networks, terms)
        if min(passed.sum(), (1 - passed).sum()) < _RARE:
            found = unknown(x, f"{common['trained']} of {len(passed)} networks pass")
        elif common["graphs"] <= x.x.shape[1] + 1:
            found = unknown(x, f"{counted(common['graphs'])} for {x.x.shape[1]} parameters")
        else:
            found = _logistic(networks, passed, x, hurdle.confidence)
        coefficients += [case | row for row in found[0]]
        tests += [common | row for row in found[1]]
    columns = [*_KEY, "graphs", "networks", "trained", *_TEST]
    table_of_tests = adjust_within(pd.DataFrame(tests, columns=columns), _KEY, "holm")
    return pd.DataFrame(coefficients, columns=[*_KEY, *_COEFFICIENT]), table_of_tests


def _logistic(networks: pd.DataFrame, passed: np.ndarray, x: Design, confidence: float) -> Found:
    groups = networks.groupby(GRAPH).ngroup().to_numpy()
    counts = np.column_stack([np.bincount(groups, passed), np.bincount(groups, 1 - passed)])
    first = np.unique(groups, return_index=True)[1]
    graphs = x.x[first]  # one row a graph
    fit = _binomial(counts, graphs)
    with np.errstate(over="ignore"):
        fitted = np.asarray(fit.fittedvalues)
    separated = np.minimum(fitted, 1 - fitted) <= _EXTREME
    dispersion, freedom = _dispersion(counts, graphs, fitted, ~separated)
    deviance = _deviance(counts, graphs)

    def ratio(term: str) -> float:
        without = x.interactions_of(term)
        more = _deviance(counts, np.delete(graphs, without, axis=1)) if without else deviance
        less = _deviance(counts, np.delete(graphs, [*without, *x.terms[term]], axis=1))
        return max(less - more, 0.0) / dispersion

    if not separated.any():
        covariance = dispersion * np.asarray(fit.cov_params())
        coefficients = wald_coefficients(x, fit.params, covariance, freedom, confidence)
        return coefficients, term_tests(x, ratio, freedom, "")
    note = "the terms separate networks that pass from others"
    shrunk = LogisticRegression(max_iter=1000).fit(x.x[:, 1:], passed)
    estimates = [*shrunk.intercept_, *shrunk.coef_[0]]
    rows = [
        {"term": name, "estimate": value, "note": f"{note}; shrunk"}
        for name, value in zip(x.names, estimates, strict=True)
    ]
    return rows, term_tests(x, ratio, freedom, note)


def _binomial(counts: np.ndarray, x: np.ndarray) -> Any:
    """Logistic regression of (successes, failures), one row a graph."""
    with warnings.catch_warnings():  # separation, which the fitted values show
        warnings.simplefilter("ignore")
        return sm.GLM(counts, x, family=sm.families.Binomial()).fit(maxiter=100)


def _deviance(counts: np.ndarray, x: np.ndarray) -> float:
    with np.errstate(over="ignore"):
        return float(_binomial(counts, x).deviance)


def _dispersion(
    counts: np.ndarray, x: np.ndarray, fitted: np.ndarray, used: np.ndarray
) -> tuple[float, int]:
    """Pearson's χ² of some graphs over its degrees of freedom, at least 1; and these.

    Where these graphs are too few, it is the largest that it can be: that of graphs whose networks
    all do the same.
    """
    freedom = int(used.sum()) - (int(np.linalg.matrix_rank(x[used])) if used.any() else 0)
    if freedom < 1:
        return float(counts.sum(axis=1).max()), len(x) - x.shape[1]
    sizes, share = counts[used].sum(axis=1), fitted[used]
    squares = (counts[used, 0] - sizes * share) ** 2 / (sizes * share * (1 - share))
    return max(float(squares.sum()) / freedom, 1.0), freedom


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
        terms but the interactions that contain it), p_value (F), p_adjusted (Holm, over the terms),
        note.
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
) -> tuple[Found, dict[str, Any]]:
    y = error_log_odds(networks["y"].to_numpy(), hurdle.strings)
    x, groups = design(networks, terms), networks.groupby(GRAPH).ngroup().to_numpy()
    count = len(np.unique(groups))
    about = {"graphs": count, "networks": len(y), "note": ""}
    freedom = count - x.x.shape[1]
    if freedom < 2 or is_constant(y):
        note = "response is constant" if len(y) and is_constant(y) and count > 1 else ""
        note = note or f"{counted(count)} that pass, for {x.x.shape[1]} parameters"
        return unknown(x, note), about | {"note": note}
    fit, variance = fit_mixed(y, x.x, groups)
    size = x.x.shape[1]
    estimates = np.asarray(fit.params)[:size]
    covariance = np.asarray(fit.cov_params())[:size, :size]
    if not np.isfinite(covariance).all() or (np.diag(covariance) <= 0).any():
        note = "the fit is singular"
        return unknown(x, note), about | variance | {"note": note}
    coefficients = wald_coefficients(x, estimates, covariance, freedom, hurdle.confidence)
    return (coefficients, wald_tests(x, estimates, covariance, freedom)), about | variance
