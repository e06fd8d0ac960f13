"""Tables in CSV files, read and written whole."""

import os
from typing import TYPE_CHECKING

from sparsernn.errors import InputError, brief
from sparsernn.files.csv_text import check_rows, decode

if TYPE_CHECKING:
    import pandas as pd

from sparsernn.files.whole import read_bytes, write_text

__all__ = ["read_csv", "read_rows", "write_csv"]

MAX_TABLE = 256 * 2**20  # bytes of a CSV file


def write_csv(frame: "pd.DataFrame", path: str | os.PathLike[str]) -> None:
    """Write a table: a header, no index, floats in the shortest form that reads back the same."""
    write_text(frame.to_csv(index=False, lineterminator="\n"), path)


def read_csv(path: str | os.PathLike[str], columns: list[str] | None = None) -> "pd.DataFrame":
    """Read a table that a rule or a person wrote.

    Args:
        path: the CSV file.
        columns: names that must be among its columns.

    Raises:
        InputError: the file is absent, empty, not a CSV, or lacks a column.
    """
    return read_rows(path, columns or [])[0]


def read_rows(
    path: str | os.PathLike[str],
    columns: list[str],
    max_bytes: int = MAX_TABLE,
    max_rows: int | None = None,
) -> tuple["pd.DataFrame", list[int]]:
    """Like `read_csv`, within bounds of its own, and with the line that each row starts at."""
    import pandas as pd

    where = str(path)
    text = decode(read_bytes(path, max_bytes, "a CSV file"), where)
    header, lines, kept = check_rows(text, where, max_rows)
    missing = [name for name in columns if name not in header]
    if missing:
        separated = len(header) == 1 and any(mark in header[0] for mark in ";\t|")
        remedy = "Separate cells by commas" if separated else "Add the column"
        raise InputError(
            f"{path}: no column {', '.join(map(repr, missing))}; found {brief(header)}. "
            f"{remedy}, in the header and in every line."
        )
    frame = pd.read_csv(
        kept,
        dtype=dict.fromkeys(("string", "grammar", "reason", "published", "ours"), str),
        keep_default_na=False,  # "NA" may be a string of a grammar
        na_values=[""],
        skip_blank_lines=False,  # none is left
        low_memory=False,  # in pieces, a column could get several types
    )
    return frame, lines
