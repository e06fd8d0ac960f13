"""How much of a response's variance is due to family, size, degree, sources, graph and start.

The parts of one bar, by cell. Each term explains what those before it do not, so the order counts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from sparsernn.analysis.cases import CASE, GRAPH, blank, counted, is_constant, observations
from sparsernn.analysis.ceiling import Groups
from sparsernn.analysis.resampling import FEW_CLUSTERS, Resampling
from sparsernn.analysis.terms import columns_of

__all__ = ["TERMS", "variance_shares"]

TERMS = ("family", "nodes", "degree", "source_nodes")
_REST = ("graph", "start")
_SHARE = ["graphs", "networks", "freedom", "estimate", "low", "high", "note"]
_LEVELS = 6  # a number with at most as many values is a factor
_NO_VOLUME = 1e-8  # columns smaller than this, relative to the largest, count as collinear


def variance_shares(
    table: pd.DataFrame,
    responses: Sequence[str],
    resampling: Resampling,
    terms: Sequence[str] = TERMS,
) -> pd.DataFrame:
    """The shares of a response's variance, which sum to 1.

    A mixed model with the terms as fixed effects and the graph as a random one, estimated by
    moments (Henderson's method III): the sum of squares of a term, less what noise between graphs
    adds to it, over the number of networks; the variances of graph and start. Negative ones count
    as 0. So noise is not credited to a term with many levels, and the shares of all but the start
    sum to about ICC(1).

    Args:
        table: one row a network: family, graph, status, and the columns of the terms. Of the terms,
            "degree" is twice the edges over the nodes.
        responses: names of columns.
        resampling: of whole graphs.
        terms: properties of graphs in order. Text is a factor, and so is a number with at most 6
            values; other numbers have a linear and a quadratic effect. "a:b" is an interaction.

    Returns:
        One row a protocol, cell, response and part (the terms, "graph" for what else differs
        between graphs, "start"): graphs, networks, freedom (degrees of freedom), estimate (share),
        low and high (bootstrap over graphs), note.

    Raises:
        InputError: a column is missing.

    References:
        Searle, Casella & McCulloch 1992, "Variance Components", chapter 5.
    """
    rows = []
    for case, networks in observations(table, responses, [*GRAPH, *columns_of(terms)]):
        for part, row in _shares(networks, terms, resampling).items():
            rows.append(case | {"part": part} | row)
    return pd.DataFrame(rows, columns=[*CASE, "response", "part", *_SHARE])


@dataclass(frozen=True)
class _Data:
    """The groups of networks by graph, and the columns of each term: (graphs, columns)."""

    groups: Groups
    blocks: list[np.ndarray]


def _shares(
    networks: pd.DataFrame, terms: Sequence[str], resampling: Resampling
) -> dict[str, dict[str, Any]]:
    parts = [*terms, *_REST]
    groups = networks.groupby(GRAPH, sort=True)
    count, y = groups.ngroups, networks["y"].to_numpy()
    common = blank(_SHARE) | {"graphs": count, "networks": len(y)}
    if count < 3 or is_constant(y) or len(y) == count:
        return dict.fromkeys(parts, common | {"note": _flaw(count, y)})
    graphs = groups.first().reset_index()
    blocks = [_block(graphs, term) for term in terms]
    data = _Data(Groups.of(y, groups.ngroup().to_numpy()), blocks)
    freedom, estimates = _estimate(data, np.ones(count))
    if math.isnan(estimates[0]):
        note = f"{counted(count)} for {freedom[:-2].sum() + 1} parameters"
        return dict.fromkeys(parts, common | {"note": note})
    intervals = [(math.nan, math.nan)] * len(parts)
    if count >= FEW_CLUSTERS:
        drawn = np.array([_estimate(data, w)[1] for w in resampling.counts(count)])
        intervals = [resampling.interval(values) for values in drawn.T]
    rows = {}
    for part, df, share, (low, high) in zip(parts, freedom, estimates, intervals, strict=True):
        numbers = {"freedom": int(df), "estimate": float(share), "low": low, "high": high}
        rows[part] = common | numbers | {"note": _part_note(int(df), part)}
    return rows


def _flaw(count: int, y: np.ndarray) -> str:
    if count < 3:
        return f"{counted(count)}, at least 3 needed"
    if is_constant(y):
        return "response is constant"
    return "one network a graph, so graph and start cannot be separated"


def _part_note(freedom: int, part: str) -> str:
    return "" if freedom else f"{part} does not vary beyond the parts before it"


def _block(graphs: pd.DataFrame, term: str) -> np.ndarray:
    """The columns of a term: indicators, a linear and a quadratic one, or products of others'."""
    if ":" in term:
        first, second = (_block(graphs, part) for part in term.split(":", 1))
        return (first[:, :, None] * second[:, None, :]).reshape(len(graphs), -1)
    values = 2 * graphs["edges"] / graphs["nodes"] if term == "degree" else graphs[term]
    number = pd.api.types.is_numeric_dtype(values)
    if not number or values.round(9).nunique() <= _LEVELS:
        keys = values.round(9) if number else values
        return pd.get_dummies(keys).to_numpy(dtype=float)
    z = ((values - values.mean()) / values.std()).to_numpy(dtype=float)
    return np.column_stack([z, z**2])


def _estimate(data: _Data, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Degrees of freedom and shares of all parts, with each graph counted so many times."""
    drawn = counts > 0
    counts, sizes = counts[drawn], data.groups.sizes[drawn]
    weights = counts * sizes
    total, root = weights.sum(), np.sqrt(weights)
    y = root * data.groups.means[drawn]
    basis = (root / np.sqrt(total))[:, None]
    squares, freedom = [], []
    for block in data.blocks:
        new = _new_directions(root[:, None] * block[drawn], basis)
        squares.append(((new.T @ y) ** 2).sum())
        freedom.append(new.shape[1])
        basis = np.hstack([basis, new])
    left, within = counts.sum() - basis.shape[1], total - counts.sum()
    freedom += [left, within]
    if left < 1 or within < 1:
        return np.array(freedom, dtype=int), np.full(len(freedom), np.nan)
    start = counts @ data.groups.squares[drawn] / within
    rest = ((y - basis @ (basis.T @ y)) ** 2).sum() / left
    # In the rest's expectation, the variance of graphs has the coefficient tr(Z'(P_Z - P_X)Z).
    size = (total - (sizes[:, None] * basis**2).sum()) / left
    terms = [(square - df * rest) / total for square, df in zip(squares, freedom, strict=False)]
    parts = np.maximum([*terms, (rest - start) / size, start], 0)
    with np.errstate(invalid="ignore"):
        return np.array(freedom, dtype=int), parts / parts.sum()


def _new_directions(block: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """An orthonormal basis of what the columns of a block add to a basis."""
    largest = np.linalg.norm(block, axis=0).max(initial=0)
    beyond = block - basis @ (basis.T @ block)
    beyond -= basis @ (basis.T @ beyond)
    if not largest or not beyond.size:
        return beyond[:, :0]
    directions, lengths, _ = np.linalg.svd(beyond, full_matrices=False)
    return directions[:, lengths > _NO_VOLUME * largest]
