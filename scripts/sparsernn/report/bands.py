"""Medians over seeds, and the bands in which most of the seeds lie."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes

__all__ = ["band", "over_seeds"]

_BAND = (0.1, 0.9)  # quantiles: the captions name them


def over_seeds(frame: pd.DataFrame, by: Sequence[str], column: str = "test_acc") -> pd.DataFrame:
    """Number of seeds, median, and the 10 % and 90 % quantiles of a column, where it has a value.

    Args:
        frame: a row for each seed and each combination of `by`.
        by: columns that name a point.
        column: of the values.

    Returns:
        The columns `by`, seeds, median, low, high.
    """
    values = frame.dropna(subset=[column]).astype({column: float})  # no rows have no type
    groups = values.groupby(list(by), sort=False)[column]
    table = groups.agg(seeds="size", median="median")
    ends = zip(("low", "high"), _BAND, strict=True)
    return table.assign(**{name: groups.quantile(share) for name, share in ends}).reset_index()


def band(ax: Axes, x: pd.Series, rows: pd.DataFrame, colour: str) -> None:
    """Fill the space between low and high of some rows."""
    ax.fill_between(x, rows["low"], rows["high"], color=colour, alpha=0.2, lw=0)
