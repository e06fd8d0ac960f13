"""A wiring as flat arrays: what one compiled call needs to run a whole network.

Every sum that the kernels take is a list of *results*, each over its own *edges* (compressed sparse
rows). A block's results are consecutive, so a network of any number of blocks is still six lists.
"""

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cells import Cell, kernel_cell
from sparsernn.wiring.wiring import Block, BoolArray, Wiring

__all__ = ["Edges", "KernelPlan", "Weights", "make_kernel_plan"]

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


class _Matrix(NamedTuple):
    """The weights of a block of one kind: which are summed, into which rows, from which sources.

    Attributes:
        summed: (rows, sources) the weights that are summed.
        exists: (rows, sources) those of them that exist; the others count as zero.
        into, source: (rows,), (sources,) numbers of the rows and of the sources.
        row_place, source_place: a weight's place among all parameters is the sum of the two.
    """

    summed: BoolArray
    exists: BoolArray
    into: IntArray
    source: IntArray
    row_place: IntArray
    source_place: IntArray

    def edges(self) -> "_Sorted":
        """Its edges by result and source."""
        if not self.summed.size:
            return _NO_EDGES
        row, column = np.nonzero(self.summed)
        position = self.row_place[row] + self.source_place[column]
        exists = self.exists[self.summed]
        result, source = self.into[row], self.source[column]
        if not _ascends(self.into) or not _ascends(self.source):
            order = np.lexsort((source, result))
            result, source = result[order], source[order]
            position, exists = position[order], exists[order]
        start = np.zeros(int(self.into.max()) + 2, np.int64)
        np.cumsum(np.bincount(result, minlength=len(start) - 1), out=start[1:])
        return _Sorted(start, source, position, exists)

    def turned(self) -> "_Matrix":
        """The matrix from its other end."""
        return _Matrix(
            np.ascontiguousarray(self.summed.T),
            np.ascontiguousarray(self.exists.T),
            self.source,
            self.into,
            self.source_place,
            self.row_place,
        )


class _Sorted(NamedTuple):
    """Edges by result, and those of one result by source.

    Attributes:
        start: where those of each result begin, and where all end.
        source, position, exists: of each edge.
    """

    start: IntArray
    source: IntArray
    position: IntArray
    exists: BoolArray

    def sources(self, rows: IntArray) -> list[bytes]:
        """The sources of some results, to compare them by."""
        if not len(self.source):
            return [b""] * len(rows)
        whole, width = memoryview(self.source.tobytes()), self.source.itemsize
        firsts, lasts = (self._end(rows) * width).tolist(), (self._end(rows + 1) * width).tolist()
        ends = zip(firsts, lasts, strict=True)
        return [bytes(whole[start:end]) for start, end in ends]

    def ordered(self, rows: IntArray, group: IntArray) -> tuple[Array, ...]:
        """The edges of all results, which come in the given order.

        Returns:
            Each result's row, number of edges and group; each edge's source, position, existence.
        """
        first, last = self._end(rows), self._end(rows + 1)
        counts = last - first
        of_edge: tuple[Array, ...] = self.source, self.position, self.exists
        if len(self.source) and not _ascends(rows):
            order = np.repeat(last - np.cumsum(counts), counts)
            order += np.arange(len(order))
            of_edge = tuple(each[order] for each in of_edge)
        return rows, counts, group, *of_edge

    def _end(self, rows: IntArray) -> IntArray:
        return self.start[np.minimum(rows, len(self.start) - 1)]


_NO_EDGES = _Sorted(
    np.zeros(1, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.bool_)
)


def _ascends(numbers: IntArray) -> bool:
    return bool((numbers[1:] > numbers[:-1]).all())


def _joined(blocks: list[tuple[Array, ...]]) -> Edges:
    """The edges of all blocks, each as from `_Sorted.ordered`."""
    into, counts, group, source, position, exists = map(np.concatenate, zip(*blocks, strict=True))
    first = np.cumsum([0, *(len(block[0]) for block in blocks)])
    start = np.concatenate([[0], np.cumsum(counts)])
    return Edges(first, into, start, source, position, np.flatnonzero(~exists), group)


def _tiles(*edges: _Sorted, rows: IntArray) -> tuple[IntArray, IntArray]:
    """Results in an order that puts those beside each other that read the same, and their groups.

    Args:
        edges: of each kind of sum; results are alike if they are in all.
        rows: the results.
    """
    alike: dict[Any, list[int]] = {}
    sources = (each.sources(rows) for each in edges)
    for row, reads in zip(rows.tolist(), zip(*sources, strict=True), strict=True):
        alike.setdefault(reads, []).append(row)
    order: list[int] = []
    group: list[int] = []
    for same in alike.values():
        if len(same) == 1:
            order += same
            group.append(1)
            continue
        k = 0
        while k < len(same):
            size = next(n for n in (8, 4, 2, 1) if k + n <= len(same) and _even(same[k : k + n]))
            order += same[k : k + size]
            group += [size] + [1] * (size - 1)
            k += size
    return np.array(order, np.int64), np.array(group, np.int64)


def _even(rows: list[int]) -> bool:
    """Whether rows lie evenly apart."""
    return len({after - before for before, after in pairwise(rows)}) <= 1


# A tile of rows takes an edge in a third of the time. So where this share of the weights exists,
# the others count as zeros.
FILLED_FROM = 0.25


def _filled(mask: BoolArray) -> BoolArray:
    """The mask; or if it is dense, that of all weights between its rows and its sources."""
    whole = np.logical_and.outer(mask.any(1), mask.any(0))
    return whole if mask.sum() >= FILLED_FROM * whole.sum() else mask


def make_kernel_plan(wiring: Wiring, letters: bool) -> KernelPlan:
    """Lay a wiring out for the kernels.

    Args:
        wiring: any.
        letters: whether the inputs are letters, whose part of the sums is looked up in a table; or
            else features, that are the first rows of the slots.
    """
    cell, shift = kernel_cell(wiring.cell), wiring.input_size if letters else 0
    names = ("letters", "ih", "hh", "letters_t", "ih_t", "hh_t")
    collected: dict[str, list[tuple[Array, ...]]] = {name: [] for name in names}
    biases, place = [], 0
    for block in wiring.blocks:
        parts, bias, place = _sums_of(block, cell, shift, place)
        edges = {name: matrix.edges() for name, matrix in parts.items()}
        order, group = _tiles(*edges.values(), rows=np.arange(cell.sums * block.size))
        for name, matrix in parts.items():
            collected[name].append(edges[name].ordered(order, group))
            back = matrix.turned().edges()
            read = np.flatnonzero(np.diff(back.start))
            collected[f"{name}_t"].append(back.ordered(*_tiles(back, rows=read)))
        biases.append(bias)
    sizes = [block.size for block in wiring.blocks]
    return KernelPlan(
        cell.number,
        cell.states,
        cell.rows,
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        wiring.slots - shift,
        wiring.input_size - shift,
        shift,
        np.concatenate([block.adds_to for block in wiring.blocks]) - shift,
        np.concatenate(biases, axis=1),
        **{name: _joined(blocks) for name, blocks in collected.items()},
        parameters=place,
        largest=max(sizes),
    )


def _sums_of(
    block: Block, cell: Cell, shift: int, place: int
) -> tuple[dict[str, _Matrix], IntArray, int]:
    """A block's weights by kind, and the places of its biases.

    Args:
        block, cell: which.
        shift: slots below it are looked up by letter.
        place: of the block's first parameter; returned for the next block.
    """
    size = block.size
    unit, gates = np.arange(size), len(block.mask_ih)
    row_ih = np.arange(gates)
    row_hh = np.concatenate([number * size + unit for number in cell.recurrent_sums])
    slot = np.argsort(block.reads, kind="stable")
    letters = slot[block.reads[slot] < shift]
    others = slot[len(letters) :]
    summed = _filled(block.mask_ih)
    from_inputs = place + row_ih * len(slot)
    place += block.mask_ih.size
    parts = {
        name: _Matrix(
            summed[:, columns],
            block.mask_ih[:, columns],
            row_ih,
            block.reads[columns] - first,
            from_inputs,
            columns,
        )
        for name, columns, first in (("letters", letters, 0), ("ih", others, shift))
    }
    hears = _filled(block.mask_hh)
    parts["hh"] = _Matrix(hears, block.mask_hh, row_hh, unit, place + row_ih * size, unit)
    place += block.mask_hh.size
    bias = np.full((2, cell.sums * size), -1)
    bias[0, row_ih], bias[1, row_hh] = place + row_ih, place + gates + row_ih
    return parts, bias, place + 2 * gates
