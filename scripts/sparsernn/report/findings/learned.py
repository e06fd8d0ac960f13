"""How soon do networks on graphs learn the task, and what stays wrong?"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.report.finding import Finding, counted, listed, share, span
from sparsernn.report.words import cell_name

ORDER = 33
INPUTS = {"networks": "analysis/networks"}
_LEAST = 10  # epochs: shorter trainings are not meant to end at the task's best accuracy
_CASE = ["protocol", "cell"]
_FEW = 2  # protocols that are told apart
_TOGETHER = "all protocols"
_LEVELS = (90, 95, 99)  # percent of accuracy
_WRONG = "wrong_"
_ALIKE = ("wrong_reber", "wrong_m1")  # kinds of strings that differ least


def learned(tables: Mapping[str, pd.DataFrame]) -> Finding | None:
    """The share of networks that reach each accuracy, when, and on which class errors are."""
    rows = originals(tables["networks"])
    columns = [f"epochs_to_{level}" for level in _LEVELS]
    if rows.empty or not set(columns) <= set(rows) or rows["epochs"].max() < _LEAST:
        return None
    epochs = int(rows["epochs"].max())
    many = rows["protocol"].nunique() > _FEW
    cases = rows.assign(protocol=_TOGETHER) if many else rows
    wrong = [name for name in rows if name.startswith(_WRONG)]
    return Finding(
        question="How soon do networks on graphs learn the task, and what stays wrong?",
        answer=f"The share of networks that reach an accuracy of {_LEVELS[-1]} % within {epochs} "
        f"epochs: {_told(cases, lambda own: share(float(own[columns[-1]].notna().mean())))}.",
        detail="The median network reaches it after this many epochs: "
        f"{_told(cases, lambda own: _median(own[columns[-1]]))}. {_most(cases, wrong)}"
        f"{_confused(wrong)}",
        evidence=f"{counted(len(rows), 'network')} on "
        f"{counted(len(rows[['family', 'graph']].drop_duplicates()), 'graph')}, trained for "
        f"{epochs} epochs. An accuracy counts as reached after the first epoch that ends with it, "
        "also if it is lost again. Errors are those of the last epoch's network.",
        beside="Other findings compare these networks with rules that need no network.",
        confounds="Epochs depend on the learning rate and on the size of the data set.",
        thesis="It reports neither of networks on graphs.",
        unknown="How many more would reach it with more epochs.",
        header=[
            "cell, protocol",
            *(f"reach {level} %" for level in _LEVELS),
            *(f"median epoch to {level} %" for level in _LEVELS),
            *(f"errors on {_name(name)}" for name in wrong),
        ],
        rows=[_row(case, own, columns, wrong) for case, own in cases.groupby(_CASE, sort=False)],
    )


def _median(epochs: pd.Series) -> str:
    """The median over all networks, where one that never gets there counts as later than all."""
    middle = float(np.median(epochs.fillna(np.inf)))
    return "never" if np.isinf(middle) else span([middle])


def _told(rows: pd.DataFrame, say: Callable[[pd.DataFrame], str]) -> str:
    """What is said of each cell, by protocol where there are several."""
    told = {
        str(protocol): listed(
            {str(cell): say(own) for cell, own in part.groupby("cell", sort=False)}
        )
        for protocol, part in rows.groupby("protocol", sort=False)
    }
    if len(told) == 1:
        return next(iter(told.values()))
    return "; ".join(f"{protocol} {cells}" for protocol, cells in told.items())


def _shares(own: pd.DataFrame, wrong: list[str]) -> pd.Series:
    """By class, its share of all errors."""
    errors = own[wrong].sum()
    return errors / errors.sum() if errors.sum() else errors


def _most(rows: pd.DataFrame, wrong: list[str]) -> str:
    """The class that most errors are on."""

    def largest(own: pd.DataFrame) -> str:
        shares = _shares(own, wrong)
        if not shares.any():
            return "no errors"
        return f"{_name(str(shares.idxmax()))} ({share(float(shares.max()))})"

    if not wrong or not rows[wrong].to_numpy().sum():
        return ""
    return f"The largest part of the errors that are left is on: {_told(rows, largest)}."


def _name(column: str) -> str:
    kind = column.removeprefix(_WRONG)
    return {"wrong_reber": "valid strings", "wrong_m1": "decoy m1"}.get(column, f"“{kind}”")


def _confused(wrong: list[str]) -> str:
    """What is special about two classes of the thesis's data."""
    if not set(_ALIKE) <= set(wrong):
        return ""
    return (
        " Strings of decoy m1 differ from valid ones only in their second letter, which is T "
        "instead of P or P instead of T."
    )


def _row(
    case: tuple[str, str], own: pd.DataFrame, columns: list[str], wrong: list[str]
) -> list[str]:
    protocol, cell = case
    shares = _shares(own, wrong)
    return [
        f"{cell_name(cell)}, {protocol}",
        *(share(float(own[name].notna().mean())) for name in columns),
        *(_median(own[name]) for name in columns),
        *(share(float(shares[name])) for name in wrong),
    ]
