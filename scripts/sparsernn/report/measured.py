"""Measured values in words: what the evidence on all questions shares."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from sparsernn.report.words import cell_name, number
from sparsernn.thesis.quantities import MEASURES
from sparsernn.thesis.study import NotTestableError, Study

__all__ = ["NOTHING", "Protocols", "Schedules", "any_of", "listed", "measured", "or_dash"]
__all__ += ["rows_of", "shown"]

Schedules = Mapping[str, Study]  # by schedule, of one protocol
Protocols = Mapping[str, Schedules]
NOTHING = "–"


def shown(value: float, low: float = math.nan, high: float = math.nan, digits: int = 2) -> str:
    """A value and its interval; whole numbers without digits, `never` where infinite."""

    def text(x: float) -> str:
        return "never" if math.isinf(x) else number(x, digits)

    if math.isnan(value):
        return NOTHING
    interval = "" if math.isnan(low) or low == high else f" ({text(low)} to {text(high)})"
    return f"{text(value)}{interval}"


def or_dash(text: Callable[..., str], *args: Any) -> str:
    """What a function says, or a dash where the study lacks what it asks for."""
    try:
        return text(*args)
    except NotTestableError:
        return NOTHING


def measured(measure: str, study: Study, cell: str, digits: int, **options: Any) -> str:
    """The value of one of the measures that claims are judged by."""
    found = MEASURES[measure](study, cell, **options)
    return shown(found.value, found.low, found.high, digits)


def rows_of(study: Study, table: str, **where: Any) -> pd.DataFrame:
    """Rows of a table; none where the study lacks the table."""
    try:
        return study.rows(table, **where)
    except NotTestableError:
        return pd.DataFrame(columns=["cell", "regressor", "r2"])


def any_of(studies: Schedules) -> Study:
    """The study where schedules do not matter."""
    return next(iter(studies.values()))


def listed(texts: Mapping[str, str]) -> str:
    """A text for each cell, in one sentence."""
    return "; ".join(f"{cell_name(cell)} {text}" for cell, text in texts.items())
