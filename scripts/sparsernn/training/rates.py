"""A learning rate that is chosen by networks that were trained with several."""

import math
from os import PathLike

import pandas as pd

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv

__all__ = ["chosen_rate", "with_choice"]


def with_choice(tried: pd.DataFrame) -> pd.DataFrame:
    """Mark the learning rate that does best on the validation set, in a column `chosen`.

    Where networks are pruned, one is marked for each percentage.

    The one with the highest accuracy is chosen, in the mean over networks; of equal ones, and where
    numbers are predicted, the one with the lowest loss. A rate with which a network failed comes
    after all others.

    Args:
        tried: one row a network: lr, status, validation_loss, and validation_acc where there is
            one; percent, if networks are pruned.

    Example:
        >>> tried = pd.DataFrame({"lr": [0.01, 0.1], "status": "ok", "validation_loss": [0.3, 0.2]})
        >>> with_choice(tried.assign(validation_acc=[0.9, 0.9]))["chosen"].tolist()
        [0, 1]
    """
    if "percent" in tried:
        parts = tried.groupby("percent", sort=False)
        return pd.concat([_with_one(part) for _, part in parts]).sort_index()
    return _with_one(tried)


def _with_one(tried: pd.DataFrame) -> pd.DataFrame:
    known = tried if "validation_acc" in tried else tried.assign(validation_acc=0.0)
    by_rate = known.assign(failed=known["status"] != "ok").groupby("lr")
    scores = by_rate.agg(
        failed=("failed", "sum"),
        accuracy=("validation_acc", "mean"),
        loss=("validation_loss", "mean"),
    ).fillna({"accuracy": -math.inf, "loss": math.inf})
    order = scores.sort_values(
        ["failed", "accuracy", "loss"], ascending=[True, False, True], kind="stable"
    )
    return tried.assign(chosen=(tried["lr"] == order.index[0]).astype(int))


def chosen_rate(path: str | PathLike[str], percent: float | None = None) -> float:
    """The learning rate that a table of `with_choice` marks.

    Args:
        path: the table.
        percent: of a network that is pruned: the rate is that of the nearest percentage, and of two
            that are as near, of the lower one.

    Raises:
        InputError: it marks none, or several.
    """
    table = read_csv(path, ["lr", "chosen"])
    if percent is not None and "percent" in table:
        nearest = min(sorted(table["percent"].unique()), key=lambda each: abs(each - percent))
        table = table[table["percent"] == nearest]
    rates = table.loc[table["chosen"] == 1, "lr"].unique()
    if len(rates) != 1:
        raise InputError(
            f"{path}: {len(rates)} learning rates are chosen; expected one. Delete the file, and "
            "run the workflow again to write it."
        )
    return float(rates[0])
