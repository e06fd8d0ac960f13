"""How well properties of a graph predict a response: on graphs, and on families, not seen.

An observation is a graph: the mean over its networks. Each fit chooses its penalty within what it
is trained on, so the errors are of graphs that neither the fit nor the choice has seen.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.model_selection import LeaveOneGroupOut

from sparsernn.analysis.cases import CASE, GRAPH, blank, counted, is_constant, observations, require
from sparsernn.analysis.folds import (
    NestedCrossValidation,
    corrected_resampled_interval,
    squared_errors,
)

__all__ = ["BASELINE", "leave_one_family_out", "nested_r2"]

BASELINE = ("family", "nodes", "edges", "source_nodes")
ALL = "all"  # in place of a family: all families together
_R2 = ["graphs", "networks", "starts", "r2", "low", "high"]
_GAIN = ["difference", "difference_low", "difference_high"]
_PER_FOLD = 4  # graphs that a fold needs: the R² of fewer is noise
_FEWEST = 10  # graphs that a regression needs


def nested_r2(
    table: pd.DataFrame,
    responses: Sequence[str],
    feature_sets: Mapping[str, Sequence[str]],
    crossed: NestedCrossValidation,
    baseline: str = "baseline",
) -> pd.DataFrame:
    """R² of sets of features on graphs that the fit has not seen, and what each adds to a baseline.

    R² = 1 − mean squared error / mean squared error of the training mean, both over all folds. It
    is negative if the features predict worse than the mean.

    Args:
        table: one row a network: family, graph, status, and the features.
        responses: names of columns.
        feature_sets: names of columns, by name. Text is a factor.
        crossed: the folds.
        baseline: the name of the set that the others are compared with; `BASELINE` if
            `feature_sets` lacks it.

    Returns:
        One row a protocol, cell, response and set of features: graphs, networks, starts (the
        harmonic mean of their number for a graph), r2, low, high (the corrected resampled t
        interval over folds), difference (from the R² of the baseline, in the same folds),
        difference_low, difference_high, note.

    Raises:
        InputError: a column is missing.

    References:
        Nadeau & Bengio 2003, "Inference for the generalization error"; Varma & Simon 2006, "Bias in
        error estimation when using cross-validation for model selection".
    """
    sets = {baseline: BASELINE} | {name: tuple(value) for name, value in feature_sets.items()}
    rows = []
    for case, graphs in _graphs(table, responses, sets):
        found = _compared(graphs, sets, baseline, crossed)
        rows += [case | {"features": name} | row for name, row in found.items()]
    return pd.DataFrame(rows, columns=[*CASE, "response", "features", *_R2, *_GAIN, "note"])


def _graphs(
    table: pd.DataFrame, responses: Sequence[str], sets: Mapping[str, Sequence[str]]
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Each case, with one row a graph: its features, mean `y` and number of networks."""
    used = sorted({column for features in sets.values() for column in features})
    require(table, used, "the table of networks")
    for case, networks in observations(table, responses, [*GRAPH, *used]):
        groups = networks.groupby(GRAPH, sort=True)
        means = groups.first().assign(y=groups["y"].mean(), networks=groups.size())
        yield case, means.reset_index()


def _compared(
    graphs: pd.DataFrame,
    sets: Mapping[str, Sequence[str]],
    baseline: str,
    crossed: NestedCrossValidation,
) -> dict[str, dict[str, Any]]:
    common = blank([*_R2, *_GAIN]) | _sizes(graphs)
    flaw = _flaw(graphs, crossed)
    if flaw:
        return dict.fromkeys(sets, common | {"note": flaw})
    y, splits = graphs["y"].to_numpy(), crossed.splits(len(graphs))
    scores = {
        name: _scores(squared_errors(_matrix(graphs, value), y, splits))
        for name, value in sets.items()
    }
    ratio = float(np.mean([len(test) / len(train) for train, test in splits]))
    rows = {}
    for name, values in scores.items():
        rows[name] = common | _interval(_R2[3:], values, ratio, crossed)
        if name != baseline:
            rows[name] |= _interval(_GAIN, values - scores[baseline], ratio, crossed)
    return rows


def _matrix(graphs: pd.DataFrame, features: Sequence[str]) -> np.ndarray:
    """The features, with indicators for text: (graphs, columns)."""
    return pd.get_dummies(graphs[list(features)]).to_numpy(dtype=float)


def _sizes(graphs: pd.DataFrame) -> dict[str, float]:
    """Numbers of graphs and networks, and the harmonic mean of the starts of a graph."""
    starts = float(stats.hmean(graphs["networks"])) if len(graphs) else math.nan
    return {"graphs": len(graphs), "networks": int(graphs["networks"].sum()), "starts": starts}


def _flaw(graphs: pd.DataFrame, crossed: NestedCrossValidation) -> str:
    """Why there is no R²; empty if there is one."""
    least = _PER_FOLD * crossed.folds
    if len(graphs) < least:
        return f"{counted(len(graphs))}, at least {least} needed for {crossed.folds} folds"
    return "response is constant" if is_constant(graphs["y"].to_numpy()) else ""


def _scores(errors: np.ndarray) -> np.ndarray:
    """What each fold says about R²: their mean is R².

    R² is a ratio of means over folds, of D (how much smaller the squared error is than that of the
    training mean) and B (that of the training mean). A fold's value is R² + (D − R² B) / mean B, so
    that their variance is that of a ratio (the delta method).
    """
    model, mean = errors
    r2 = 1 - model.mean() / mean.mean()
    return r2 + (mean - model - r2 * mean) / mean.mean()


def _interval(
    names: Sequence[str], values: np.ndarray, ratio: float, crossed: NestedCrossValidation
) -> dict[str, float]:
    low, high = corrected_resampled_interval(values, ratio, crossed.confidence)
    return dict(zip(names, (float(values.mean()), low, high), strict=True))


def leave_one_family_out(
    table: pd.DataFrame, responses: Sequence[str], feature_sets: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """R² on the graphs of a family, by a fit that has seen only other families.

    It is against the mean of the other families, so a family that just differs in its mean counts.

    Args:
        table: as for `nested_r2`.
        responses: names of columns.
        feature_sets: names of columns, by name; "family" is left out of them.

    Returns:
        One row a protocol, cell, response, set of features and family that is left out ("all": the
        errors of all families together): graphs, networks, starts (of that family), r2, note.

    Raises:
        InputError: a column is missing.
    """
    sets = {name: [f for f in features if f != "family"] for name, features in feature_sets.items()}
    rows = []
    for case, graphs in _graphs(table, responses, sets):
        for name, features in sets.items():
            found = _without_each_family(graphs, features)
            rows += [case | {"features": name} | row for row in found]
    return pd.DataFrame(rows, columns=[*CASE, "response", "features", "family", *_R2[:4], "note"])


def _without_each_family(graphs: pd.DataFrame, features: list[str]) -> list[dict[str, Any]]:
    whole = {"family": ALL, **_sizes(graphs), "r2": math.nan, "note": ""}
    y, families = graphs["y"].to_numpy(), graphs["family"].to_numpy()
    if len(set(families)) < 2:
        return [whole | {"note": "one family, so none to leave out"}]
    if is_constant(y):
        return [whole | {"note": "response is constant"}]
    splits = list(LeaveOneGroupOut().split(y, groups=families))
    fewest = min(len(train) for train, _ in splits)
    if fewest < _FEWEST:
        return [whole | {"note": f"{counted(fewest)} in the other families, too few"}]
    model, mean = squared_errors(_matrix(graphs, features), y, splits)
    sizes = np.array([len(test) for _, test in splits])
    rows = [
        {"family": families[test[0]], **_sizes(graphs.iloc[test]), "r2": r2, "note": ""}
        for (_, test), r2 in zip(splits, _ratio(model, mean), strict=True)
    ]
    whole["r2"] = float(_ratio(model @ sizes, mean @ sizes))
    return [whole, *rows]


def _ratio(model: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """R²; NaN where the mean is right."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(mean > 0, 1 - model / mean, np.nan)
