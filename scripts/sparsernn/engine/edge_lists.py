"""The weights of all blocks that are summed, listed from either end.

A *line* has the weights of one sum: those of a row of a block's matrix, or from the other end those
of a source. A kernel goes over all blocks, for a network of a thousand vertices has hundreds.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cache import kernel
from sparsernn.engine.vectors import compiled

__all__ = [
    "Axis",
    "Lists",
    "Order",
    "fill_dense",
    "list_edges",
    "make_axis",
    "order_lines",
    "rearrange",
    "turn",
]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


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


class Lists(NamedTuple):
    """The edges of lines.

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

    @classmethod
    def room(cls, lines: int, edges: int) -> "Lists":
        """Of so many lines and edges, not filled."""
        source, position = np.empty((2, edges), np.int64)
        return cls(np.empty(lines + 1, np.int64), source, position, np.empty(edges, bool))


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


@kernel
def fill_dense(
    masks: BoolArray,
    shapes: IntArray,
    least: float,
    of_row: IntArray,
    of_column: IntArray,
    summed: BoolArray,
) -> None:
    """`summed` gets the masks; of those that are dense, all weights between their rows and sources.

    Args:
        masks: of all matrices, one after another.
        shapes: (matrices, 2) rows and columns of each.
        least: the share of a matrix's weights from which it counts as dense.
        of_row: room for a number for each row of a matrix.
        of_column: gets the number of weights that are summed in each column of all matrices.
        summed: as `masks`.
    """
    of_column[:] = 0
    base, first_column = 0, 0
    for matrix in range(len(shapes)):
        rows, columns = shapes[matrix, 0], shapes[matrix, 1]
        exist, heard, read = 0, 0, 0
        for r in range(rows):
            count = 0
            for c in range(columns):
                exists = masks[base + r * columns + c]
                summed[base + r * columns + c] = exists
                of_column[first_column + c] += exists
                count += exists
            of_row[r] = count
            exist += count
            heard += count > 0
        for c in range(first_column, first_column + columns):
            read += of_column[c] > 0
        if exist < heard * read and exist >= least * (heard * read):
            for r in range(rows):
                if of_row[r]:
                    for c in range(columns):
                        summed[base + r * columns + c] = of_column[first_column + c] > 0
            for c in range(first_column, first_column + columns):
                of_column[c] = heard if of_column[c] else 0
        base += rows * columns
        first_column += columns


@compiled
def _summed_in(
    summed: BoolArray, rows: Axis, columns: Axis, b: int, row: int, room: IntArray
) -> int:
    """How many of a block's columns may have weights in a row; `room` gets those."""
    first, last = rows.start[row], rows.start[row + 1]
    count = 0
    if first < last:
        place = rows.offset[first]
        for j in range(columns.entry[b], columns.entry[b + 1]):
            room[count] = j
            count += summed[place + columns.offset[j]] or last - first > 1
    return count


@kernel
def list_edges(
    summed: BoolArray,
    masks: BoolArray,
    rows: Axis,
    columns: Axis,
    biases: IntArray,
    lists: Lists,
    hashes: IntArray,
    room: IntArray,
) -> None:
    """List the edges of each row of one kind, in ascending order of sources.

    Args:
        summed, masks: the weights that are summed, and those of them that exist.
        rows, columns: of the matrices.
        biases: (blocks,) how many biases are among the parameters before a block.
        lists: gets the edges.
        hashes: of rows; each gains a hash of its sources.
        room: for a number for each column, and one more.
    """
    e = 0
    for b in range(len(biases)):
        for row in range(rows.line[b], rows.line[b + 1]):
            lists.start[row] = e
            total = 0
            for k in range(_summed_in(summed, rows, columns, b, row, room)):
                j = room[k]
                for i in range(rows.start[row], rows.start[row + 1]):
                    place = rows.offset[i] + columns.offset[j]
                    if summed[place]:
                        lists.source[e] = columns.number[j]
                        lists.position[e] = place + biases[b]
                        lists.exists[e] = masks[place]
                        total += columns.mark[j]
                        e += 1
            hashes[row] += total
    lists.start[len(rows.into)] = e


AT_ONCE = 8  # More columns' lists, which often begin a power of two apart, don't stay in the cache.


@kernel
def turn(
    rows: Axis, columns: Axis, lists: Lists, turned: Lists, hashes: IntArray, room: IntArray
) -> None:
    """List the edges of each column, in ascending order of rows.

    Args:
        rows, columns: of the matrices.
        lists: the edges of each row.
        turned: gets those of each column; its `start` is given.
        hashes: of columns; each gains a hash of its rows.
        room: for a number for each row and each column.
    """
    following, free = room[: len(rows.into)], room[len(rows.into) :]
    for row in range(len(rows.into)):
        following[row] = lists.start[row]
    for column in range(len(columns.into)):
        free[column] = turned.start[column]
    for b in range(len(rows.line) - 1):
        for first in range(columns.line[b], columns.line[b + 1], AT_ONCE):
            last = min(first + AT_ONCE, columns.line[b + 1]) - 1
            for row in range(rows.line[b], rows.line[b + 1]):
                e, end, column = following[row], lists.start[row + 1], first
                while e < end and lists.source[e] <= columns.into[last]:
                    while columns.into[column] < lists.source[e]:
                        column += 1
                    at = free[column]
                    turned.source[at] = rows.into[row]
                    turned.position[at] = lists.position[e]
                    turned.exists[at] = lists.exists[e]
                    hashes[column] += rows.mark[rows.start[row]]
                    free[column] = at + 1
                    e += 1
                following[row] = e


@compiled
def _alike(lists: Lists, one: int, other: int) -> bool:
    """Whether two lines read the same."""
    first, second = lists.start[one], lists.start[other]
    count = lists.start[one + 1] - first
    if lists.start[other + 1] - second != count:
        return False
    k = 0
    while k < count and lists.source[first + k] == lists.source[second + k]:
        k += 1
    return k == count


@compiled
def _chain(
    kinds: tuple[Lists, Lists, Lists],
    hashes: IntArray,
    begin: int,
    end: int,
    room: IntArray,
    table: IntArray,
) -> None:
    """Chain lines that are alike.

    Row 0 of `room` gets the next line of the chain, or -1; row 1 the last one, where the chain
    begins, and else -1.
    """
    following, last = room[0], room[1]
    size = 2
    while size < 2 * (end - begin):
        size *= 2
    table[:size] = -1
    for line in range(begin, end):
        following[line] = last[line] = -1
        place = (hashes[line] ^ (hashes[line] >> 32)) & (size - 1)
        head = table[place]
        while head >= 0:
            if hashes[head] == hashes[line]:
                alike = True
                for lists in kinds:
                    alike = alike and _alike(lists, head, line)
                if alike:
                    break
            place = (place + 1) & (size - 1)
            head = table[place]
        if head < 0:
            table[place] = last[line] = line
        else:
            following[last[head]] = last[head] = line


@compiled
def _evenly(into: IntArray, same: IntArray, count: int) -> int:
    """How many of the first lines, 8, 4, 2 or 1, lie evenly apart."""
    size, even = 1, 2
    if count < 2:
        return 1
    apart = into[same[1]] - into[same[0]]
    while even < min(count, 8) and into[same[even]] - into[same[even - 1]] == apart:
        even += 1
    while 2 * size <= even:
        size *= 2
    return size


@kernel
def order_lines(
    lines: Axis,
    kinds: tuple[Lists, Lists, Lists],
    hashes: IntArray,
    empty: bool,
    order: Order,
    room: IntArray,
    table: IntArray,
) -> None:
    """Order the lines of each block.

    Args:
        lines: the lines.
        kinds: their edges; lines are alike if they are so in each kind.
        hashes: of the lines, see `list_edges`.
        empty: whether those without edges count.
        order: gets the order; it has room for all lines.
        room, table: (3, lines) and (4 * lines + 2,) room.
    """
    same, k = room[2], 0
    for b in range(len(lines.line) - 1):
        order.first[b] = k
        _chain(kinds, hashes, lines.line[b], lines.line[b + 1], room, table)
        for head in range(lines.line[b], lines.line[b + 1]):
            edges = kinds[0].start[head + 1] - kinds[0].start[head]
            if room[1, head] < 0 or (edges == 0 and not empty):
                continue
            count, line = 0, head
            while line >= 0:
                same[count] = line
                count += 1
                line = room[0, line]
            at = 0
            while at < count:
                size = _evenly(lines.into, same[at:], count - at)
                for i in range(at, at + size):
                    order.line[k] = same[i]
                    order.into[k] = lines.into[same[i]]
                    order.group[k] = size if i == at else 1
                    k += 1
                at += size
    order.first[len(lines.line) - 1] = k


@kernel
def rearrange(lists: Lists, order: IntArray, result: Lists) -> None:
    """`result` gets the edges of lines in another order."""
    e = 0
    for k in range(len(order)):
        result.start[k] = e
        for at in range(lists.start[order[k]], lists.start[order[k] + 1]):
            result.source[e] = lists.source[at]
            result.position[e] = lists.position[at]
            result.exists[e] = lists.exists[at]
            e += 1
    result.start[len(order)] = e
