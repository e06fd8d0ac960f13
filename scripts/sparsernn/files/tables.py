"""Tables in CSV files, read and written whole.

pandas fills up short rows, takes the first column of long ones for an index, renames columns of one
name, and reads an open quote to the end of the file. So the csv module of Python looks first.
"""

import csv
import io
from collections import Counter
from collections.abc import Collection
from os import PathLike
from typing import TYPE_CHECKING

from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes, write_text

if TYPE_CHECKING:  # not light, and the workflow imports this module
    import pandas as pd

__all__ = ["decoded", "read_csv", "read_rows", "write_csv"]

MAX_TABLE = 256 * 2**20  # bytes of a CSV file
MAX_COLUMNS = 1_000


def write_csv(frame: "pd.DataFrame", path: str | PathLike[str]) -> None:
    """Write a table: a header, no index, floats in the shortest form that reads back the same."""
    write_text(frame.to_csv(index=False, lineterminator="\n"), path)


def read_csv(
    path: str | PathLike[str], columns: Collection[str] = (), text: Collection[str] = ()
) -> "pd.DataFrame":
    """Read a table that a rule or a person wrote; an empty cell is a missing value.

    Args:
        path: the CSV file.
        columns: names that must be among its columns.
        text: columns that stay as they are written, "007" and "NA" included. The others become
            numbers if all of their cells are.

    Raises:
        InputError: the file is absent, empty, not a CSV, or lacks a column.
    """
    return read_rows(path, columns, text)[0]


def read_rows(
    path: str | PathLike[str],
    columns: Collection[str],
    text: Collection[str] = (),
    max_bytes: int = MAX_TABLE,
) -> tuple["pd.DataFrame", list[int]]:
    """Like `read_csv`, up to a size of the caller's, and with the line that each row starts at."""
    import pandas as pd

    where = str(path)
    header, lines, rows = _parsed(decoded(read_bytes(path, max_bytes, "a CSV file"), where), where)
    missing = [name for name in columns if name not in header]
    if missing:
        separated = len(header) == 1 and any(mark in header[0] for mark in ";\t|")
        remedy = "Separate cells by commas" if separated else "Add the column"
        raise InputError(
            f"{path}: no column {', '.join(map(repr, missing))}; found {brief(header)}. "
            f"{remedy}, in the header and in every line."
        )
    frame = pd.read_csv(
        rows,
        dtype=dict.fromkeys(text, str),
        keep_default_na=False,  # "NA" may be a string of a grammar
        na_values=[""],
        skip_blank_lines=False,  # none is left
        low_memory=False,  # in pieces, a column could get several types
    )
    return frame, lines


def decoded(content: bytes, where: str) -> str:
    """The text of a file in UTF-8, with or without a byte order mark."""
    bad, what = content.find(b"\0"), "a NUL byte"
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        bad, what = error.start, f"the byte 0x{content[error.start]:02x}, which is not UTF-8"
    if bad >= 0:
        line = content.count(b"\n", 0, bad) + 1
        raise _refused(where, f"line {line} holds {what}", "Save it as UTF-8")
    return text.removeprefix("\ufeff")


def _parsed(text: str, where: str) -> tuple[list[str], list[int], io.StringIO]:
    """The header, the line that each row below it starts at, and a file of nothing but these.

    Blank lines are left out, as pandas calls other lines blank than we do.
    """
    header: list[str] = []
    lines: list[int] = []
    rows = io.StringIO(newline="")
    writer = csv.writer(rows, lineterminator="\r\n")  # so that a cell with either is quoted
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    start = 1
    try:
        for row in reader:
            blank = len(row) <= 1 and not "".join(row).strip() and (len(header) != 1 or not row)
            if not blank:
                writer.writerow(row)
                header = header or _checked_header(row, where)
                lines.append(start)
            if not blank and len(row) != len(header):
                what = f"line {start} has {len(row)} cells, the header {len(header)}"
                raise _refused(where, what, "Correct the line")
            start = reader.line_num + 1
    except csv.Error as error:
        what = f"the row from line {start} on: {cause(error)}"
        raise _refused(where, what, 'Close its quotes, and double each " within them') from None
    if not header:
        raise _refused(where, "it is empty", "Write the header and the rows")
    rows.seek(0)
    return header, lines[1:], rows


def _checked_header(names: list[str], where: str) -> list[str]:
    if len(names) > MAX_COLUMNS:
        what = f"{len(names):,} columns; at most {MAX_COLUMNS:,} are read"
        raise _refused(where, what, "Leave some out")
    if twice := [name for name, times in Counter(names).items() if name and times > 1]:
        raise _refused(where, f"two columns are named {brief(twice[0])}", "Rename or remove one")
    return names


def _refused(where: str, what: str, remedy: str) -> InputError:
    return InputError(
        f"{where}: not a readable CSV file ({what}). Expected UTF-8 text with a header line. "
        f"{remedy}."
    )
