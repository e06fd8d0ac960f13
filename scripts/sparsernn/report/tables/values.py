"""What several tables do: summarise over seeds, put the thesis's values beside ours.

A row of a table has its keys, a value, low and high (its interval or range, where it has one) and
thesis (its value, where it gives one).
"""

import pandas as pd

__all__ = ["beside_thesis", "over_seeds"]


def over_seeds(frame: pd.DataFrame, keys: list[str], column: str) -> pd.DataFrame:
    """Median and range of a column, in the order in which the keys appear."""
    groups = frame.dropna(subset=[column]).groupby(keys, sort=False)[column]
    return groups.agg(value="median", low="min", high="max").reset_index()


def beside_thesis(
    ours: pd.DataFrame, theirs: pd.DataFrame | None, keys: list[str], column: str
) -> pd.DataFrame:
    """Our values with their intervals, and the thesis's beside them, where there are any."""
    named = ours.rename(columns={column: "value"})[[*keys, "value", "low", "high"]]
    if theirs is None:
        return named
    printed = theirs.rename(columns={column: "thesis"})[[*keys, "thesis"]]
    return named.merge(printed, how="left", on=keys)
