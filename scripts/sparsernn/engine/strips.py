"""The edges of large blocks in strips, for sequences that are run one at a time.

One sequence has no batch to compute side by side; sixteen rows are computed instead. A strip has 16
rows that follow each other. At each of its steps every row takes its next edge, if that reads one
of 32 numbers from some place on: so many a processor looks up at once in its registers.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cache import kernel
from sparsernn.engine.kernel_plan import Edges, KernelPlan
from sparsernn.engine.vectors import compiled

__all__ = ["ROWS", "Stripped", "Strips", "strip_plan"]

IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]
ROWS = 16


class Strips(NamedTuple):
    """Sums over edges, for all blocks, in strips.

    Attributes:
        first: (blocks + 1,) where each block's strips begin.
        start: (strips + 1,) where each strip's steps begin; even.
        window: (steps,) where the 32 numbers of a step begin, in parts of 16.
        look: (16 * steps,) which of them each row reads.
        position: (16 * steps,) place of its weight among all parameters; -1 if a row has no edge
            there, and reads what another one reads, with weight zero.
    """

    first: IntArray
    start: IntArray
    window: npt.NDArray[np.uint16]
    look: npt.NDArray[np.uint8]
    position: IntArray


class Stripped(NamedTuple):
    """The sums of a plan over units, from both ends; see `kernel_plan.KernelPlan`."""

    hh: Strips
    hh_t: Strips


def strip_plan(plan: KernelPlan) -> Stripped:
    """Put the edges between units of a plan into strips."""
    rows = np.diff(plan.ih.first)
    return Stripped(_strips(plan.hh, rows), _strips(plan.hh_t, np.diff(plan.units)))


def _strips(edges: Edges, rows: IntArray) -> Strips:
    strips = -(-rows // ROWS)
    first = np.append(0, np.cumsum(strips))
    block = np.repeat(np.arange(len(rows)), np.diff(edges.first))
    line = np.full(ROWS * first[-1], -1)
    line[ROWS * first[block] + edges.into] = np.arange(len(block))
    exists = np.ones(len(edges.source), bool)
    exists[edges.absent] = False
    start, none = np.zeros(first[-1] + 1, np.int64), np.empty(0, np.int64)
    strips_of = edges, exists, line, start, np.empty(ROWS, np.int64)
    fill_strips(np.int64, *strips_of, none.astype(np.uint16), none.astype(np.uint8), none)
    window = np.empty(start[-1], np.uint16)
    look, position = np.empty(ROWS * start[-1], np.uint8), np.empty(ROWS * start[-1], np.int64)
    fill_strips(np.int64, *strips_of, window, look, position)
    return Strips(first, start, window, look, position)


@compiled
def _next(edges: Edges, exists: npt.NDArray[np.bool_], row: int, e: int) -> int:
    """The first edge of a row, from one on, whose weight exists; the row's end if none does."""
    while e < edges.start[row + 1] and not exists[e]:
        e += 1
    return e


@kernel
def fill_strips(
    edges: Edges,
    exists: npt.NDArray[np.bool_],
    line: IntArray,
    start: IntArray,
    following: IntArray,
    window: Array,
    look: Array,
    position: IntArray,
) -> None:
    """Write the steps of each strip, or only count them if `window` has no place for any.

    Args:
        edges: of all rows, each row's in ascending order of sources.
        exists: whether each one's weight exists.
        line: (16 * strips,) place of each row among those of the edges; -1: it has none.
        start, window, look, position: see `Strips`.
        following: room for a number for each row of a strip.
    """
    step = 0
    for s in range(len(start) - 1):
        start[s] = step
        for r in range(16):
            k = line[16 * s + r]
            following[r] = _next(edges, exists, k, edges.start[k]) if k >= 0 else 0
        lowest = 0
        while lowest >= 0:
            lowest = -1
            for r in range(16):
                k = line[16 * s + r]
                if k >= 0 and following[r] < edges.start[k + 1]:
                    source = edges.source[following[r]]
                    lowest = source if lowest < 0 else min(lowest, source)
            if lowest < 0 and (step - start[s]) % 2 == 0:
                break
            base = max(lowest, 0) // 16 * 16
            if lowest < 0 and len(window) > 0:  # An idle step makes their number even.
                window[step] = window[step - 1]
                for r in range(16):
                    look[16 * step + r] = look[16 * (step - 1) + r]
                    position[16 * step + r] = -1
            elif lowest >= 0:
                if len(window) > 0:
                    window[step] = base // 16
                for r in range(16):
                    k, e = line[16 * s + r], following[r]
                    takes = k >= 0 and e < edges.start[k + 1] and edges.source[e] < base + 32
                    if len(window) > 0:
                        look[16 * step + r] = (edges.source[e] if takes else lowest) - base
                        position[16 * step + r] = -1
                        if takes:
                            position[16 * step + r] = edges.position[e]
                    if takes:
                        following[r] = _next(edges, exists, k, e + 1)
            step += 1
    start[len(start) - 1] = step
