"""Graphs in CSV files, as matrices of weights: from the vertex of a row to that of a column."""

import csv
import io
import re
from collections import Counter
from os import PathLike
from typing import NamedTuple

import networkx as nx
import numpy as np

from sparsernn.errors import InputError, brief, cause
from sparsernn.files.graphml import MAX_BYTES, MAX_EDGES, MAX_VERTICES
from sparsernn.files.tables import decoded
from sparsernn.files.whole import read_bytes
from sparsernn.graphs.conversion import as_graph
from sparsernn.graphs.orientation import vertices_of

__all__ = ["read_matrix"]

_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def read_matrix(path: str | PathLike[str]) -> nx.Graph:
    r"""Read a graph from a CSV file with its adjacency or weight matrix.

    The entry in row i and column j is the weight of the edge from vertex i to vertex j; 0 is no
    edge. A symmetric matrix is an undirected graph, as everywhere in the library. The vertices have
    the names in the first row, the first column or both; without names they are 0, 1, and so on.

    Args:
        path: numbers in UTF-8, separated by commas. A first row that begins with something that is
            no number, as an empty corner, has the names of the columns. A first column may have the
            names of the rows, which must be the same in the same order.

    Returns:
        A graph whose edges have the attribute `weight`.

    Raises:
        InputError: absent, too large, not a square matrix of finite numbers, or other names.

    Example:
        >>> import tempfile
        >>> from sparsernn import read_matrix
        >>> path = f"{tempfile.mkdtemp()}/worm.csv"
        >>> with open(path, "w") as file:
        ...     _ = file.write(",AVA,AVB\nAVA,0,1.5\nAVB,0,-2\n")
        >>> list(read_matrix(path).edges(data="weight"))
        [('AVA', 'AVB', 1.5), ('AVB', 'AVB', -2.0)]
    """
    table = _read(path)
    _check_separator(path, table)
    names, rows = _names(path, table)
    matrix = np.array([_numbers(path, row) for row in rows])
    edges = int(np.count_nonzero(matrix))
    if edges > MAX_EDGES:
        raise InputError(
            f"{path}: {edges:,} entries that are not 0; expected at most {MAX_EDGES:,}. Take a "
            "part of the graph."
        )
    return nx.relabel_nodes(as_graph(matrix, None), dict(enumerate(vertices_of(names).values())))


class _Row(NamedTuple):
    """The cells of a line, and its number."""

    line: int
    cells: list[str]


def _read(path: str | PathLike[str]) -> list[_Row]:
    """The lines of a file that are not blank."""
    text = decoded(read_bytes(path, MAX_BYTES, "a CSV file with a matrix"), str(path))
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        rows = [_Row(reader.line_num, [cell.strip() for cell in row]) for row in reader]
    except csv.Error as error:
        raise InputError(
            f"{path}, line {reader.line_num}: {cause(error)}. Expected numbers between commas. "
            "Correct the line."
        ) from None
    rows = [row for row in rows if any(row.cells)]
    if not rows:
        raise InputError(f"{path}: it is empty; expected a matrix of numbers. Write one.")
    if len(rows) > MAX_VERTICES + 1:
        raise InputError(
            f"{path}: {len(rows):,} rows; expected at most {MAX_VERTICES:,}. Take a part of the "
            "graph."
        )
    return rows


def _names(path: str | PathLike[str], table: list[_Row]) -> tuple[list[str], list[_Row]]:
    """The names of the vertices, and the rows without names."""
    first = table[0].cells
    words = [not _is_number(cell) for cell in first]
    of_rows_alone = len(first) == len(table) + 1
    heads = len(table) > 1 and (words[0] or all(words)) and not of_rows_alone
    body = table[1:] if heads else table
    named = heads and len(first) == len(body) + 1
    named = named or all(not _is_number(row.cells[0]) for row in body)
    rows = [_Row(row.line, row.cells[1:]) for row in body] if named else body
    of_rows = [row.cells[0] for row in body] if named else []
    of_columns = (first[1:] if named and len(first) > len(rows) else first) if heads else []
    _check_square(path, rows)
    if of_rows and of_columns and of_rows != of_columns:
        one = next(pair for pair in zip(of_rows, of_columns, strict=False) if pair[0] != pair[1])
        raise InputError(
            f"{path}: a row is named {brief(one[0])}, and the column at its place "
            f"{brief(one[1])}; expected the same names in the same order. Order rows and "
            "columns alike."
        )
    names = of_columns or of_rows or [str(number) for number in range(len(rows))]
    bad = next((name for name, times in Counter(names).items() if times > 1 or not name), None)
    if bad is not None:
        raise InputError(
            f"{path}: the name {brief(bad)} is empty or occurs twice; expected a name of its own "
            "for each row and column. Correct it."
        )
    _check_characters(path, names)
    return names, rows


def _check_characters(path: str | PathLike[str], names: list[str]) -> None:
    """Refuse names that the GraphML files of the graph could not hold."""
    if (bad := next(filter(_NOT_IN_XML.search, names), None)) is not None:
        raise InputError(
            f"{path}: the name {brief(bad)} has a control character; expected text. Remove it."
        )


def _check_separator(path: str | PathLike[str], table: list[_Row]) -> None:
    """Refuse other separators than commas, by a line that should have numbers, the last one."""
    cells, alone = table[-1].cells, all(len(row.cells) == 1 for row in table)
    for mark in (";", "\t", " ") if len(cells) == 1 else (";", "\t"):
        *before, last = ",".join(cells).split(mark)
        if before and (alone or _is_number(last.replace(",", "."))):
            raise InputError(
                f"{path}: cells are separated by {brief(mark)}; expected commas, and points in "
                "numbers. Replace them."
            )


def _check_square(path: str | PathLike[str], rows: list[_Row]) -> None:
    wrong = next((row for row in rows if len(row.cells) != len(rows)), None)
    if wrong is not None:
        raise InputError(
            f"{path}, line {wrong.line}: {len(wrong.cells)} entries, in a matrix of {len(rows)} "
            "row(s); expected as many columns as rows, from each vertex to each. Correct the line, "
            "or add what is missing. Names may stand in the first row and in the first column; "
            "names that are numbers need both, and an empty corner."
        )


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _numbers(path: str | PathLike[str], row: _Row) -> list[float]:
    for number, cell in enumerate(row.cells, start=1):
        if not (_is_number(cell) and np.isfinite(float(cell))):
            raise InputError(
                f"{path}, line {row.line}: entry {number} is {brief(cell)}; expected a finite "
                "number, 0 where there is no edge. Correct it."
            )
    return [float(cell) for cell in row.cells]
