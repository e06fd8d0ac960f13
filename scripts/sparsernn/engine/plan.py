"""A wiring as flat arrays: what one compiled call needs to run a whole network.

Every sum that the kernels take is a list of *results*, each over its own *edges* (compressed sparse
rows). A block's results are consecutive, so a network of any number of blocks is still six lists.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cells import Cell, kernel_cell
from sparsernn.wiring.wiring import Block, BoolArray, Wiring

__all__ = ["Edges", "Plan", "Weights", "make_plan"]

IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]


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


class Plan(NamedTuple):
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


class _EdgeLists:
    """Edges while they are collected, block by block."""

    def __init__(self) -> None:
        self.first, self.start = [0], [0]
        self.into: list[int] = []
        self.source: list[IntArray] = []
        self.position: list[IntArray] = []
        self.exists: list[BoolArray] = []
        self.group: list[int] = []

    def add(self, rows: IntArray, group: list[int], edges: tuple[Array, ...]) -> None:
        """One block's edges (result, source, position, exists), for results in the given order."""
        rank = np.empty(rows.max(initial=-1) + 1, np.int64)
        rank[rows] = np.arange(len(rows))
        result, source, position, exists = edges
        order = np.lexsort((source, rank[result]))
        counts = np.searchsorted(rank[result][order], np.arange(len(rows)), "right")
        base = self.start[-1]
        self.start += (base + counts).tolist()
        self.into += rows.tolist()
        self.first.append(len(self.into))
        self.source.append(source[order])
        self.position.append(position[order])
        self.exists.append(exists[order])
        self.group += group

    def arrays(self) -> Edges:
        first, into, start = (np.array(x, np.int64) for x in (self.first, self.into, self.start))
        none = np.zeros(0, np.int64)
        return Edges(
            first,
            into,
            start,
            np.concatenate([none, *self.source]),
            np.concatenate([none, *self.position]),
            np.flatnonzero(~np.concatenate([none == 0, *self.exists])),
            np.array(self.group, np.int64),
        )


def _tiles(*edges: tuple[Array, ...], rows: IntArray) -> tuple[IntArray, list[int]]:
    """Results in an order that puts those beside each other that read the same, and their groups.

    Args:
        edges: (result, source, ...) of each kind of sum; results are alike if they are in all.
        rows: the results.
    """
    lists: dict[int, Any] = {}
    for row in rows.tolist():
        lists[row] = tuple(np.sort(source[result == row]).tobytes() for result, source, *_ in edges)
    alike: dict[Any, list[int]] = {}
    for row, reads in lists.items():
        alike.setdefault(reads, []).append(row)
    order: list[int] = []
    group: list[int] = []
    for same in alike.values():
        k = 0
        while k < len(same):
            fitting = (n for n in (8, 4, 2, 1) if k + n <= len(same))
            size = next(n for n in fitting if len(set(np.diff(same[k : k + n]))) <= 1)
            order += same[k : k + size]
            group += [size] + [1] * (size - 1)
            k += size
    return np.array(order, np.int64), group


# A tile of rows takes an edge in a third of the time. So where this share of the weights exists,
# the others count as zeros.
FILLED_FROM = 0.25


def _filled(mask: BoolArray) -> BoolArray:
    """The mask; or if it is dense, that of all weights between its rows and its sources."""
    whole = np.logical_and.outer(mask.any(1), mask.any(0))
    return whole if mask.sum() >= FILLED_FROM * whole.sum() else mask


def make_plan(wiring: Wiring, letters: bool) -> Plan:
    """Lay a wiring out for the kernels.

    Args:
        wiring: any.
        letters: whether the inputs are letters, whose part of the sums is looked up in a table; or
            else features, that are the first rows of the slots.
    """
    cell, shift = kernel_cell(wiring.cell), wiring.input_size if letters else 0
    names = ("letters", "ih", "hh", "letters_t", "ih_t", "hh_t")
    collected = {name: _EdgeLists() for name in names}
    biases, place = [], 0
    for block in wiring.blocks:
        parts, bias, place = _sums_of(block, cell, shift, place)
        order, group = _tiles(*parts.values(), rows=np.arange(cell.sums * block.size))
        for name, (result, source, *rest) in parts.items():
            collected[name].add(order, group, (result, source, *rest))
            turned = source, result, *rest
            back, back_group = _tiles(turned, rows=np.unique(source))
            collected[f"{name}_t"].add(back, back_group, turned)
        biases.append(bias)
    sizes = [block.size for block in wiring.blocks]
    return Plan(
        cell.number,
        cell.states,
        cell.rows,
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        wiring.slots - shift,
        wiring.input_size - shift,
        shift,
        np.concatenate([block.adds_to for block in wiring.blocks]) - shift,
        np.concatenate(biases, axis=1),
        **{name: edges.arrays() for name, edges in collected.items()},
        parameters=place,
        largest=max(sizes),
    )


def _sums_of(
    block: Block, cell: Cell, shift: int, place: int
) -> tuple[dict[str, tuple[Array, ...]], IntArray, int]:
    """A block's edges (result, source, position, exists) by kind, and the places of its biases.

    Args:
        block, cell: which.
        shift: slots below it are looked up by letter.
        place: of the block's first parameter; returned for the next block.
    """
    size = block.size
    unit, gates = np.arange(size), len(block.mask_ih)
    row_ih = np.arange(gates)
    row_hh = np.concatenate([number * size + unit for number in cell.recurrent_sums])
    target, slot, *rest = _edges_of(block.mask_ih, place)
    place += block.mask_ih.size
    hears, *unit_edges = _edges_of(block.mask_hh, place)
    place += block.mask_hh.size
    slot = block.reads[slot]
    by_letter = slot < shift
    parts = {
        "letters": tuple(x[by_letter] for x in (target, slot, *rest)),
        "ih": tuple(x[~by_letter] for x in (target, slot - shift, *rest)),
        "hh": (row_hh[hears], *unit_edges),
    }
    bias = np.full((2, cell.sums * size), -1)
    bias[0, row_ih], bias[1, row_hh] = place + row_ih, place + gates + row_ih
    return parts, bias, place + 2 * gates


def _edges_of(mask: BoolArray, place: int) -> tuple[Array, ...]:
    """Target, source, place among all parameters, and existence, of each weight to be summed."""
    target, source = np.nonzero(_filled(mask))
    return target, source, place + target * mask.shape[1] + source, mask[target, source]
