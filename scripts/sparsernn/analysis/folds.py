"""R² on graphs that a fit has not seen, by repeated cross-validation of a ridge regression."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from sklearn import config_context
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import RepeatedKFold

from sparsernn.analysis.cases import is_constant
from sparsernn.errors import InputError

__all__ = ["NestedCrossValidation", "Split", "corrected_resampled_interval", "squared_errors"]

Split = tuple[np.ndarray, np.ndarray]  # rows to train on, rows to test on
_ALPHAS = (0.1, 1.0, 10.0, 100.0, 1000.0)  # penalties of standardised features


@dataclass(frozen=True)
class NestedCrossValidation:
    """The folds.

    Attributes:
        generator: where the folds come from.
        folds: number of folds.
        repeats: how often the graphs are divided anew into folds.
        confidence: coverage of the intervals.
    """

    generator: np.random.Generator
    folds: int = 10
    repeats: int = 10
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.folds < 2 or self.repeats < 1:
            raise InputError(
                f"folds is {self.folds} and repeats is {self.repeats}; expected at least 2 and 1."
            )

    def splits(self, graphs: int) -> list[Split]:
        """The folds of all repeats, for so many graphs."""
        state = int(self.generator.integers(2**31))
        divide = RepeatedKFold(n_splits=self.folds, n_repeats=self.repeats, random_state=state)
        return list(divide.split(np.arange(graphs)))


def squared_errors(x: np.ndarray, y: np.ndarray, splits: Sequence[Split]) -> np.ndarray:
    """Mean squared errors on what is held out.

    Features are standardised by what is trained on. There, leaving out each row in turn chooses the
    ridge's penalty, which an exact formula does from one decomposition.

    Args:
        x: features, (rows, features).
        y: response, (rows,).
        splits: the folds.

    Returns:
        Of the ridge regression and of the mean of the training rows, (2, folds).

    References:
        Golub, Heath & Wahba 1979, "Generalized cross-validation as a method for choosing a good
        ridge parameter".
    """
    # Checks of every number and argument take longer than the fits.
    with config_context(assume_finite=True, skip_parameter_validation=True):
        return np.array([_errors(x, y, *split) for split in splits]).T


def _errors(
    x: np.ndarray, y: np.ndarray, train: np.ndarray, test: np.ndarray
) -> tuple[float, float]:
    mean = y[train].mean()
    baseline = float(((y[test] - mean) ** 2).mean())
    if is_constant(y[train]):
        return baseline, baseline
    spread = np.where(is_constant(x[train].T), 1, x[train].std(axis=0))
    z = (x - x[train].mean(axis=0)) / spread
    predicted = RidgeCV(_ALPHAS).fit(z[train], y[train]).predict(z[test])
    return float(((y[test] - predicted) ** 2).mean()), baseline


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
