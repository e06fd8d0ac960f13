"""R² on the thesis's split by set of features, over random states of the regressor."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from sparsernn.properties import PROPERTIES
from sparsernn.statistics import _CASE, _REGRESSORS, _cases, _state, _thesis_split

__all__ = ["FEATURE_SETS", "feature_sets"]

_COUNTS = ("nodes", "edges", "source_nodes", "sink_nodes")
FEATURE_SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "all": PROPERTIES,
        "only_node_edge": _COUNTS,
        "without_node_edge": tuple(name for name in PROPERTIES if name not in _COUNTS),
        "only_var": tuple(name for name in PROPERTIES if name.endswith("_var")),
    }
)
_FOREST = "random_forest"
_DETERMINISTIC = "bayesian_ridge"
_SCORE = ["n", "r2", "low", "high", "seeds_low", "seeds_high", "note"]


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
        table: networks with `PROPERTIES`, from `sparsernn.statistics.join`.
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
        Importances, one row a protocol, cell, set of features and property: the forest's, mean
        over the draws. They sum to 1 in a set; NaN where there is no R².

    Raises:
        InputError: a column is missing.
    """
    tails = [(1 - confidence) / 2, (1 + confidence) / 2]
    scores, importances = [], []
    for case, graphs in _cases(table, PROPERTIES):
        graphs = graphs.dropna()
        y = graphs["test_acc"].to_numpy()
        for features in sets:
            names = list(FEATURE_SETS[features])
            x = graphs[names].to_numpy()
            for regressor in _REGRESSORS if features == "all" else [_FOREST]:
                identity = f"prediction/{case['cell']}/{regressor}"
                count = 1 if regressor == _DETERMINISTIC else draws
                states = [_state(seed, f"{identity}/{draw}") for draw in range(count)]
                models = [_REGRESSORS[regressor](state) for state in states]
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
        pd.DataFrame(scores, columns=[*_CASE, "regressor", "features", *_SCORE]),
        pd.concat(importances, ignore_index=True)[[*_CASE, "features", "property", "importance"]],
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
    mean = np.mean(fitted, axis=0) if fitted else np.nan
    return pd.DataFrame({"property": names, "importance": mean})
