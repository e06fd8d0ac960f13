"""Partial correlations: what a property of the graph adds to family, size, sources and parameters.

An observation is a graph: the mean over its networks. What cannot be computed is NaN, and a note
says why.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sparsernn.analysis.cases import CASE, GRAPH, blank, counted, is_constant, observations, require
from sparsernn.analysis.resampling import Resampling, adjust_within
from sparsernn.analysis.terms import columns_of, design

__all__ = ["CONTROLS", "partial_correlations", "representatives"]

CONTROLS = ("family", "nodes", "edges", "source_nodes", "log_parameters")
DESIGN = ("family", "nodes", "edges", "source_nodes")  # what a crossed study varies
CURVES = ("nodes:nodes", "edges:edges", "nodes:edges", "family:nodes", "family:nodes:nodes")
ALL = "all"  # in place of a family: the graphs of all families
_PARTIAL = ["n", "controls", "curves", "within", "varies_in", "r", "low", "high", "p_value"]
_PARTIAL += ["p_adjusted", "note"]
_PER_CONTROL = 3  # graphs a control that curved ones must leave
_DIGITS = 9  # to which values are told apart, relative to the largest
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
    # Rounding would break ties, and so make other ranks of the same values.
    ranks = (graphs / graphs.abs().max()).round(_DIGITS).corr(method="spearman")
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
    within: Sequence[str] | None = None,
) -> pd.DataFrame:
    """The partial correlation of each property with a response, over all graphs and by family.

    P-values are of Freedman and Lane's permutation test: what the controls leave of the response is
    permuted within the cells of the design, so that graphs of different families never trade
    places. Nor do graphs of another size, number of edges or sources, where the design has several
    graphs of each kind. Then these cells are controls, too, so that an effect of size that isn't
    linear, or not the same in all families, is not taken for a property's. Elsewhere, squares of
    nodes and edges are controls for that, with slopes and squares of their own in each family,
    where there are three graphs or more for each control.

    Args:
        table: one row a network: family, graph, status, properties and controls.
        responses: names of columns.
        properties: names of columns.
        resampling: of permutations; its confidence is that of the intervals.
        controls: terms, as for `sparsernn.analysis.terms.design`.
        within: columns that define the cells in which graphs are permuted. By default family,
            nodes, edges and source_nodes if their cells have two graphs or more in the mean, else
            family.

    Returns:
        One row a protocol, cell, response, family ("all": all families together) and property: n
        (graphs), controls (how many independent ones), curves (whether squares of the size are
        among them), within (the columns of the cells), varies_in (in how many cells the property
        varies), r, low, high (Fisher's z), p_value, p_adjusted (Benjamini & Hochberg, over the
        properties), note.

    Raises:
        InputError: a column is missing, or a logarithm is of a number that is not positive.

    References:
        Freedman & Lane 1983, "A nonstochastic interpretation of reported significance levels";
        Winkler et al. 2014, "Permutation inference for the general linear model".
    """
    rows, cells = [], within or _cells_of_design(table)
    wanted = [*GRAPH, *(within or DESIGN), *columns_of(controls)]
    for case, networks in observations(table, responses, wanted):
        require(table, properties, "the table of networks")
        for family, graphs in _families(_graph_means(networks, cells)):
            about = case | {"family": family}
            for name, row in _partials(graphs, properties, controls, cells, resampling):
                rows.append(about | {"property": name} | row)
    key = [*CASE, "response", "family"]
    result = pd.DataFrame(rows, columns=[*key, "property", *_PARTIAL])
    return adjust_within(result, key, "fdr_bh")


def _cells_of_design(networks: pd.DataFrame) -> Sequence[str]:
    """The columns of `DESIGN` if graphs can trade places within its cells, else the family."""
    if not {*GRAPH, *DESIGN} <= set(networks):
        return DESIGN[:1]
    graphs = networks.drop_duplicates(GRAPH)
    cells = graphs.groupby(list(DESIGN)).ngroups
    return DESIGN if len(graphs) >= 2 * cells else DESIGN[:1]


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


@dataclass(frozen=True)
class _Controlled:
    """Graphs, and what the controls leave of their response.

    Attributes:
        graphs: at least four.
        cells: the number of each graph's cell, within which graphs trade places; (graphs,).
        basis: orthonormal columns that span the controls, (graphs, columns).
        curves: whether squares of the size are among the controls.
        left: what they leave of the response, (graphs,).
        drawn: what they leave of it after it was permuted, (resamples, graphs).
    """

    graphs: pd.DataFrame
    cells: np.ndarray
    basis: np.ndarray
    curves: bool
    left: np.ndarray
    drawn: np.ndarray

    @classmethod
    def of(
        cls,
        graphs: pd.DataFrame,
        controls: Sequence[str],
        within: Sequence[str],
        resampling: Resampling,
    ) -> "_Controlled":
        cells = graphs.groupby(list(within), sort=False).ngroup().to_numpy()
        named = graphs.assign(cells=[f"cell {cell}" for cell in cells])
        x, curves = _matrix(named, controls, by_family=tuple(within) == DESIGN[:1])
        basis, _ = np.linalg.qr(x)
        left = _residual(graphs["y"].to_numpy(), basis)
        drawn = _residual(_permuted(left, cells, resampling), basis)
        return cls(graphs, cells, basis, curves, left, drawn)


def _matrix(
    graphs: pd.DataFrame, controls: Sequence[str], by_family: bool
) -> tuple[np.ndarray, bool]:
    """The matrix of the controls, and whether curved ones are among them.

    Where graphs trade places within cells of the design, these are controls instead.
    """
    if not by_family:
        return design(graphs, ["cells", *controls]).x, False
    if set(columns_of(CURVES)) <= set(columns_of(controls)):
        x = design(graphs, [*controls, *CURVES]).x
        if len(graphs) >= _PER_CONTROL * (x.shape[1] - 1):
            return x, True
    return design(graphs, controls).x, False


def _partials(
    graphs: pd.DataFrame,
    properties: Sequence[str],
    controls: Sequence[str],
    within: Sequence[str],
    resampling: Resampling,
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each property, with its row. Those that the same graphs have share their permutations."""
    known: dict[bytes, _Controlled] = {}
    for name in properties:
        finite = np.isfinite(graphs[name].to_numpy(dtype=float))
        complete = graphs[finite]
        row = blank(_PARTIAL) | {"n": len(complete), "within": ", ".join(within)}
        flaw = _flaw(complete, name)
        if flaw:
            yield name, row | {"note": flaw}
            continue
        key = finite.tobytes()
        if key not in known:
            known[key] = _Controlled.of(complete, controls, within, resampling)
        yield name, row | _partial(known[key], name, within, resampling)


def _flaw(graphs: pd.DataFrame, name: str) -> str:
    """Why there is no correlation; empty if there may be one."""
    if len(graphs) < 4:
        return f"{counted(len(graphs))}, at least 4 needed"
    flat = [
        label
        for label, column in (("property", name), ("response", "y"))
        if is_constant(graphs[column].to_numpy(dtype=float))
    ]
    return f"{flat[0]} is constant" if flat else ""


def _partial(
    known: _Controlled, name: str, within: Sequence[str], resampling: Resampling
) -> dict[str, Any]:
    x, y = known.graphs[name].to_numpy(dtype=float), known.graphs["y"].to_numpy()
    size = known.basis.shape[1] - 1
    row = {"controls": size, "curves": known.curves, "varies_in": _varies_in(x, known.cells)}
    if row["varies_in"] == 0:
        return row | {"note": f"property is constant within {', '.join(within)}"}
    freedom = len(x) - size - 3  # that of Fisher's z
    if freedom < 1:
        return row | {"note": f"{counted(len(x))} for {size} controls"}
    left = _residual(x, known.basis)
    for label, values, rest in (("property", x, left), ("response", y, known.left)):
        if np.linalg.norm(rest) <= _NOTHING * np.linalg.norm(values - values.mean()):
            return row | {"note": f"the controls determine the {label}"}
    r = float(np.clip(_cosine(left, known.left), -1, 1))
    ends = [r, r]
    if abs(r) < 1:
        reach = stats.norm.ppf(resampling.tails) / math.sqrt(freedom)
        ends = np.tanh(np.arctanh(r) + reach).tolist()
    chance = np.abs(_cosine(known.drawn, left))
    p_value = (1 + (chance >= abs(r) - 1e-12).sum()) / (1 + len(chance))
    return row | {"r": r, "low": ends[0], "high": ends[1], "p_value": p_value}


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
