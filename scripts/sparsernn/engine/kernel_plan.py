"""A wiring as flat arrays: what one compiled call needs to run a whole network.

Every sum that the kernels take is a list of *results*, each over its own *edges* (compressed sparse
rows). A block's results are consecutive, so a network of any number of blocks is still six lists.
"""

from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cells import Cell, kernel_cell
from sparsernn.engine.density import filled_from
from sparsernn.engine.edge_lists import (
    Axis,
    Lists,
    Order,
    fill_dense,
    list_edges,
    make_axis,
    order_lines,
    rearrange,
    turn,
)
from sparsernn.wiring.wiring import Wiring

__all__ = ["Edges", "KernelPlan", "Weights", "make_kernel_plan"]

IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
BoolArray = npt.NDArray[np.bool_]


class Edges(NamedTuple):
    """Sums over edges, for all blocks.

    Attributes:
        first: (blocks + 1,) where each block's results begin.
        into: (results,) number of each result's row.
        start: (results + 1,) where each result's edges begin.
        source: (edges,) row that an edge reads.
        position: (edges,) place of its weight among all parameters.
        absent: edges whose weight does not exist: they count as zero, see `filled_from`.
        group: (results,) 8, 4 or 2 where so many results from this one on read the same rows and
            go into rows that lie evenly apart; else 1.
    """

    first: IntArray
    into: IntArray
    start: IntArray
    source: IntArray
    position: IntArray
    absent: IntArray
    group: IntArray


class Weights(NamedTuple):
    """The weights of all edges, in the order of a plan's edges or of its turned ones."""

    letters: Array
    ih: Array
    hh: Array


class KernelPlan(NamedTuple):
    """A wiring for the kernels. Rows are those of one time step.

    Attributes:
        cell: its number, see `engine.cells`.
        states: numbers that a unit passes to the next step.
        saved_rows: rows a unit needs beside its states, see `engine.cells`.
        units: (blocks + 1,) where each block's units begin.
        slot_rows: rows of the array of slots.
        input_rows: of them, the input features; 0 if letters are looked up instead.
        features: input features that are looked up by letter.
        adds_to: (units,) the slot row that each unit adds to.
        bias: (2, results) places of the biases that each row starts from, b_ih and b_hh; -1
            where there is none.
        letters, ih, hh: sums of each row over input features (by letter), slots and units.
        letters_t, ih_t, hh_t: the same edges from the other end, for the way back.
        parameters: number of parameters.
        largest: units of the largest block.
    """

    cell: int
    states: int
    saved_rows: int
    units: IntArray
    slot_rows: int
    input_rows: int
    features: int
    adds_to: IntArray
    bias: IntArray
    letters: Edges
    ih: Edges
    hh: Edges
    letters_t: Edges
    ih_t: Edges
    hh_t: Edges
    parameters: int
    largest: int

    def weight_sizes(self) -> tuple[int, int, int]:
        """Numbers of edges, by letter, slot and unit."""
        return len(self.letters.source), len(self.ih.source), len(self.hh.source)


def make_kernel_plan(wiring: Wiring, letters: bool) -> KernelPlan:
    """Lay a wiring out for the kernels.

    Args:
        wiring: any.
        letters: whether the inputs are letters, whose part of the sums is looked up in a table; or
            else features, that are the first rows of the slots.
    """
    cell, shift = kernel_cell(wiring.cell), wiring.input_size if letters else 0
    size = np.array([block.size for block in wiring.blocks])
    gates = wiring.gates * size
    reads = np.array([len(block.reads) for block in wiring.blocks])
    shapes = np.stack([gates, reads, gates, size], axis=1).reshape(-1, 2)
    biases = 2 * _before(gates)
    rows, bias = _rows(shapes, biases, cell)
    return KernelPlan(
        cell.number,
        cell.states,
        cell.rows,
        _before(size),
        wiring.slots - shift,
        wiring.input_size - shift,
        shift,
        np.concatenate([block.adds_to for block in wiring.blocks]) - shift,
        bias,
        **_edges(wiring, shapes, rows, _columns(wiring, size, reads, shift), biases[:-1]),
        parameters=int(shapes.prod(1).sum() + biases[-1]),
        largest=int(size.max()),
    )


Axes: TypeAlias = tuple[Axis, Axis, Axis]
"""Of the kinds of edges: letters, ih and hh."""


def _before(counts: IntArray) -> IntArray:
    """The sum of all counts before each, and of all."""
    return np.append(0, np.cumsum(counts))


def _numbered(counts: IntArray) -> tuple[IntArray, IntArray]:
    """Block, and number in it, of each of so many things of each block."""
    block = np.repeat(np.arange(len(counts)), counts)
    return block, np.arange(len(block)) - _before(counts)[block]


def _rows(shapes: IntArray, biases: IntArray, cell: Cell) -> tuple[Axes, IntArray]:
    """The rows of each kind of edges, one line a result, and the places of their biases.

    Args:
        shapes: (2 * blocks, 2) of all masks, in the order of parameters.
        biases: (blocks + 1,) how many biases are among the parameters before a block, and in all.
        cell: of the wiring.
    """
    gates, size = shapes[::2, 0], shapes[1::2, 1]
    weights, lines = _before(shapes.prod(1)), _numbered(cell.sums * size)
    block, row = _numbered(gates)
    gate, unit = np.divmod(row, size[block])
    row_hh = np.array(cell.recurrent_sums)[gate] * size[block] + unit
    ih, hh = (
        make_axis(block, into, weights[kind:-1:2][block] + row * width[block], len(size), 0, lines)
        for kind, into, width in ((0, row, shapes[::2, 1]), (1, row_hh, size))
    )
    bias = np.full((2, len(lines[0])), -1)
    first, place = _before(cell.sums * size)[block], (weights[2::2] + biases[:-1])[block] + row
    bias[0, first + row], bias[1, first + row_hh] = place, place + gates[block]
    return (ih, ih, hh), bias


def _columns(wiring: Wiring, size: IntArray, reads: IntArray, shift: int) -> Axes:
    """The columns of each kind of edges, one line a source."""
    slot = np.concatenate([block.reads for block in wiring.blocks])
    block, column = _numbered(reads)
    looked_up = slot < shift
    numbered = slot - np.where(looked_up, 0, shift)
    letters, ih = (
        make_axis(block[which], numbered[which], column[which], len(size), salt)
        for salt, which in enumerate((looked_up, ~looked_up))
    )
    block, unit = _numbered(size)
    return letters, ih, make_axis(block, unit, unit, len(size), 2)


def _edges(
    wiring: Wiring, shapes: IntArray, rows: Axes, columns: Axes, biases: IntArray
) -> dict[str, Edges]:
    """The edges of each kind, from both ends."""
    masks = np.concatenate([m.ravel() for b in wiring.blocks for m in (b.mask_ih, b.mask_hh)])
    first_column = _before(shapes[:, 1])
    of_row, of_column = (np.empty(n, np.int64) for n in (shapes[:, 0].max(), first_column[-1]))
    summed = np.empty_like(masks)
    least = filled_from(max(block.size for block in wiring.blocks))
    fill_dense(np.int64, masks, shapes, least, of_row, of_column, summed)
    hashes = np.zeros(len(rows[0].into), np.int64)
    found: dict[str, Edges] = {}
    kinds = []
    for name, row, column, mask in zip(_KINDS, rows, columns, (0, 0, 1), strict=True):
        first = np.repeat(first_column[mask:-1:2], np.diff(column.entry))
        start = _before(of_column[first + column.offset])[column.start]
        lists, turned = (Lists.room(len(axis.into), int(start[-1])) for axis in (row, column))
        room = np.empty(len(row.into) + len(column.number) + 1, np.int64)
        list_edges(np.int64, summed, masks, row, column, biases, lists, hashes, room)
        turned.start[:], turned_hashes = start, np.zeros(len(column.into), np.int64)
        turn(np.int64, row, column, lists, turned, turned_hashes, room)
        kinds.append(lists)
        found[f"{name}_t"] = _edges_in(turned, _ordered(column, [turned], turned_hashes, False))
    order = _ordered(rows[0], kinds, hashes, True)
    return found | {k: _edges_in(lists, order) for k, lists in zip(_KINDS, kinds, strict=True)}


_KINDS = ("letters", "ih", "hh")


def _ordered(lines: Axis, kinds: list[Lists], hashes: IntArray, empty: bool) -> Order:
    """Lines in order; see `order_lines`."""
    count = len(lines.into)
    none = Lists(np.zeros(count + 1, np.int64), *Lists.room(0, 0)[1:])
    three = (*kinds, none, none)[:3]
    order = Order(np.empty(len(lines.line), np.int64), *np.empty((3, count), np.int64))
    room, table = np.empty((3, count), np.int64), np.empty(4 * count + 2, np.int64)
    order_lines(np.int64, lines, three, hashes, empty, order, room, table)
    return Order(order.first, *(each[: order.first[-1]] for each in order[1:]))


def _edges_in(lists: Lists, order: Order) -> Edges:
    """The edges of all lines that have any, in order."""
    counts = np.diff(lists.start)[order.line]
    if (order.line[1:] > order.line[:-1]).all():
        lists = lists._replace(start=_before(counts))
    else:
        lists, before = Lists.room(len(counts), len(lists.source)), lists
        rearrange(np.int64, before, order.line, lists)
    absent = np.flatnonzero(~lists.exists)
    edges = lists.source, lists.position, absent
    return Edges(order.first, order.into, lists.start, *edges, order.group)
