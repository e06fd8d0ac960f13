"""The text of a CSV file, checked line by line before pandas reads it.

pandas fills up short rows, takes the first column of long ones for an index, renames columns of one
name, and reads an open quote to the end of the file. Light to import.
"""

import codecs
import csv
import io

from sparsernn.errors import InputError, brief, cause

__all__ = ["check_rows", "decode"]

MAX_COLUMNS = 1_000
_EXPECTED = "Expected UTF-8 text with a header line"
_FOREIGN = {
    codecs.BOM_UTF8: "",
    codecs.BOM_UTF32_LE: "UTF-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def decode(content: bytes, where: str) -> str:
    """The text of a CSV file in UTF-8, with or without a byte order mark.

    Args:
        content: the file.
        where: its path, for messages.

    Raises:
        InputError: it is empty, in another encoding, or holds a NUL.
    """
    encoding = next((name for mark, name in _FOREIGN.items() if content.startswith(mark)), "")
    if encoding:
        raise _refused(where, f"it is {encoding}", "Save it as UTF-8")
    for bad, what in ((content.find(b"\0"), "a NUL byte"), _not_utf8(content)):
        if bad >= 0:
            line = content.count(b"\n", 0, bad) + 1
            raise _refused(where, f"line {line} holds {what}", "Save it as UTF-8")
    text = content.decode("utf-8-sig")
    if not text.strip():
        raise _empty(where)
    return text


def _not_utf8(content: bytes) -> tuple[int, str]:
    """Where the first byte is that is not UTF-8, and its name; -1 if there is none."""
    try:
        content.decode()
    except UnicodeDecodeError as error:
        return error.start, f"the byte 0x{content[error.start]:02x}, which is not UTF-8"
    return -1, ""


def check_rows(
    text: str, where: str, max_rows: int | None
) -> tuple[list[str], list[int], io.StringIO]:
    """Check that every row has the cells of the header.

    Args:
        text: of the file.
        where: its path, for messages.
        max_rows: the most rows it may have below the header; None is any number.

    Returns:
        The names in the header, the line that each row below it starts at, and a file of just these
        rows, as pandas calls other lines blank than we do. Blank lines are no rows.

    Raises:
        InputError: no header, two columns of one name, a row with more or fewer cells, a quote
            that is not closed, too many rows.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    lines: list[int] = []
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\r\n")  # so that it quotes either alone
    start = 1
    try:
        for row in reader:
            if not _is_blank(row, header):
                writer.writerow(row)
                if header is None:
                    header = _checked_header(row, where)
                elif len(row) != len(header):
                    cells = f"line {start} has {len(row)} cells, the header {len(header)}"
                    raise _refused(where, cells, "Correct the line")
                else:
                    lines.append(start)
            start = reader.line_num + 1
    except csv.Error as error:
        what = f"the row from line {start} on: {cause(error)}"
        raise _refused(where, what, 'Close its quotes, and double each " within them') from None
    if header is None:
        raise _empty(where)
    if max_rows is not None and len(lines) > max_rows:
        raise InputError(
            f"{where}: {len(lines):,} rows; expected at most {max_rows:,}. Leave some out."
        )
    kept.seek(0)
    return header, lines, kept


def _is_blank(row: list[str], header: list[str] | None) -> bool:
    """Whether a line holds at most spaces; in a table of one column, "" is an empty cell."""
    cell = row == [""] and header is not None and len(header) == 1
    return not cell and len(row) <= 1 and not "".join(row).strip()


def _checked_header(names: list[str], where: str) -> list[str]:
    if len(names) > MAX_COLUMNS:
        what = f"{len(names):,} columns; at most {MAX_COLUMNS:,} are read"
        raise _refused(where, what, "Leave some out")
    seen: set[str] = set()
    for name in filter(None, names):
        if name in seen:
            raise _refused(where, f"two columns are named {brief(name)}", "Rename or remove one")
        seen.add(name)
    return names


def _empty(where: str) -> InputError:
    return _refused(where, "it is empty", "Write the header and the rows")


def _refused(where: str, what: str, remedy: str) -> InputError:
    return InputError(f"{where}: not a readable CSV file ({what}). {_EXPECTED}. {remedy}.")
