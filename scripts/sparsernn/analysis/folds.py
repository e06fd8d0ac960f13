"""The folds of a nested cross-validation, and the regressors that are fitted in them."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from sklearn import config_context
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVR

from sparsernn.analysis.cases import GRAPH, is_constant
from sparsernn.errors import InputError

__all__ = [
    "REGRESSORS",
    "NestedCrossValidation",
    "Observations",
    "Regressor",
    "corrected_resampled_interval",
]

Split = tuple[np.ndarray, np.ndarray]  # rows to train on, rows to test on


@dataclass(frozen=True)
class Observations:
    """What is predicted from what.

    Attributes:
        x: features, (rows, features).
        y: response, (rows,).
        groups: numbers of groups that are never on both sides of a fold, (rows,).
    """

    x: np.ndarray
    y: np.ndarray
    groups: np.ndarray

    @classmethod
    def of(
        cls, networks: pd.DataFrame, features: Sequence[str], group: Sequence[str]
    ) -> "Observations":
        """From a table with a column y; text becomes indicators."""
        groups = networks.groupby(list(group)).ngroup().to_numpy()
        x = pd.get_dummies(networks[list(features)]).to_numpy(dtype=float)
        return cls(x, networks["y"].to_numpy(dtype=float), groups)


@dataclass(frozen=True)
class Regressor:
    """A regressor and the hyperparameters that the inner folds choose from.

    Attributes:
        build: makes a regressor of scikit-learn from a random state.
        grid: values to try, by the name of the argument.
    """

    build: Callable[[int], Any]
    grid: Mapping[str, Sequence[Any]]


REGRESSORS: Mapping[str, Regressor] = MappingProxyType(
    {
        "ridge": Regressor(lambda state: Ridge(), {"alpha": (0.1, 1.0, 10.0, 100.0, 1000.0)}),
        "svr": Regressor(
            lambda state: SVR(epsilon=0.1), {"C": (0.1, 1.0, 10.0), "gamma": (0.003, 0.03, 0.3)}
        ),
        "random_forest": Regressor(
            lambda state: RandomForestRegressor(100, random_state=state),
            {"min_samples_leaf": (1, 5, 10)},
        ),
    }
)


@dataclass(frozen=True)
class NestedCrossValidation:
    """The folds, and what is fitted in them.

    Attributes:
        generator: where the folds and the regressors' random states come from.
        folds: number of outer folds.
        repeats: how often the graphs are divided anew into folds.
        inner_folds: number of folds that choose the hyperparameters.
        confidence: coverage of the intervals.
        regressor: a name of `REGRESSORS`.
        group: columns whose values are never on both sides of a fold.
    """

    generator: np.random.Generator
    folds: int = 10
    repeats: int = 10
    inner_folds: int = 5
    confidence: float = 0.95
    regressor: str = "ridge"
    group: tuple[str, ...] = tuple(GRAPH)

    def __post_init__(self) -> None:
        if self.regressor not in REGRESSORS:
            raise InputError(
                f"regressor is {self.regressor!r}; expected one of {list(REGRESSORS)}."
            )
        for name in ("folds", "inner_folds"):
            if getattr(self, name) < 2:
                raise InputError(f"{name} is {getattr(self, name)}; expected at least 2.")

    def state(self) -> int:
        """A random state of scikit-learn."""
        return int(self.generator.integers(2**31))

    def splits(self, groups: np.ndarray) -> list[Split]:
        """The folds of all repeats."""
        found: list[Split] = []
        for _ in range(self.repeats):
            outer = GroupKFold(self.folds, shuffle=True, random_state=self.state())
            found += outer.split(groups, groups=groups)
        return found

    def search(self, state: int) -> GridSearchCV:
        """The regressor, with the inner folds around it."""
        regressor = REGRESSORS[self.regressor]
        grid = {name: list(values) for name, values in regressor.grid.items()}
        inner = GroupKFold(self.inner_folds, shuffle=True, random_state=state)
        return GridSearchCV(
            regressor.build(state), grid, cv=inner, scoring="neg_mean_squared_error"
        )

    def errors(self, data: Observations, split: Split, state: int) -> tuple[float, float]:
        """Mean squared errors on the rows held out: of the regressor, and of the training mean."""
        train, test = split
        y, mean = data.y[train], data.y[train].mean()
        baseline = float(((data.y[test] - mean) ** 2).mean())
        if is_constant(y):
            return baseline, baseline
        scaler, search = StandardScaler().fit(data.x[train]), self.search(state)
        # Checks of every number and argument take longer than the fits.
        with config_context(assume_finite=True, skip_parameter_validation=True):
            search.fit(
                scaler.transform(data.x[train]), (y - mean) / y.std(), groups=data.groups[train]
            )
            predicted = mean + y.std() * search.predict(scaler.transform(data.x[test]))
        return float(((data.y[test] - predicted) ** 2).mean()), baseline


def corrected_resampled_interval(
    values: np.ndarray, ratio: float, confidence: float
) -> tuple[float, float]:
    """An interval of the mean over folds that share most of what they are trained on.

    The variance of the mean of J folds is (1/J + n_test / n_train) s²; of independent ones it would
    be s² / J.

    Args:
        values: one a fold of each repeat; (J,), at least two.
        ratio: n_test / n_train.
        confidence: coverage (Student's t with J − 1 degrees of freedom).

    References:
        Nadeau & Bengio 2003; Bouckaert & Frank 2004, for repeated cross-validation.
    """
    count = len(values)
    error = math.sqrt((1 / count + ratio) * values.var(ddof=1))
    reach = stats.t.ppf((1 + confidence) / 2, count - 1) * error
    return float(values.mean() - reach), float(values.mean() + reach)
