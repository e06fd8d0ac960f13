"""Accuracy predicted from the properties of the graphs: how much of its variance (R²).

One observation is one graph, as in `sparsernn.analysis.correlation`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import AdaBoostRegressor, RandomForestRegressor
from sklearn.linear_model import BayesianRidge
from sklearn.model_selection import KFold, cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from sparsernn.analysis.cases import CASE, cases, counted, is_constant
from sparsernn.graphs.properties import PROPERTIES
from sparsernn.seeds import numpy_generator, seed_sequence

__all__ = ["FEATURE_SETS", "REGRESSORS", "feature_sets", "prediction"]

_COUNTS = ("nodes", "edges", "source_nodes", "sink_nodes")
FEATURE_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "all": PROPERTIES,
        "only_node_edge": _COUNTS,
        "without_node_edge": tuple(name for name in PROPERTIES if name not in _COUNTS),
        "only_var": tuple(name for name in PROPERTIES if name.endswith("_var")),
    }
)
REGRESSORS: dict[str, Callable[[int], Any]] = {
    "bayesian_ridge": lambda state: BayesianRidge(),
    "random_forest": lambda state: RandomForestRegressor(random_state=state),
    "adaboost": lambda state: AdaBoostRegressor(random_state=state),
}
_FOREST = "random_forest"
_DETERMINISTIC = "bayesian_ridge"
_SCORE = ["n", "r2", "low", "high", "seeds_low", "seeds_high", "note"]
_IMPORTANCE = ["property", "importance", "seeds_low", "seeds_high"]
_RESAMPLES = 2000
_FEW = 10  # graphs held out, below which a bootstrap says nothing


def prediction(
    table: pd.DataFrame,
    *,
    test_share: float,
    split_seed: int,
    folds: int,
    repeats: int,
    confidence: float,
    seed: int,
) -> pd.DataFrame:
    """Share of the variance of test accuracy (R²) that the graph's properties predict.

    Scheme "thesis_split" holds out one random share of the graphs; its interval is the percentile
    bootstrap over them, with the regressor as fitted. Scheme "cross_validation" takes the R² of
    the pooled out-of-fold predictions of each repeat: r2 is the median over the repeats, and low
    and high are quantiles over them, the spread due to the folds, not to the sample of graphs.

    Args:
        table: networks with `PROPERTIES`, from `join`.
        test_share: share that is held out.
        split_seed: scikit-learn's `random_state` of that split.
        folds: folds of the cross-validation.
        repeats: its repeats, each with new folds.
        confidence: coverage of the intervals.
        seed: root seed of the folds, the regressors and the bootstrap. Protocols share them.

    Returns:
        One row a protocol, cell, regressor and scheme: n (graphs, all of them), r2, low, high.

    Raises:
        InputError: a column is missing.
    """
    names, tails = list(PROPERTIES), [(1 - confidence) / 2, (1 + confidence) / 2]
    rows = []
    for case, graphs in cases(table, names):
        graphs = graphs.dropna()
        x, y = graphs[names].to_numpy(), graphs["test_acc"].to_numpy()
        for regressor, make in REGRESSORS.items():
            model = make(_random_state(seed, f"prediction/{case['cell']}/{regressor}"))
            about = case | {"regressor": regressor, "n": len(y)}
            split = _thesis_split(model, x, y, test_share, split_seed, seed, tails)
            rows.append(about | {"scheme": "thesis_split"} | split)
            crossed = _cross_validation(model, x, y, folds, repeats, seed, tails)
            rows.append(about | {"scheme": "cross_validation"} | crossed)
    columns = [*CASE, "regressor", "scheme", "n", "r2", "low", "high", "note"]
    return pd.DataFrame(rows, columns=columns)


def _thesis_split(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    test_share: float,
    split_seed: int,
    seed: int,
    tails: list[float],
) -> dict[str, Any]:
    held_out = math.ceil(test_share * len(y))
    if held_out < 2 or len(y) - held_out < 2:
        return _no_r2(f"{counted(len(y))}: {held_out} held out, at least 2 on each side needed")
    # Fitted on all rows, held-out ones too: only so do the thesis's R² come back to 1e-5. A scaler
    # of the training rows differs by up to 0.002. The target is not scaled.
    scaled = MinMaxScaler().fit_transform(x)
    train_x, test_x, train_y, test_y = train_test_split(
        scaled, y, test_size=test_share, random_state=split_seed
    )
    if is_constant(test_y) or is_constant(train_y):
        part = "held-out" if is_constant(test_y) else "training"
        return _no_r2(f"accuracy of the {part} graphs is constant")
    predicted = model.fit(train_x, train_y).predict(test_x)
    generator = numpy_generator(seed, "prediction/bootstrap")
    if held_out < _FEW:
        return _no_r2(f"{counted(held_out)} held out, too few for an interval") | {
            "r2": _r2(test_y, predicted)
        }
    drawn = generator.integers(held_out, size=(_RESAMPLES, held_out))
    low, high = np.nanquantile(_r2(test_y[drawn], predicted[drawn]), tails)
    return {"r2": _r2(test_y, predicted), "low": low, "high": high, "note": ""}


def _cross_validation(
    model: Any,
    x: np.ndarray,
    y: np.ndarray,
    folds: int,
    repeats: int,
    seed: int,
    tails: list[float],
) -> dict[str, Any]:
    if len(y) < max(folds, 3):
        return _no_r2(f"{counted(len(y))}, at least {max(folds, 3)} needed for {folds} folds")
    if is_constant(y):
        return _no_r2("accuracy is constant")
    pipeline = make_pipeline(MinMaxScaler(), model)
    values = []
    for repeat in range(repeats):
        state = _random_state(seed, f"prediction/folds/{repeat}")
        parts = KFold(folds, shuffle=True, random_state=state)
        values.append(_r2(y, cross_val_predict(pipeline, x, y, cv=parts)))
    if repeats == 1:
        return _no_r2("one repeat, so no interval") | {"r2": values[0]}
    low, high = np.quantile(values, tails)
    return {"r2": np.median(values), "low": low, "high": high, "note": ""}


def _no_r2(note: str) -> dict[str, Any]:
    return {"r2": math.nan, "low": math.nan, "high": math.nan, "note": note}


def _r2(true: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """R² over the last axis; NaN where the true values are constant."""
    residual = ((true - predicted) ** 2).sum(axis=-1)
    total = ((true - true.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
    return 1 - residual / np.where(is_constant(true), np.nan, total)


def _random_state(seed: int, identity: str) -> int:
    """A `random_state` of scikit-learn."""
    return int(seed_sequence(seed, identity).generate_state(1)[0])


def feature_sets(
    table: pd.DataFrame,
    *,
    test_share: float,
    split_seed: int,
    confidence: float,
    seed: int,
    draws: int = 20,
    sets: Sequence[str] = tuple(FEATURE_SETS),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the thesis's split gives with each regressor, and with its forest on fewer features.

    A forest and boosting draw random numbers, and on so few graphs held out their R² depends on
    them: each is fitted `draws` times.

    Args:
        table: networks with `PROPERTIES`, from `sparsernn.analysis.cases.join`.
        test_share: share that is held out.
        split_seed: scikit-learn's `random_state` of that split.
        confidence: coverage of the bootstrap interval over the graphs held out.
        seed: root seed of the regressors and the bootstrap.
        draws: random states of a regressor that draws.
        sets: names of `FEATURE_SETS`. On "all", every regressor is fitted; on others, the forest.

    Returns:
        R², one row a protocol, cell, regressor and set of features: n (graphs), r2 (median draw),
        low and high (as far as the bootstrap interval of any draw reaches), seeds_low and
        seeds_high (range of R² over the draws), note (why there is none).
        Importances, one row a protocol, cell, set of features and property: the forest's, mean,
        seeds_low and seeds_high (range) over the draws. The means sum to 1 in a set; NaN where
        there is no R².

    Raises:
        InputError: a column is missing.
    """
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    scores, importances = [], []
    for case, graphs in cases(table, PROPERTIES):
        graphs = graphs.dropna()
        y = graphs["test_acc"].to_numpy()
        for features in sets:
            names = list(FEATURE_SETS[features])
            x = graphs[names].to_numpy()
            for regressor in REGRESSORS if features == "all" else [_FOREST]:
                identity = f"prediction/{case['cell']}/{regressor}"
                count = 1 if regressor == _DETERMINISTIC else draws
                states = [_random_state(seed, f"{identity}/{draw}") for draw in range(count)]
                models = [REGRESSORS[regressor](state) for state in states]
                found = [
                    _thesis_split(model, x, y, test_share, split_seed, seed, tails)
                    for model in models
                ]
                about = case | {"regressor": regressor, "features": features, "n": len(y)}
                scores.append(about | _over_draws(found))
                if regressor == _FOREST:
                    importances.append(
                        _importances(models, names).assign(**case, features=features)
                    )
    return (
        pd.DataFrame(scores, columns=[*CASE, "regressor", "features", *_SCORE]),
        pd.concat(importances, ignore_index=True)[[*CASE, "features", *_IMPORTANCE]],
    )


def _over_draws(found: list[dict[str, Any]]) -> dict[str, Any]:
    draws = pd.DataFrame(found)
    return {
        "r2": draws["r2"].median(),
        "low": draws["low"].min(),
        "high": draws["high"].max(),
        "seeds_low": draws["r2"].min(),
        "seeds_high": draws["r2"].max(),
        "note": found[0]["note"],
    }


def _importances(models: list[Any], names: list[str]) -> pd.DataFrame:
    fitted = [m.feature_importances_ for m in models if hasattr(m, "estimators_")]
    drawn = np.array(fitted or [np.full(len(names), np.nan)])
    columns = (names, drawn.mean(axis=0), drawn.min(axis=0), drawn.max(axis=0))
    return pd.DataFrame(dict(zip(_IMPORTANCE, columns, strict=True)))
