"""Tables of pruning: accuracy right after it, what retraining regains, what is safe to prune."""

import math

import pandas as pd

from sparsernn.analysis.regain import NEVER
from sparsernn.report.tables.values import over_seeds

__all__ = ["epochs_to_regain", "pruning_accuracy", "safe_percent"]


def pruning_accuracy(
    history: pd.DataFrame, target: str, published: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Test accuracy right after pruning: median and range over seeds.

    Args:
        history: of pruning; columns cell, schedule, target, percent, epoch, test_acc.
        target: which weights were pruned.
        published: columns cell, target, percent, accuracy; of the one-shot schedule. None where
            the study is not the thesis's.

    Returns:
        Columns schedule, percent, cell, value, low, high and, with `published`, thesis.
    """
    after = history[(history["target"] == target) & (history["epoch"] == 0)]
    after = after[after["percent"] > 0]  # a control retrains without pruning
    ours = over_seeds(after, ["schedule", "percent", "cell"], "test_acc")
    if published is None:
        return ours
    theirs = published[published["target"] == target].assign(schedule="one_shot")
    theirs = theirs.rename(columns={"accuracy": "thesis"}).drop(columns="target")
    percents = {"percent": float}  # a table without rows has no types
    keys = ["schedule", "percent", "cell"]
    return ours.astype(percents).merge(theirs.astype(percents), how="left", on=keys)


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
