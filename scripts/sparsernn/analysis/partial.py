"""Partial correlations: what a property of the graph adds to family, size, sources and parameters.

An observation is a graph: the mean over its networks. What cannot be computed is NaN, and a note
says why.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sparsernn.analysis.cases import CASE, GRAPH, blank, counted, is_constant, observations, require
from sparsernn.analysis.resampling import Resampling, adjust_within
from sparsernn.analysis.terms import columns_of, design

__all__ = ["CONTROLS", "partial_correlations", "representatives"]

CONTROLS = ("family", "nodes", "edges", "source_nodes", "log_parameters")
ALL = "all"  # in place of a family: the graphs of all families
_PARTIAL = ["n", "controls", "varies_in", "r", "low", "high", "p_value", "p_adjusted", "note"]
_NOTHING = 1e-6  # what is left of a property, relative to its spread, if controls determine it


def representatives(
    table: pd.DataFrame, properties: Sequence[str], threshold: float = 0.999
) -> pd.DataFrame:
    """One property for each set of those that are functions of each other.

    Such as a variance and its square root: their ranks are the same. The first of a set stands for
    the others, and only it need be tested.

    Args:
        table: one row a network or a graph, with family and graph.
        properties: names of columns, in order of preference.
        threshold: from which |Spearman's r| two properties count as functions of each other.

    Returns:
        One row a property: property, representative (itself if it stands for its set), spearman
        (its correlation with the representative; NaN if it is constant).

    Raises:
        InputError: a column is missing.
    """
    require(table, [*GRAPH, *properties], "the table of graphs")
    graphs = table.drop_duplicates(GRAPH)[list(properties)].astype(float)
    ranks = graphs.corr(method="spearman")
    rows: list[dict[str, Any]] = []
    chosen: list[str] = []
    for name in properties:
        same = [first for first in chosen if abs(ranks.loc[name, first]) > threshold]
        chosen += [] if same else [name]
        first = same[0] if same else name
        rows.append({"property": name, "representative": first, "spearman": ranks.loc[name, first]})
    return pd.DataFrame(rows, columns=["property", "representative", "spearman"])


def partial_correlations(
    table: pd.DataFrame,
    responses: Sequence[str],
    properties: Sequence[str],
    resampling: Resampling,
    *,
    controls: Sequence[str] = CONTROLS,
    within: Sequence[str] = ("family",),
) -> pd.DataFrame:
    """The partial correlation of each property with a response, over all graphs and by family.

    P-values are of Freedman and Lane's permutation test: what the controls leave of the response is
    permuted within the cells of the design, so that graphs of different families never trade
    places.

    Args:
        table: one row a network: family, graph, status, properties and controls.
        responses: names of columns.
        properties: names of columns.
        resampling: of permutations; its confidence is that of the intervals.
        controls: terms, as for `sparsernn.analysis.terms.design`.
        within: columns that define the cells in which graphs are permuted.

    Returns:
        One row a protocol, cell, response, family ("all": all families together) and property: n
        (graphs), controls (how many independent ones), varies_in (in how many cells the property
        varies), r, low, high (Fisher's z), p_value, p_adjusted (Benjamini & Hochberg, over the
        properties), note.

    Raises:
        InputError: a column is missing, or a logarithm is of a number that is not positive.

    References:
        Freedman & Lane 1983, "A nonstochastic interpretation of reported significance levels";
        Winkler et al. 2014, "Permutation inference for the general linear model".
    """
    rows = []
    for case, networks in observations(table, responses, [*GRAPH, *within, *columns_of(controls)]):
        require(table, properties, "the table of networks")
        for family, graphs in _families(_graph_means(networks, within)):
            for name in properties:
                about = case | {"family": family, "property": name}
                complete = graphs[np.isfinite(graphs[name].astype(float))]
                rows.append(about | _partial(complete, name, controls, within, resampling))
    key = [*CASE, "response", "family"]
    result = pd.DataFrame(rows, columns=[*key, "property", *_PARTIAL])
    return adjust_within(result, key, "fdr_bh")


def _graph_means(networks: pd.DataFrame, within: Sequence[str]) -> pd.DataFrame:
    """One row a graph, sorted by the cells of the design, with the mean of `y`."""
    groups = networks.groupby(GRAPH, sort=True)
    graphs = groups.first().assign(y=groups["y"].mean()).reset_index()
    return graphs.sort_values([*within, *GRAPH], ignore_index=True)


def _families(graphs: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """All graphs, and those of each family if there are several."""
    yield ALL, graphs
    families = graphs.groupby("family", sort=True)
    if families.ngroups > 1:
        yield from ((str(name), rows) for name, rows in families)


def _partial(
    graphs: pd.DataFrame,
    name: str,
    controls: Sequence[str],
    within: Sequence[str],
    resampling: Resampling,
) -> dict[str, Any]:
    x, y = graphs[name].to_numpy(dtype=float), graphs["y"].to_numpy()
    row = blank(_PARTIAL) | {"n": len(graphs)}
    if len(graphs) < 4:
        return row | {"note": f"{counted(len(graphs))}, at least 4 needed"}
    if is_constant(x) or is_constant(y):
        return row | {"note": f"{'property' if is_constant(x) else 'response'} is constant"}
    cells = graphs.groupby(list(within), sort=False).ngroup().to_numpy()
    basis, _ = np.linalg.qr(design(graphs, controls).x)
    row["controls"], row["varies_in"] = basis.shape[1] - 1, _varies_in(x, cells)
    if row["varies_in"] == 0:
        return row | {"note": f"property is constant within {', '.join(within)}"}
    freedom = len(x) - basis.shape[1] - 2  # that of Fisher's z
    if freedom < 1:
        return row | {"note": f"{counted(len(x))} for {basis.shape[1] - 1} controls"}
    left_x, left_y = (_residual(values, basis) for values in (x, y))
    for label, values, left in (("property", x, left_x), ("response", y, left_y)):
        if np.linalg.norm(left) <= _NOTHING * np.linalg.norm(values - values.mean()):
            return row | {"note": f"the controls determine the {label}"}
    r = float(np.clip(_cosine(left_x, left_y), -1, 1))
    row |= {"r": r, "low": r, "high": r}
    if abs(r) < 1:
        reach = stats.norm.ppf(resampling.tails) / math.sqrt(freedom)
        row["low"], row["high"] = np.tanh(np.arctanh(r) + reach).tolist()
    drawn = _permuted(left_y, cells, resampling)
    chance = np.abs(_cosine(_residual(drawn, basis), left_x))
    row["p_value"] = (1 + (chance >= abs(r) - 1e-12).sum()) / (1 + len(chance))
    return row


def _residual(values: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """What is left of the last axis of the values beyond the basis."""
    return values - (values @ basis) @ basis.T


def _cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The cosine of vectors along the last axis: of residuals, their correlation."""
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b)
    return (a @ b) / np.where(lengths > 0, lengths, 1)


def _varies_in(x: np.ndarray, cells: np.ndarray) -> int:
    return sum(not is_constant(x[cells == cell]) for cell in np.unique(cells))


def _permuted(values: np.ndarray, cells: np.ndarray, resampling: Resampling) -> np.ndarray:
    """Values permuted within cells, which follow each other: (resamples, values)."""
    keys = resampling.generator.random((resampling.resamples, len(values)))
    return values[np.argsort(keys + cells, axis=1)]
