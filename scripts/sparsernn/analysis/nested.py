"""How well properties of a graph predict a response, by nested cross-validation.

The outer folds measure R² on graphs that the fit has not seen. The inner ones, within what is left,
choose the regressor's hyperparameters. Networks of one graph are never on both sides.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import LeaveOneGroupOut

from sparsernn.analysis.cases import CASE, GRAPH, blank, counted, is_constant, observations, require
from sparsernn.analysis.folds import (
    NestedCrossValidation,
    Observations,
    Split,
    corrected_resampled_interval,
)

__all__ = ["BASELINE", "leave_one_family_out", "nested_r2"]

BASELINE = ("family", "nodes", "edges", "source_nodes")
_R2 = ["graphs", "networks", "r2", "low", "high"]
_GAIN = ["difference", "difference_low", "difference_high"]
_WHOLE = "all"


def nested_r2(
    table: pd.DataFrame,
    responses: Sequence[str],
    feature_sets: Mapping[str, Sequence[str]],
    crossed: NestedCrossValidation,
    baseline: str = "baseline",
) -> pd.DataFrame:
    """R² of sets of features on graphs that the fit has not seen, and what each adds to a baseline.

    R² = 1 − mean squared error / mean squared error of the training mean, both over all folds. It
    is negative if the features predict worse than the mean. Where the table has several networks of
    a graph, R² is that of one start; take means over starts first for that of the mean.

    Args:
        table: one row a network: family, graph, status, and the features.
        responses: names of columns.
        feature_sets: names of columns, by name. Text is a factor.
        crossed: the folds, and the regressor.
        baseline: the name of the set that the others are compared with; `BASELINE` if
            `feature_sets` lacks it.

    Returns:
        One row a protocol, cell, response and set of features: graphs, networks, r2, low, high (the
        corrected resampled t interval over folds), difference (from the R² of the baseline, in the
        same folds), difference_low, difference_high, note.

    Raises:
        InputError: a column is missing.

    References:
        Nadeau & Bengio 2003, "Inference for the generalization error"; Varma & Simon 2006, "Bias in
        error estimation when using cross-validation for model selection".
    """
    sets = {baseline: tuple(BASELINE)} | {
        name: tuple(value) for name, value in feature_sets.items()
    }
    used = sorted({column for features in sets.values() for column in features})
    require(table, used, "the table of networks")
    rows = []
    for case, networks in observations(table, responses, [*GRAPH, *crossed.group, *used]):
        found = _compared(networks, sets, baseline, crossed)
        rows += [case | {"features": name} | row for name, row in found.items()]
    columns = [*CASE, "response", "features", *_R2, *_GAIN, "note"]
    return pd.DataFrame(rows, columns=columns)


def _compared(
    networks: pd.DataFrame,
    sets: Mapping[str, tuple[str, ...]],
    baseline: str,
    crossed: NestedCrossValidation,
) -> dict[str, dict[str, Any]]:
    common = blank([*_R2, *_GAIN]) | _sizes(networks)
    flaw = _flaw(networks, crossed)
    if flaw:
        return dict.fromkeys(sets, common | {"note": flaw})
    data = {name: Observations.of(networks, value, crossed.group) for name, value in sets.items()}
    splits, state = crossed.splits(data[baseline].groups), crossed.state()
    scores = {name: _scores(found, splits, state, crossed) for name, found in data.items()}
    ratio = float(np.mean([len(test) / len(train) for train, test in splits]))
    rows = {}
    for name, values in scores.items():
        rows[name] = common | _interval(_R2[2:], values, ratio, crossed)
        if name != baseline:
            rows[name] |= _interval(_GAIN, values - scores[baseline], ratio, crossed)
    return rows


def _sizes(networks: pd.DataFrame) -> dict[str, int]:
    return {"graphs": networks.groupby(GRAPH).ngroups, "networks": len(networks)}


def _flaw(networks: pd.DataFrame, crossed: NestedCrossValidation) -> str:
    """Why there is no R²; empty if there is one."""
    groups = networks.groupby(list(crossed.group)).ngroups
    least = max(2 * crossed.folds, crossed.inner_folds + crossed.folds)
    if groups < least:
        return f"{counted(groups)}, at least {least} needed for {crossed.folds} folds"
    return "response is constant" if is_constant(networks["y"].to_numpy()) else ""


def _scores(
    data: Observations, splits: Sequence[Split], state: int, crossed: NestedCrossValidation
) -> np.ndarray:
    """What each fold says about R²: their mean is R².

    R² is a ratio of means over folds, of D (how much smaller the squared error is than that of the
    training mean) and B (that of the training mean). A fold's value is R² + (D − R² B) / mean B, so
    that their variance is that of a ratio (the delta method).
    """
    model, mean = np.array([crossed.errors(data, split, state) for split in splits]).T
    r2 = 1 - model.mean() / mean.mean()
    return r2 + (mean - model - r2 * mean) / mean.mean()


def _interval(
    names: Sequence[str], values: np.ndarray, ratio: float, crossed: NestedCrossValidation
) -> dict[str, float]:
    low, high = corrected_resampled_interval(values, ratio, crossed.confidence)
    return dict(zip(names, (float(values.mean()), low, high), strict=True))


def leave_one_family_out(
    table: pd.DataFrame,
    responses: Sequence[str],
    feature_sets: Mapping[str, Sequence[str]],
    crossed: NestedCrossValidation,
) -> pd.DataFrame:
    """R² on the graphs of a family, by a regressor that has seen only other families.

    It is against the mean of the other families, so a family that just differs in its mean counts.

    Args:
        table: as for `nested_r2`.
        responses: names of columns.
        feature_sets: names of columns, by name; "family" is left out of them.
        crossed: the inner folds, and the regressor.

    Returns:
        One row a protocol, cell, response, set of features and family that is left out ("all": the
        errors of all families together): graphs, networks (of that family), r2, note.

    Raises:
        InputError: a column is missing.
    """
    sets = {name: [f for f in features if f != "family"] for name, features in feature_sets.items()}
    used = sorted({column for features in sets.values() for column in features})
    require(table, used, "the table of networks")
    rows = []
    for case, networks in observations(table, responses, [*GRAPH, *crossed.group, *used]):
        for name, features in sets.items():
            found = _without_each_family(networks, features, crossed)
            rows += [case | {"features": name} | row for row in found]
    columns = [*CASE, "response", "features", "family", "graphs", "networks", "r2", "note"]
    return pd.DataFrame(rows, columns=columns)


def _without_each_family(
    networks: pd.DataFrame, features: list[str], crossed: NestedCrossValidation
) -> list[dict[str, Any]]:
    whole = {"family": _WHOLE, **_sizes(networks), "r2": math.nan, "note": ""}
    families = networks["family"].to_numpy()
    if len(set(families)) < 2:
        return [whole | {"note": "one family, so none to leave out"}]
    if is_constant(networks["y"].to_numpy()):
        return [whole | {"note": "response is constant"}]
    data = Observations.of(networks, features, crossed.group)
    rows, errors = [], []
    for split in LeaveOneGroupOut().split(data.x, groups=families):
        test, groups = networks.iloc[split[1]], len(np.unique(data.groups[split[0]]))
        row = {"family": test["family"].iloc[0], **_sizes(test), "r2": math.nan, "note": ""}
        if groups < crossed.inner_folds:
            rows.append(row | {"note": f"{counted(groups)} in the other families, too few"})
            continue
        model, mean = crossed.errors(data, split, crossed.state())
        errors.append(np.array([model, mean]) * len(test))
        rows.append(row | {"r2": 1 - model / mean if mean > 0 else math.nan})
    if errors:
        model, mean = np.sum(errors, axis=0)
        whole["r2"] = 1 - model / mean if mean > 0 else math.nan
    return [whole, *rows]
