"""Bootstrap by clusters, and p-values adjusted for several tests."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests

from sparsernn.errors import InputError

__all__ = ["FEW_CLUSTERS", "Resampling", "adjust_within", "adjusted"]

FEW_CLUSTERS = 5  # of fewer, a bootstrap says nothing


@dataclass(frozen=True)
class Resampling:
    """How often, and with which random numbers, an analysis resamples.

    Attributes:
        generator: where the random numbers come from.
        resamples: how many samples a bootstrap or a permutation test draws.
        confidence: coverage of the intervals.

    Example:
        >>> resampling = Resampling(np.random.default_rng(0), resamples=4)
        >>> resampling.counts(3).sum(axis=1).tolist()
        [3, 3, 3, 3]
    """

    generator: np.random.Generator
    resamples: int = 2000
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if self.resamples < 1:
            raise InputError(f"resamples is {self.resamples}; expected at least 1.")
        if not 0 < self.confidence < 1:
            raise InputError(f"confidence is {self.confidence}; expected between 0 and 1.")

    @property
    def tails(self) -> list[float]:
        """The quantiles at the ends of an interval."""
        return [(1 - self.confidence) / 2, (1 + self.confidence) / 2]

    def counts(self, clusters: int) -> np.ndarray:
        """How often each bootstrap sample draws each cluster: (resamples, clusters)."""
        shares = np.full(clusters, 1 / clusters)
        return self.generator.multinomial(clusters, shares, size=self.resamples)

    def interval(self, values: np.ndarray) -> tuple[float, float]:
        """The percentile interval of a statistic's bootstrap values, those that are NaN left out.

        It is (NaN, NaN) if more than half of them are NaN.
        """
        finite = values[np.isfinite(values)]
        if 2 * len(finite) <= len(values):
            return np.nan, np.nan
        low, high = np.quantile(finite, self.tails)
        return float(low), float(high)


def adjusted(p_values: Iterable[float], method: str) -> np.ndarray:
    """P-values adjusted for all that are not NaN.

    Args:
        p_values: one for each test; NaN where there was no test.
        method: a method of `statsmodels.stats.multitest.multipletests`: "holm" keeps the
            probability of any false positive, "fdr_bh" the expected share of false ones.

    Example:
        >>> adjusted([0.01, float("nan"), 0.04], "holm").tolist()
        [0.02, nan, 0.04]
    """
    result = np.array(list(p_values), dtype=float)
    tested = np.isfinite(result)
    if tested.sum() > 1:  # multipletests collects garbage, which takes longer than all the rest
        result[tested] = multipletests(result[tested], method=method)[1]
    return result


def adjust_within(table: pd.DataFrame, by: Sequence[Hashable], method: str) -> pd.DataFrame:
    """Fill the column p_adjusted from p_value, separately for each value of `by`."""
    result = table.assign(p_adjusted=np.nan)
    for rows in result.groupby(list(by), sort=False, dropna=False).indices.values():
        values = adjusted(result["p_value"].to_numpy(dtype=float)[rows], method)
        result.iloc[rows, result.columns.get_loc("p_adjusted")] = values
    return result
