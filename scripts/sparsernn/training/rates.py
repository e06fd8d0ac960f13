"""A learning rate that is chosen by networks that were trained with several."""

import math
from os import PathLike

import pandas as pd

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv

__all__ = ["chosen_rate", "with_choice"]


def with_choice(tried: pd.DataFrame) -> pd.DataFrame:
    """Mark the learning rate that does best on the validation set, in a column `chosen`.

    The one with the highest accuracy is chosen, in the mean over networks; of equal ones, and where
    numbers are predicted, the one with the lowest loss. A rate with which a network failed comes
    after all others.

    Args:
        tried: one row a network: lr, status, validation_loss, and validation_acc where there is
            one.

    Example:
        >>> tried = pd.DataFrame({"lr": [0.01, 0.1], "status": "ok", "validation_loss": [0.3, 0.2]})
        >>> with_choice(tried.assign(validation_acc=[0.9, 0.9]))["chosen"].tolist()
        [0, 1]
    """
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


def chosen_rate(path: str | PathLike[str]) -> float:
    """The learning rate that a table of `with_choice` marks.

    Raises:
        InputError: it marks none, or several.
    """
    table = read_csv(path, ["lr", "chosen"])
    rates = table.loc[table["chosen"] == 1, "lr"].unique()
    if len(rates) != 1:
        raise InputError(
            f"{path}: {len(rates)} learning rates are chosen; expected one. Delete the file, and "
            "run the workflow again to write it."
        )
    return float(rates[0])
