"""The tables of what retraining regains and what can be pruned safely, as readers see them."""

import math

import pandas as pd

from sparsernn.analysis.regain import NEVER

__all__ = ["epochs_to_regain", "safe_percent"]


def epochs_to_regain(regain: pd.DataFrame, target: str) -> pd.DataFrame:
    """Epochs of retraining until the accuracy is regained: median and range over seeds.

    Args:
        regain: columns cell, schedule, target, percent, rule, seeds, regained, and earliest,
            median and latest, which may be "never".
        target: which weights were pruned.

    Returns:
        Columns rule, schedule, percent, cell, value, low, high (infinite: never), regained, seeds.
    """
    rows = regain[regain["target"] == target]
    epochs = {
        name: rows[column].replace(NEVER, math.inf).astype(float)
        for name, column in {"value": "median", "low": "earliest", "high": "latest"}.items()
    }
    keys = ["rule", "schedule", "percent", "cell"]
    columns = [*keys, *epochs, "regained", "seeds"]
    return rows.assign(**epochs)[columns].sort_values("rule", key=_rank, kind="stable")


def safe_percent(percents: pd.DataFrame) -> pd.DataFrame:
    """The largest percentage that can be pruned safely: median and range over seeds.

    Args:
        percents: columns cell, schedule, target, rule, measured, seeds, least, median, most.

    Returns:
        Columns rule, measured, target, schedule, cell, value, low, high, seeds.
    """
    named = percents.rename(columns={"median": "value", "least": "low", "most": "high"})
    keys = ["rule", "measured", "target", "schedule", "cell"]
    columns = [*keys, "value", "low", "high", "seeds"]
    return named[columns].sort_values(["rule", "measured"], key=_rank, kind="stable")


def _rank(names: pd.Series) -> pd.Series:
    """Places in the order in which the names first appear, so that equal ones stand together."""
    return pd.Series(pd.factorize(names)[0], index=names.index)
