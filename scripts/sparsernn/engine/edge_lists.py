"""The weights of all blocks that are summed, listed from either end.

A *line* is a row of a block's matrix, or from the other end a source: it has the weights of one sum.
Each kernel goes over all blocks, because a network of a thousand vertices has hundreds of them.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cache import kernel
from sparsernn.engine.vectors import compiled

__all__ = ["Axis", "Lists", "Order", "fill_dense", "list_edges", "make_axis", "mark", "order_lines"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# Rows of a tile take an edge in a third of the time. So where this share of the weights exists,
# the others count as zeros.
FILLED_FROM = 0.25


class Axis(NamedTuple):
    """One end of the matrices of all blocks: their rows, or their columns.

    A block's entries ascend by number. Entries of the same number are one line.

    Attributes:
        entry: (blocks + 1,) where each block's entries begin.
        line: (blocks + 1,) where each block's lines begin.
        start: (lines + 1,) where each line's entries begin.
        into: (lines,) number of each line.
        number: (entries,) number of each entry.
        offset: (entries,) a weight's place is the sum of its row's and its column's.
        mark: (entries,) a hash of the number.
    """

    entry: IntArray
    line: IntArray
    start: IntArray
    into: IntArray
    number: IntArray
    offset: IntArray
    mark: IntArray


def make_axis(
    block: IntArray,
    number: IntArray,
    offset: IntArray,
    blocks: int,
    salt: int,
    lines: tuple[IntArray, IntArray] | None = None,
) -> Axis:
    """An axis of entries in any order.

    Args:
        block, number, offset: of each entry.
        blocks: number of blocks.
        salt: sets the hashes of one kind of edges apart from those of others.
        lines: block and number of each line, in ascending order; None: those of the entries.
    """
    width = 1 + max(number.max(initial=0), lines[1].max(initial=0) if lines else 0)
    key = block * width + number
    if not (key[1:] >= key[:-1]).all():
        order = np.argsort(key, kind="stable")
        key, number, offset = key[order], number[order], offset[order]
    line_key = lines[0] * width + lines[1] if lines else key[np.diff(key, prepend=-1) > 0]
    ends = np.arange(blocks + 1) * width
    entry, line = np.searchsorted(key, ends), np.searchsorted(line_key, ends)
    start = np.append(np.searchsorted(key, line_key), len(key))
    into = lines[1] if lines else number[start[:-1]]
    mixed = (number + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15 + 2 * salt)
    mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
    return Axis(entry, line, start, into, number, offset, mixed.view(np.int64))


@kernel
def fill_dense(masks: BoolArray, shapes: IntArray, counts: IntArray, summed: BoolArray) -> None:
    """`summed` gets the masks; of those that are dense, all weights between their rows and sources.

    Args:
        masks: of all matrices, one after another.
        shapes: (matrices, 2) rows and columns of each.
        counts: room for the counts of the rows and of the columns of one matrix.
        summed: as `masks`.
    """
    base = 0
    for matrix in range(len(shapes)):
        rows, columns = shapes[matrix, 0], shapes[matrix, 1]
        counts[: rows + columns] = 0
        of_row, of_column = counts[:rows], counts[rows : rows + columns]
        for r in range(rows):
            first = base + r * columns
            for c in range(columns):
                exists = masks[first + c]
                summed[first + c] = exists
                of_column[c] += exists
                of_row[r] += exists
        exist, heard, read = 0, 0, 0
        for r in range(rows):
            exist += of_row[r]
            heard += of_row[r] > 0
        for c in range(columns):
            read += of_column[c] > 0
        if exist < heard * read and exist >= FILLED_FROM * (heard * read):
            for r in range(rows):
                if of_row[r]:
                    for c in range(columns):
                        summed[base + r * columns + c] = of_column[c] > 0
        base += rows * columns


@kernel
def mark(
    summed: BoolArray, rows: Axis, columns: Axis, of_rows: IntArray, of_columns: IntArray
) -> None:
    """Each line gains the number of its weights, in row 0, and a hash of them, in row 1.

    Lines of the same sources, or of the same rows, have the same hash.
    """
    for b in range(len(rows.entry) - 1):
        for row in range(rows.line[b], rows.line[b + 1]):
            for i in range(rows.start[row], rows.start[row + 1]):
                first, mark_i = rows.offset[i], rows.mark[i]
                count, total = 0, 0
                for column in range(columns.line[b], columns.line[b + 1]):
                    for j in range(columns.start[column], columns.start[column + 1]):
                        if summed[first + columns.offset[j]]:
                            count += 1
                            total += columns.mark[j]
                            of_columns[0, column] += 1
                            of_columns[1, column] += mark_i
                of_rows[0, row] += count
                of_rows[1, row] += total


@compiled
def _alike(summed: BoolArray, outer: Axis, inner: Axis, block: int, one: int, other: int) -> bool:
    """Whether two lines of a block have weights from the same numbers."""
    difference, last = 0, inner.entry[block + 1] - 1
    for j in range(inner.entry[block], last + 1):
        place = inner.offset[j]
        for i in range(outer.start[one], outer.start[one + 1]):
            difference += summed[place + outer.offset[i]]
        for i in range(outer.start[other], outer.start[other + 1]):
            difference -= summed[place + outer.offset[i]]
        if difference and (j == last or inner.number[j + 1] != inner.number[j]):
            return False
    return True


class Order(NamedTuple):
    """Lines in an order that puts those beside each other that read the same.

    Attributes:
        first: (blocks + 1,) where each block's lines begin.
        line: (lines,) numbers of the lines.
        into, group: (lines,) see `kernel_plan.Edges`.
    """

    first: IntArray
    line: IntArray
    into: IntArray
    group: IntArray


@compiled
def _chain(
    summed: BoolArray,
    outer: tuple[Axis, Axis, Axis],
    inner: tuple[Axis, Axis, Axis],
    kinds: int,
    marks: IntArray,
    block: int,
    all_lines: bool,
    room: IntArray,
    table: IntArray,
) -> None:
    """Chain lines that are alike: `room` gets the next and, of the first, the last of each chain.

    A line that continues a chain gets -2 as the last.
    """
    following, last = room[0], room[1]
    begin, end = outer[0].line[block], outer[0].line[block + 1]
    size = 2
    while size < 2 * (end - begin):
        size *= 2
    table[:size] = -1
    for line in range(begin, end):
        following[line] = -1
        last[line] = -2
        if marks[0, line] == 0 and not all_lines:
            continue
        place = (marks[1, line] ^ (marks[1, line] >> 32)) & (size - 1)
        while table[place] >= 0:
            head = table[place]
            if marks[1, head] == marks[1, line] and marks[0, head] == marks[0, line]:
                alike = True
                for kind in range(kinds):
                    alike = alike and _alike(summed, outer[kind], inner[kind], block, head, line)
                if alike:
                    break
            place = (place + 1) & (size - 1)
        if table[place] < 0:
            table[place] = line
            last[line] = line
        else:
            head = table[place]
            following[last[head]] = line
            last[head] = line


@compiled
def _even(into: IntArray, same: IntArray, count: int) -> bool:
    """Whether so many lines are there and lie evenly apart."""
    if len(same) < count:
        return False
    apart = into[same[1]] - into[same[0]]
    for k in range(2, count):
        if into[same[k]] - into[same[k - 1]] != apart:
            return False
    return True


@kernel
def order_lines(
    summed: BoolArray,
    outer: tuple[Axis, Axis, Axis],
    inner: tuple[Axis, Axis, Axis],
    kinds: int,
    marks: IntArray,
    all_lines: bool,
    order: Order,
    room: IntArray,
    table: IntArray,
) -> None:
    """Order the lines of each block.

    Args:
        summed: the weights that are summed, by place.
        outer: the lines, of as many kinds of edges; they are alike if they are so in each.
        inner: what they read.
        kinds: number of kinds, 1 or 3.
        marks: of the lines, see `mark`.
        all_lines: whether lines without weights count.
        order: gets the order; it has room for all lines.
        room, table: (3, lines) and (4 * lines,) room.
    """
    lines, same, k = outer[0], room[2], 0
    for b in range(len(lines.entry) - 1):
        order.first[b] = k
        _chain(summed, outer, inner, kinds, marks, b, all_lines, room, table)
        for head in range(lines.line[b], lines.line[b + 1]):
            if room[1, head] < 0:
                continue
            count, line = 0, head
            while line >= 0:
                same[count] = line
                count += 1
                line = room[0, line]
            at = 0
            while at < count:
                size = 8
                while size > 1 and not _even(lines.into, same[at:count], size):
                    size //= 2
                for i in range(size):
                    order.line[k] = same[at + i]
                    order.into[k] = lines.into[same[at + i]]
                    order.group[k] = size if i == 0 else 1
                    k += 1
                at += size
    order.first[len(lines.entry) - 1] = k


class Lists(NamedTuple):
    """The edges of all lines, in order.

    Attributes:
        start: (lines + 1,) where each line's edges begin.
        source: (edges,) number at an edge's other end.
        position: (edges,) place of its weight among all parameters.
        exists: (edges,) whether its weight exists.
    """

    start: IntArray
    source: IntArray
    position: IntArray
    exists: BoolArray


@kernel
def list_edges(
    summed: BoolArray,
    masks: BoolArray,
    outer: Axis,
    inner: Axis,
    order: Order,
    biases: IntArray,
    lists: Lists,
) -> None:
    """List the edges of lines in their order.

    Args:
        summed, masks: by place, the weights that are summed, and those of them that exist.
        outer: the lines.
        inner: what they read.
        order: of the lines.
        biases: (blocks,) how many biases are among the parameters before a block.
        lists: gets the edges.
    """
    e = 0
    lists.start[0] = 0
    for b in range(len(biases)):
        for k in range(order.first[b], order.first[b + 1]):
            first, last = outer.start[order.line[k]], outer.start[order.line[k] + 1]
            for j in range(inner.entry[b], inner.entry[b + 1]):
                for i in range(first, last):
                    place = inner.offset[j] + outer.offset[i]
                    if summed[place]:
                        lists.source[e] = inner.number[j]
                        lists.position[e] = place + biases[b]
                        lists.exists[e] = masks[place]
                        e += 1
            lists.start[k + 1] = e
