"""A wiring as flat arrays, written plainly: what `engine.kernel_plan` has to give, in its order."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sparsernn.engine.cells import Cell, kernel_cell
from sparsernn.engine.density import filled_from
from sparsernn.engine.kernel_plan import Edges, KernelPlan
from sparsernn.wiring.wiring import Block, BoolArray, Wiring

IntArray = npt.NDArray[np.int64]
Array = npt.NDArray[Any]


def _ordered(rows: IntArray, group: list[int], edges: tuple[Array, ...]) -> tuple[Array, ...]:
    """One block's edges (result, source, position, exists) for results in the given order.

    Returns:
        Each result's row, number of edges and group; each edge's source, position and existence.
    """
    rank = np.empty(rows.max(initial=-1) + 1, np.int64)
    rank[rows] = np.arange(len(rows))
    result, *of_edge = edges
    order = np.lexsort((of_edge[0], rank[result]))
    counts = np.bincount(rank[result], minlength=len(rows))
    return rows, counts, np.array(group, np.int64), *(each[order] for each in of_edge)


def _joined(blocks: list[tuple[Array, ...]]) -> Edges:
    """The edges of all blocks, each as from `_ordered`."""
    into, counts, group, source, position, exists = map(np.concatenate, zip(*blocks, strict=True))
    first = np.cumsum([0, *(len(block[0]) for block in blocks)])
    start = np.concatenate([[0], np.cumsum(counts)])
    return Edges(first, into, start, source, position, np.flatnonzero(~exists), group)


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


def plain_kernel_plan(wiring: Wiring, letters: bool) -> KernelPlan:
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
    least = filled_from(max(block.size for block in wiring.blocks))
    for block in wiring.blocks:
        parts, bias, place = _sums_of(block, cell, shift, place, least)
        order, group = _tiles(*parts.values(), rows=np.arange(cell.sums * block.size))
        for name, (result, source, *rest) in parts.items():
            collected[name].append(_ordered(order, group, (result, source, *rest)))
            turned = source, result, *rest
            back, back_group = _tiles(turned, rows=np.unique(source))
            collected[f"{name}_t"].append(_ordered(back, back_group, turned))
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
    block: Block, cell: Cell, shift: int, place: int, least: float
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
    target, slot, *rest = _edges_of(block.mask_ih, place, least)
    place += block.mask_ih.size
    hears, *unit_edges = _edges_of(block.mask_hh, place, least)
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


def _filled(mask: BoolArray, least: float) -> BoolArray:
    """The mask; or if it is dense, that of all weights between its rows and its sources."""
    whole = np.logical_and.outer(mask.any(1), mask.any(0))
    return whole if mask.sum() >= least * whole.sum() else mask


def _edges_of(mask: BoolArray, place: int, least: float) -> tuple[Array, ...]:
    """Target, source, place among all parameters, and existence, of each weight to be summed."""
    target, source = np.nonzero(_filled(mask, least))
    return target, source, place + target * mask.shape[1] + source, mask[target, source]
