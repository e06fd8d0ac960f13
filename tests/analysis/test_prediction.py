"""Cross-validated R²: its interval is over graphs, not over folds."""

import numpy as np
import pytest
from sklearn.linear_model import BayesianRidge

from sparsernn.analysis.prediction import CrossValidation

CROSSED = CrossValidation(folds=10, repeats=5, confidence=0.95, seed=1)


def sample(graphs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Three properties that explain a third of the accuracy's variance."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(graphs, 3))
    return x, x.sum(axis=1) + np.sqrt(6) * rng.normal(size=graphs)


def test_the_interval_is_as_wide_as_the_spread_over_samples_of_graphs() -> None:
    found = [CROSSED.score(BayesianRidge(), *sample(200, seed)) for seed in range(20)]
    spread = np.std([one["r2"] for one in found])
    width = np.mean([one["high"] - one["low"] for one in found]) / (2 * 1.96)
    assert 0.6 * spread < width < 1.6 * spread
    assert np.mean([one["low"] <= 1 / 3 <= one["high"] for one in found]) >= 0.8


def test_one_repeat_has_an_interval_too() -> None:
    one = CrossValidation(folds=5, repeats=1, confidence=0.9, seed=1)
    found = one.score(BayesianRidge(), *sample(60, 0))
    assert found["low"] < found["r2"] < found["high"]
    again = one.score(BayesianRidge(), *sample(60, 0))
    assert found == again


def test_few_graphs_have_an_r2_without_an_interval() -> None:
    found = CrossValidation(3, 2, 0.9, 1).score(BayesianRidge(), *sample(9, 0))
    assert np.isfinite(found["r2"]) and np.isnan([found["low"], found["high"]]).all()
    assert found["note"] == "9 graphs, too few for an interval"


@pytest.mark.parametrize("graphs", [2, 9])
def test_fewer_graphs_than_folds_have_no_r2(graphs: int) -> None:
    found = CROSSED.score(BayesianRidge(), *sample(graphs, 0))
    assert np.isnan(found["r2"]) and "at least 10 needed" in found["note"]
