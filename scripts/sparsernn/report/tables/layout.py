"""How a table is laid out for readers: rounded numbers, names in words, a file for each format."""

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from sparsernn.analysis.regain import NEVER
from sparsernn.files.tables import write_csv
from sparsernn.files.whole import write_text
from sparsernn.report.tables.formats import FORMATS
from sparsernn.report.words import (
    cell_name,
    cells_of,
    number,
    property_name,
    schedule_name,
    target_name,
)

__all__ = ["Layout", "write"]

_WORDS = {
    "r2": "R²",
    "bayesian_ridge": "Bayesian ridge",
    "adaboost": "AdaBoost",
    "ceiling": "ceiling (mean over starts)",
    "test_acc": "test accuracy",
    "train_acc": "training accuracy",
    "weights": "recurrent weights",
    "only_node_edge": "only nodes and edges",
    "without_node_edge": "without nodes and edges",
    "only_var": "only variances",
    "pruned": "right after pruning",
}


@dataclass(frozen=True)
class Layout:
    """How one table is laid out; its entry in the catalogue says this.

    Args:
        title: its heading.
        caption: what the values are, what the brackets mean.
        rows: key columns that lead a row.
        columns: the key column that is spread over the columns.
        digits: decimals of numbers below 100; larger ones are printed whole.
    """

    title: str
    caption: str
    rows: Sequence[str]
    columns: str
    digits: int


def write(table: pd.DataFrame, layout: Layout, paths: Mapping[str, str | os.PathLike[str]]) -> None:
    """Write a table as CSV (in full), Markdown, LaTeX and HTML (rounded, laid out to be read).

    The LaTeX file is a bare `tabular` with the rules of booktabs, title and caption in comments.

    Args:
        table: its keys, value, and where it has them low, high, thesis, regained and seeds.
        layout: of the files to be read.
        paths: of the files, by csv, md, tex and html.
    """
    lines = _lines(table, layout)
    write_csv(table.replace(math.inf, NEVER), paths["csv"])
    for ending, typeset in FORMATS.items():
        write_text(typeset(layout.title, layout.caption, lines, len(layout.rows)), paths[ending])


def _lines(table: pd.DataFrame, layout: Layout) -> list[list[str]]:
    """The words of each cell, the heading first: keys, then an entry for each column."""
    across = list(dict.fromkeys(table[layout.columns]))
    if layout.columns == "cell":
        across = cells_of(table)
    entries: dict[tuple[object, ...], dict[object, str]] = {}
    for row in table.to_dict("records"):
        key = tuple(row[name] for name in layout.rows)
        entries.setdefault(key, {})[row[layout.columns]] = _entry(row, layout.digits)
    head = [*layout.rows, *(_word(layout.columns, name) for name in across)]
    body = [
        [_word(name, value) for name, value in zip(layout.rows, key, strict=True)]
        + [found.get(name, "") for name in across]
        for key, found in entries.items()
    ]
    return [head, *body]


def _entry(row: Mapping[str, float], digits: int) -> str:
    """`0.57 [0.46, 0.66] (0.57)` or `2 [0, never] 3/5`, as far as the values are there."""

    def shown(value: float) -> str:
        if math.isinf(value):
            return NEVER
        if value >= 100:
            return f"{value:,.0f}"
        return number(value, digits) if digits else f"{value:g}"  # a median may be a half

    words = "–" if pd.isna(row["value"]) else shown(row["value"])
    if pd.notna(row.get("low")) and row["low"] != row["high"]:  # no range of a single seed
        words += f" [{shown(row['low'])}, {shown(row['high'])}]"
    if 0 < row.get("regained", 0) < row["seeds"]:
        words += f" {row['regained']}/{row['seeds']}"
    return words if pd.isna(row.get("thesis")) else f"{words} ({shown(row['thesis'])})"


def _word(key: str, value: object) -> str:
    """What a key's value is called."""
    if key == "percent":
        return f"{value:g} %"
    name = str(value)
    names = {"cell": cell_name, "property": property_name}
    names |= {"schedule": schedule_name, "target": target_name}
    return _WORDS.get(name) or names.get(key, lambda word: word.replace("_", " "))(name)
