"""A wiring as flat arrays: what one compiled call needs to run a whole network.

Every sum that the kernels take is a list of *results*, each over its own *edges* (compressed sparse
rows). A block's results are consecutive, so a network of any number of blocks is still six lists.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cells import kernel_cell
from sparsernn.engine.edge_lists import (
    Axis,
    Lists,
    Order,
    fill_dense,
    list_edges,
    make_axis,
    mark,
    order_lines,
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
        absent: edges whose weight does not exist: they count as zero, see `FILLED_FROM`.
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
    ends = _Ends.of(wiring, cell.recurrent_sums, cell.sums, shift)
    return KernelPlan(
        cell.number,
        cell.states,
        cell.rows,
        ends.units,
        wiring.slots - shift,
        wiring.input_size - shift,
        shift,
        np.concatenate([block.adds_to for block in wiring.blocks]) - shift,
        ends.bias,
        **_edges(wiring, ends),
        parameters=ends.parameters,
        largest=int(np.diff(ends.units).max()),
    )


class _Ends(NamedTuple):
    """What the weights of a wiring lie between.

    Attributes:
        units: (blocks + 1,) where each block's units begin.
        shapes: (2 * blocks, 2) of all masks, in the order of parameters.
        rows, columns: of each kind of edges: letters, ih and hh.
        biases: (blocks,) number of biases before each block.
        bias: see `KernelPlan`.
        parameters: number of parameters.
    """

    units: IntArray
    shapes: IntArray
    rows: tuple[Axis, Axis, Axis]
    columns: tuple[Axis, Axis, Axis]
    biases: IntArray
    bias: IntArray
    parameters: int

    @classmethod
    def of(
        cls, wiring: Wiring, recurrent_sums: tuple[int, ...], sums: int, shift: int
    ) -> "_Ends":
        """Of a wiring.

        Args:
            wiring: any.
            recurrent_sums, sums: of its cell.
            shift: slots below it are looked up by letter.
        """
        blocks = len(wiring.blocks)
        size = np.array([block.size for block in wiring.blocks])
        reads = np.array([len(block.reads) for block in wiring.blocks])
        rows = wiring.gates * size
        ih, hh = rows * reads, rows * size
        weights = np.append(0, np.cumsum(ih + hh))
        row_of, row = _counted(rows)
        gate, unit = np.divmod(row, size[row_of])
        row_hh = np.array(recurrent_sums)[gate] * size[row_of] + unit
        lines = _counted(sums * size)
        rows_ih = make_axis(
            row_of, row, weights[row_of] + row * reads[row_of], blocks, 0, lines
        )
        at_hh = (weights[:-1] + ih)[row_of] + row * size[row_of]
        rows_hh = make_axis(row_of, row_hh, at_hh, blocks, 0, lines)
        read_of, column = _counted(reads)
        slot = np.concatenate([block.reads for block in wiring.blocks])
        looked_up = slot < shift
        parts = (
            (read_of[looked_up], slot[looked_up], column[looked_up]),
            (read_of[~looked_up], slot[~looked_up] - shift, column[~looked_up]),
            (hears := _counted(size)) + hears[1:],
        )
        columns = [make_axis(*part, blocks, salt) for salt, part in enumerate(parts)]
        biases = 2 * (np.cumsum(rows) - rows)
        bias = np.full((2, sums * int(size.sum())), -1)
        place, first = weights[1:] + biases, sums * (np.cumsum(size) - size)
        bias[0, first[row_of] + row] = place[row_of] + row
        bias[1, first[row_of] + row_hh] = (place + rows)[row_of] + row
        return cls(
            np.append(0, np.cumsum(size)),
            np.stack([rows, reads, rows, size], axis=1).reshape(-1, 2),
            (rows_ih, rows_ih, rows_hh),
            (columns[0], columns[1], columns[2]),
            biases,
            bias,
            int(weights[-1]) + 2 * int(rows.sum()),
        )


def _counted(counts: IntArray) -> tuple[IntArray, IntArray]:
    """For each of so many of each block: its block, and its number in it."""
    block = np.repeat(np.arange(len(counts)), counts)
    return block, np.arange(len(block)) - (np.cumsum(counts) - counts)[block]


def _edges(wiring: Wiring, ends: _Ends) -> dict[str, Edges]:
    """The edges of each kind, from both ends."""
    masks = np.concatenate([m.ravel() for b in wiring.blocks for m in (b.mask_ih, b.mask_hh)])
    summed = np.empty_like(masks)
    fill_dense(np.int64, masks, ends.shapes, np.empty(ends.shapes.sum(1).max(), np.int64), summed)
    of_rows = np.zeros((2, len(ends.rows[0].into)), np.int64)
    found, counts = {}, []
    for name, rows, columns in zip(("letters", "ih", "hh"), ends.rows, ends.columns, strict=True):
        of_columns, before = np.zeros((2, len(columns.into)), np.int64), int(of_rows[0].sum())
        mark(np.int64, summed, rows, columns, of_rows, of_columns)
        counts.append(int(of_rows[0].sum()) - before)
        order = _ordered(summed, (columns,) * 3, (rows,) * 3, 1, of_columns)
        found[f"{name}_t"] = _listed(summed, masks, columns, rows, order, ends.biases, counts[-1])
    order = _ordered(summed, ends.rows, ends.columns, 3, of_rows)
    for name, rows, columns, count in zip(
        ("letters", "ih", "hh"), ends.rows, ends.columns, counts, strict=True
    ):
        found[name] = _listed(summed, masks, rows, columns, order, ends.biases, count)
    return found


def _ordered(
    summed: BoolArray,
    outer: tuple[Axis, Axis, Axis],
    inner: tuple[Axis, Axis, Axis],
    kinds: int,
    marks: IntArray,
) -> Order:
    """Lines in order; of one kind of edges, only those that have edges. See `order_lines`."""
    lines, all_lines = len(outer[0].into), kinds > 1
    order = Order(np.empty(len(outer[0].entry), np.int64), *np.empty((3, lines), np.int64))
    room, table = np.empty((3, lines), np.int64), np.empty(4 * lines + 2, np.int64)
    order_lines(np.int64, summed, outer, inner, kinds, marks, all_lines, order, room, table)
    count = int(order.first[-1])
    return order if all_lines else Order(order.first, *(each[:count] for each in order[1:]))


def _listed(
    summed: BoolArray,
    masks: BoolArray,
    outer: Axis,
    inner: Axis,
    order: Order,
    biases: IntArray,
    count: int,
) -> Edges:
    """So many edges of lines in order. See `list_edges`."""
    source, position = np.empty((2, count), np.int64)
    lists = Lists(np.empty(len(order.line) + 1, np.int64), source, position, np.empty(count, bool))
    list_edges(np.int64, summed, masks, outer, inner, order, biases, lists)
    absent = np.flatnonzero(~lists.exists)
    return Edges(order.first, order.into, lists.start, source, position, absent, order.group)
