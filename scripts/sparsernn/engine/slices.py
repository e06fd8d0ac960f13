"""The edges of large sparse blocks in slices: four rows side by side, each with its own sources.

A row by itself waits for its own additions: four rows are four sums at once. Rows of a slice have
about as many edges each, for they are sorted by that; the shorter ones are filled with edges of
weight zero. (This is SELL-4-sigma of Kreutzer et al., A unified sparse matrix data format,
SIAM J. Sci. Comput. 36, 2014.)

The edges of a row are cut into pieces, by the part of the sources that they read. A part's numbers
of 32 sequences fill 32 kB, so they stay in the first cache while all rows read them.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cache import kernel
from sparsernn.engine.kernel_plan import Edges, KernelPlan

__all__ = ["ROWS", "Sliced", "Slices", "slice_plan"]

IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
ROWS = 4
SPAN = 256  # sources of a part
SOURCES = 1 << 16  # Sources are numbered with 16 bits: they are half of what a sum reads.


class Slices(NamedTuple):
    """Sums over edges, for all blocks, in slices; rows without edges are left out.

    Attributes:
        first: (blocks + 1,) where each block's slices begin.
        into: (4 * slices,) number of each row; where rows are missing, the last one again. A row
            is in a slice for each part of the sources that it reads.
        start: (slices + 1,) where each slice's edges begin; a multiple of 8. Those of its four rows
            alternate.
        source: (edges,) row that an edge reads.
        position: (edges,) place of its weight among all parameters; -1 if it has none, and counts
            as zero.
    """

    first: IntArray
    into: IntArray
    start: IntArray
    source: npt.NDArray[np.uint16]
    position: IntArray


class Sliced(NamedTuple):
    """The sums of a plan over slots and units, from both ends; see `kernel_plan.KernelPlan`."""

    ih: Slices
    hh: Slices
    ih_t: Slices
    hh_t: Slices


def slice_plan(plan: KernelPlan) -> Sliced:
    """Put all edges of a plan but those of letters into slices."""
    return Sliced(*(_slices(edges) for edges in (plan.ih, plan.hh, plan.ih_t, plan.hh_t)))


def _slices(edges: Edges) -> Slices:
    pieces, block, part = _pieces(edges)
    counts, blocks = np.diff(pieces.start), len(edges.first) - 1
    order = np.lexsort((-counts, part, block))
    group = block[order] * (SOURCES // SPAN) + part[order]
    begin = np.flatnonzero(np.diff(group, prepend=-1))
    sizes = np.diff(begin, append=len(order))
    slices = -(-sizes // ROWS)
    of_block = np.bincount(block[order[begin]], slices, blocks).astype(np.int64)
    of_row = np.repeat(np.arange(len(sizes)), slices * ROWS)
    place = np.arange(len(of_row)) - ROWS * (np.cumsum(slices) - slices)[of_row]
    row = order[begin[of_row] + np.minimum(place, sizes[of_row] - 1)]
    longest = counts[row[::ROWS]]
    start = np.append(0, np.cumsum((longest + longest % 2) * ROWS))
    source, position = np.empty(start[-1], np.uint16), np.empty(start[-1], np.int64)
    fill_slices(np.int64, pieces, row, start, source, position)
    return Slices(np.append(0, np.cumsum(of_block)), pieces.into[row], start, source, position)


def _pieces(edges: Edges) -> tuple[Edges, IntArray, IntArray]:
    """The edges of each row by parts of the sources; the block and the part of each piece."""
    row = np.repeat(np.arange(len(edges.into)), np.diff(edges.start))
    part = edges.source // SPAN
    begin = np.flatnonzero(np.diff(row * (SOURCES // SPAN) + part, prepend=-1))
    block = np.repeat(np.arange(len(edges.first) - 1), np.diff(edges.first))
    pieces = edges._replace(into=edges.into[row[begin]], start=np.append(begin, len(row)))
    return pieces, block[row[begin]], part[begin]


@kernel
def fill_slices(
    edges: Edges, row: IntArray, start: IntArray, source: Array, position: IntArray
) -> None:
    """Write the edges of each slice.

    Args:
        edges: of all pieces of rows.
        row: (4 * slices,) which of them are in each slice.
        start, source, position: see `Slices`.
    """
    for e in edges.absent:
        edges.position[e] = -1 - edges.position[e]
    for k in range(len(row)):
        begin, end = edges.start[row[k]], edges.start[row[k] + 1]
        s = k // 4
        for at in range(start[s] + k % 4, start[s + 1], 4):
            e = begin + (at - start[s]) // 4
            source[at] = edges.source[min(e, end - 1)]
            position[at] = max(edges.position[e], -1) if e < end else -1
    for e in edges.absent:
        edges.position[e] = -1 - edges.position[e]
