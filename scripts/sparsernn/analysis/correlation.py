"""How accuracy goes with the properties of the graphs: correlation and regression.

One observation is one graph: only networks with status "ok" count, averaged over their seeds.
What cannot be computed is NaN, and a note says why.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.regression.linear_model import OLS
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import OLSInfluence
from statsmodels.stats.stattools import durbin_watson, jarque_bera

from sparsernn.errors import InputError

__all__ = ["CASE", "cases", "correlations", "counted", "is_constant", "join", "ols"]

_GRAPH = ["family", "graph"]
CASE = ["protocol", "cell"]
_CORRELATION = ["n", "r", "low", "high", "p_value", "p_adjusted", "note"]
_COEFFICIENT = ["estimate", "std_error", "low", "high", "p_value", "vif"]
_DIAGNOSTICS = ["r2", "r2_adjusted", "f_pvalue", "aic", "bic", "condition_number"]
_DIAGNOSTICS += ["breusch_pagan_p", "jarque_bera_p", "durbin_watson", "reset_p"]
_DIAGNOSTICS += ["max_cooks_distance"]
_NO_SPREAD = 1e-9  # spread, relative to the values' size, below which they count as constant
_NO_VOLUME = 1e-8  # ratio of singular values below which features count as collinear


def join(networks: pd.DataFrame, properties: pd.DataFrame) -> pd.DataFrame:
    """Put the properties of its graph beside every network.

    Args:
        networks: columns family, graph and any others.
        properties: columns family, graph and the properties; one row a graph.

    Returns:
        One row a network, in the order of `networks`.

    Raises:
        InputError: a column is missing, a graph has two rows of properties, or a network's graph
            has none.
    """
    for name, table in {"networks": networks, "properties": properties}.items():
        _require(table, _GRAPH, f"the table of {name}")
    graphs = pd.MultiIndex.from_frame(properties[_GRAPH])
    if not graphs.is_unique:
        twice = _listed(graphs[graphs.duplicated()])
        raise InputError(f"properties of {twice}: expected one row a graph, found several.")
    wanted = pd.MultiIndex.from_frame(networks[_GRAPH])
    found = graphs.get_indexer(wanted)
    if (found < 0).any():
        raise InputError(
            f"no properties of {_listed(wanted[found < 0])}; expected a row for the graph of "
            "every network. Measure the graphs that the networks were made from."
        )
    measured = properties.drop(columns=_GRAPH).iloc[found]
    return pd.concat([networks.reset_index(drop=True), measured.reset_index(drop=True)], axis=1)


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
            # Residuals too regular to test give 0 / 0 in a diagnostic: NaN is the answer.
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
    """Why there is no regression; empty if there is one."""
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
    # Powers of standardised values: the same space as of the values, and numerically apart.
    z = stats.zscore(fit.fittedvalues)
    wide = np.column_stack([fit.model.exog, z**2, z**3])
    if len(z) <= wide.shape[1] or not _full_rank(wide):
        return math.nan
    plain = OLS(fit.model.endog, fit.model.exog).fit()
    return float(OLS(fit.model.endog, wide).fit().compare_f_test(plain)[1])


def _standardised(design: np.ndarray) -> np.ndarray:
    """The design with its columns, but the first (ones), to mean 0 and variance 1."""
    return np.column_stack([design[:, :1], stats.zscore(design[:, 1:])])


def _full_rank(design: np.ndarray) -> bool:
    if any(is_constant(x) for x in design.T[1:]):
        return False
    sizes = np.linalg.svd(_standardised(design), compute_uv=False)
    return bool(sizes[-1] > _NO_VOLUME * sizes[0])


def cases(
    table: pd.DataFrame, properties: Sequence[str]
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Each protocol and cell, in order of first appearance, with one row a graph.

    Rows are sorted by family and graph; columns are the properties and the mean test_acc.
    """
    _require(table, [*CASE, *_GRAPH, "status", "test_acc", *properties], "the joined table")
    how = dict.fromkeys(properties, "first") | {"test_acc": "mean"}
    for case, rows in table.groupby(CASE, sort=False):
        fine = rows[(rows["status"] == "ok") & rows["test_acc"].notna()]
        graphs = fine.groupby(_GRAPH).agg(how).astype(float)
        yield dict(zip(CASE, case, strict=True)), graphs


def is_constant(values: np.ndarray) -> np.ndarray:
    """Whether the values along the last axis are the same, but for rounding."""
    return np.ptp(values, axis=-1) <= _NO_SPREAD * np.abs(values).max(axis=-1)


def counted(count: int) -> str:
    """A number of graphs in words."""
    return f"{count} graph{'s' * (count != 1)}"


def _listed(graphs: pd.MultiIndex) -> str:
    names = [f"{family}/{graph}" for family, graph in graphs.unique()]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _require(table: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(
            f"{where} has no column {', '.join(missing)}; found {list(table.columns)}. "
            "Make it again by the workflow."
        )
