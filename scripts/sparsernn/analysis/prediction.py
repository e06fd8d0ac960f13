"""Accuracy predicted from the properties of the graphs: the share of variance explained (R²).

An observation is a graph, as in `sparsernn.analysis.correlation`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import AdaBoostRegressor, RandomForestRegressor
from sklearn.linear_model import BayesianRidge
from sklearn.model_selection import KFold, cross_val_predict, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from sparsernn.analysis.cases import CASE, cases, counted, is_constant, originals
from sparsernn.analysis.ceiling import beside_ceiling, intraclass
from sparsernn.analysis.resampling import Resampling
from sparsernn.graphs.property_names import PROPERTIES
from sparsernn.seeds import numpy_generator, seed_sequence

__all__ = [
    "FEATURE_SETS",
    "REGRESSORS",
    "CrossValidation",
    "ThesisSplit",
    "feature_sets",
    "prediction",
]

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
_FEW = 10  # with fewer graphs, a bootstrap means nothing


@dataclass(frozen=True)
class ThesisSplit:
    """R² on one random share of the graphs, which the fit has not seen.

    The interval is the percentile bootstrap over these graphs, with the regressor as fitted.

    Attributes:
        test_share: share of the graphs that is held out.
        split_seed: scikit-learn's `random_state` of the split.
        confidence: coverage of the interval.
        seed: root seed of the regressors and of the bootstrap.
    """

    test_share: float
    split_seed: int
    confidence: float
    seed: int

    def score(self, model: Any, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
        """R² of a regressor, its interval, and a note where one of them is missing."""
        held_out = math.ceil(self.test_share * len(y))
        if held_out < 2 or len(y) - held_out < 2:
            return _no_r2(f"{counted(len(y))}: {held_out} held out, at least 2 on each side needed")
        # Fitted on all rows, also on those held out: only so do the thesis's R² come back to 1e-5.
        # A scaler of the training rows differs by up to 0.002. The target is not scaled.
        scaled = MinMaxScaler().fit_transform(x)
        train_x, test_x, train_y, test_y = train_test_split(
            scaled, y, test_size=self.test_share, random_state=self.split_seed
        )
        if is_constant(test_y) or is_constant(train_y):
            part = "held-out" if is_constant(test_y) else "training"
            return _no_r2(f"accuracy of the {part} graphs is constant")
        predicted = model.fit(train_x, train_y).predict(test_x)
        r2 = _r2(test_y, predicted)
        if held_out < _FEW:
            return _no_r2(f"{counted(held_out)} held out, too few for an interval") | {"r2": r2}
        generator = numpy_generator(self.seed, "prediction/bootstrap")
        drawn = generator.integers(held_out, size=(_RESAMPLES, held_out))
        low, high = np.nanquantile(_r2(test_y[drawn], predicted[drawn]), _tails(self.confidence))
        return {"r2": r2, "low": low, "high": high, "note": ""}


@dataclass(frozen=True)
class CrossValidation:
    """The median over repeats of R², each of the predictions for all folds together.

    The interval is the percentile bootstrap over graphs: each resample draws graphs with their
    out-of-fold predictions, takes the R² of every repeat, and the median of these. The regressors
    stay as fitted, so the spread that another sample to fit them would add is left out. (The spread
    over repeats alone, which is far smaller, only shows what the choice of folds does.)

    Attributes:
        folds: number of folds.
        repeats: number of repeats, each with new folds.
        confidence: coverage of the interval.
        seed: root seed of the folds and of the bootstrap.
    """

    folds: int
    repeats: int
    confidence: float
    seed: int

    def score(self, model: Any, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
        """R² of a regressor, its interval, and a note where one of them is missing."""
        least = max(self.folds, 3)
        if len(y) < least:
            return _no_r2(f"{counted(len(y))}, at least {least} needed for {self.folds} folds")
        if is_constant(y):
            return _no_r2("accuracy is constant")
        pipeline = make_pipeline(MinMaxScaler(), model)
        predicted = []
        for repeat in range(self.repeats):
            state = _random_state(self.seed, f"prediction/folds/{repeat}")
            parts = KFold(self.folds, shuffle=True, random_state=state)
            predicted.append(cross_val_predict(pipeline, x, y, cv=parts))
        r2 = np.median([_r2(y, one) for one in predicted])
        if len(y) < _FEW:
            return _no_r2(f"{counted(len(y))}, too few for an interval") | {"r2": r2}
        generator = numpy_generator(self.seed, "prediction/crossed_bootstrap")
        drawn = generator.integers(len(y), size=(_RESAMPLES, len(y)))
        resampled = np.median([_r2(y[drawn], one[drawn]) for one in predicted], axis=0)
        low, high = np.nanquantile(resampled, _tails(self.confidence))
        return {"r2": r2, "low": low, "high": high, "note": ""}


def prediction(table: pd.DataFrame, split: ThesisSplit, crossed: CrossValidation) -> pd.DataFrame:
    """Share of the variance of test accuracy (R²) that the graph's properties predict.

    Args:
        table: networks with `PROPERTIES`, from `sparsernn.analysis.cases.join`.
        split: R² on the thesis's split (scheme "thesis_split"). Protocols share its random numbers.
        crossed: R² by cross-validation (scheme "cross_validation").

    Returns:
        One row a protocol, cell, regressor and scheme: n (number of graphs), r2, low, high, note;
        starts (networks a graph) and, where there are several, the columns of
        `sparsernn.analysis.ceiling.beside_ceiling`.

    Raises:
        InputError: a column is missing.
    """
    names = list(PROPERTIES)
    rows = []
    for case, graphs in cases(table, names):
        graphs = graphs.dropna()
        x, y = graphs[names].to_numpy(), graphs["test_acc"].to_numpy()
        for regressor, build in REGRESSORS.items():
            model = build(_random_state(split.seed, f"prediction/{case['cell']}/{regressor}"))
            about = case | {"regressor": regressor, "n": len(y)}
            rows.append(about | {"scheme": "thesis_split"} | split.score(model, x, y))
            rows.append(about | {"scheme": "cross_validation"} | crossed.score(model, x, y))
    columns = [*CASE, "regressor", "scheme", "n", "r2", "low", "high", "note"]
    return _beside_ceiling(pd.DataFrame(rows, columns=columns), table, split)


def _beside_ceiling(scores: pd.DataFrame, table: pd.DataFrame, split: ThesisSplit) -> pd.DataFrame:
    """Add the largest R² that is possible for the mean accuracy over a graph's starts."""
    generator = numpy_generator(split.seed, "analysis/ceiling")
    resampling = Resampling(generator, _RESAMPLES, split.confidence)
    known = intraclass(originals(table), ["test_acc"], resampling)
    starts = known[[*CASE, "response", "starts"]]
    found = beside_ceiling(scores.merge(starts, on=CASE, how="left"), known)
    return found.drop(columns="response")


def _tails(confidence: float) -> list[float]:
    """The quantiles at the ends of an interval."""
    return [(1 - confidence) / 2, (1 + confidence) / 2]


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
    split: ThesisSplit,
    draws: int = 20,
    sets: Sequence[str] = tuple(FEATURE_SETS),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """R² on the thesis's split: of each regressor, and of a forest on fewer properties.

    Forests and boosting draw random numbers, and with so few graphs held out their R² depends on
    them: each is fitted `draws` times.

    Args:
        table: networks with `PROPERTIES`, from `sparsernn.analysis.cases.join`.
        split: how R² is found.
        draws: random states for each regressor that draws.
        sets: names of `FEATURE_SETS`. On "all", every regressor is fitted; on others, the forest.

    Returns:
        R², one row a protocol, cell, regressor and set of features: n (number of graphs), r2
        (median over the draws), low and high (the outermost ends of the draws' bootstrap
        intervals), seeds_low and seeds_high (range of R² over the draws), and a note if there is
        none.
        Importances, one row a protocol, cell, set of features and property: the forest's, mean,
        seeds_low and seeds_high (range) over the draws. The means sum to 1 in a set; NaN where
        there is no R².

    Raises:
        InputError: a column is missing.
    """
    scores, importances = [], []
    for case, graphs in cases(table, PROPERTIES):
        graphs = graphs.dropna()
        y = graphs["test_acc"].to_numpy()
        for features in sets:
            names = list(FEATURE_SETS[features])
            x = graphs[names].to_numpy()
            for regressor in REGRESSORS if features == "all" else [_FOREST]:
                models = _models(regressor, case["cell"], split.seed, draws)
                about = case | {"regressor": regressor, "features": features, "n": len(y)}
                scores.append(about | _over_draws([split.score(model, x, y) for model in models]))
                if regressor == _FOREST:
                    found = _importances(models, names)
                    importances.append(found.assign(**case, features=features))
    return (
        pd.DataFrame(scores, columns=[*CASE, "regressor", "features", *_SCORE]),
        pd.concat(importances, ignore_index=True)[[*CASE, "features", *_IMPORTANCE]],
    )


def _models(regressor: str, cell: str, seed: int, draws: int) -> list[Any]:
    """A regressor with each of its random states; a single one if it does not draw."""
    identity = f"prediction/{cell}/{regressor}"
    count = 1 if regressor == _DETERMINISTIC else draws
    states = [_random_state(seed, f"{identity}/{draw}") for draw in range(count)]
    return [REGRESSORS[regressor](state) for state in states]


def _over_draws(found: list[dict[str, Any]]) -> dict[str, Any]:
    """The scores of one regressor with several random states, as one."""
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
