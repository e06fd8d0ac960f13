"""Sums over edges, and the gradients of their weights: where nearly all arithmetic happens.

An array of rows is stored step by step, rows of one step one after another, the batch innermost.
Results that read the same sources are summed in tiles (`Edges.group` of `engine.kernel_plan`): each
source is loaded once for all of a tile.
"""

from typing import Any

from sparsernn.engine.tiles import (
    add_outer,
    add_products,
    load_places,
    load_rows,
    no_products,
    repeated,
    splat_rows,
    store_rows,
    totals,
)
from sparsernn.engine.vectors import (
    compiled,
    device,
    item,
    like,
    load,
    put,
    splat,
    store,
)
from sparsernn.engine.views import Series, Terms, View

__all__ = ["add_gradients", "add_sums", "drop_absent", "pick_weights", "sum_rows"]

Array = Any


@device
def _weighted(acc: Any, terms: Terms, k: int, b: int) -> Any:
    """acc + sum over result k's edges of weight * x[source], from lane b on.

    The sum stays in registers over all edges.
    """
    edges, x = terms.edges, terms.x
    x0 = x.start + b
    for e in range(edges.start[k], edges.start[k + 1]):
        acc = acc + load(acc, x.array, x0 + item(edges.source, e) * x.stride) * item(
            terms.weights, e
        )
    return acc


@device
def _weighted_narrow(acc: Any, terms: Terms, k: int, b: int) -> Any:
    """`_weighted` for few lanes: two sums, for one would wait for its own additions."""
    weights, source, x = terms.weights, terms.edges.source, terms.x
    other = like(acc, 0.0)
    x0, e, last = x.start + b, terms.edges.start[k], terms.edges.start[k + 1]
    while e + 1 < last:
        acc = acc + load(acc, x.array, x0 + item(source, e) * x.stride) * item(weights, e)
        row = load(acc, x.array, x0 + item(source, e + 1) * x.stride)
        other = other + row * item(weights, e + 1)
        e += 2
    if e < last:
        acc = acc + load(acc, x.array, x0 + item(source, e) * x.stride) * item(weights, e)
    return acc + other


@device
def _weighted_tile(accs: Any, terms: Terms, k: int, b: int) -> Any:
    """`_weighted` for results that read the same rows, the edges of one after those of another."""
    edges, x = terms.edges, terms.x
    first, count, x0 = edges.start[k], edges.start[k + 1] - edges.start[k], x.start + b
    for e in range(first, first + count):
        row = load(accs[0], x.array, x0 + item(edges.source, e) * x.stride)
        accs = add_products(accs, row, terms.weights, e, count)
    return accs


@device
def _tile_by_tile(
    row: Any, tile: Any, zero: Any, edges: Any, block: int, b: int, task: Any
) -> None:
    """All results of a block in tiles, for as many lanes as `zero` has."""
    k = edges.first[block]
    while k < edges.first[block + 1]:
        rows = edges.group[k]
        if rows == 8:
            tile(repeated(8, zero), k, b, task)
        elif rows == 4:
            tile(repeated(4, zero), k, b, task)
        elif rows == 2:
            tile(repeated(2, zero), k, b, task)
        else:
            row(_weighted_narrow, zero, k, b, task)
        k += rows


@device
def _over_lanes(
    row: Any, tile: Any, edges: Any, block: int, width: int, zero: Any, task: Any
) -> None:
    """All results of a block and all lanes, in parts that fit the registers.

    Many lanes are enough work for one row; with few, rows that read the same share loads.

    Args:
        row: `row(sum_of, zero, k, b, task)` takes result k for the lanes of `zero` from b on.
        tile: `tile(zeros, k, b, task)` takes as many results as there are zeros.
        zero: a number of the arrays' type.
    """
    b = 0
    while b + 128 <= width:
        for k in range(edges.first[block], edges.first[block + 1]):
            row(_weighted, splat(128, zero), k, b, task)
        b += 128
    if b + 64 <= width:
        for k in range(edges.first[block], edges.first[block + 1]):
            row(_weighted, splat(64, zero), k, b, task)
        b += 64
    if b + 32 <= width:
        _tile_by_tile(row, tile, splat(32, zero), edges, block, b, task)
        b += 32
    if b < width:
        _tile_by_tile(row, tile, splat(16, zero), edges, block, b, task)


@device
def _add_row(sum_of: Any, zero: Any, k: int, b: int, task: Any) -> None:
    terms, y = task
    place = y.start + b + terms.edges.into[k] * y.stride
    store(sum_of(load(zero, y.array, place), terms, k, b), y.array, place)


@device
def _add_tile(zeros: Any, k: int, b: int, task: Any) -> None:
    terms, y = task
    into = terms.edges.into
    place, step = y.start + b + into[k] * y.stride, (into[k + 1] - into[k]) * y.stride
    accs = _weighted_tile(load_rows(zeros, y.array, place, step), terms, k, b)
    store_rows(accs, y.array, place, step)


@compiled
def add_sums(terms: Terms, block: int, y: View) -> None:
    """y[into] += sum over edges of weight * x[source], for a block's results and all lanes of x."""
    zero = y.array.dtype.type(0)
    _over_lanes(_add_row, _add_tile, terms.edges, block, terms.x.stride, zero, (terms, y))


@device
def _sum_row(sum_of: Any, zero: Any, k: int, b: int, task: Any) -> None:
    slots, units, bias, looked_up, act = task
    row = slots.edges.into[k]
    place = act.start + b + row * act.stride
    acc = like(zero, bias.array[bias.start + row])
    if looked_up:
        acc = acc + load(zero, act.array, place)
    store(sum_of(sum_of(acc, slots, k, b), units, k, b), act.array, place)


@device
def _sum_tile(zeros: Any, k: int, b: int, task: Any) -> None:
    slots, units, bias, looked_up, act = task
    row, step = slots.edges.into[k], slots.edges.into[k + 1] - slots.edges.into[k]
    place, first = act.start + b + row * act.stride, bias.start + row
    if looked_up:
        accs = load_rows(zeros, act.array, place, step * act.stride)
        accs = add_products(accs, like(zeros[0], 1.0), bias.array, first, step)
    else:
        accs = splat_rows(zeros, bias.array, first, step)
    accs = _weighted_tile(_weighted_tile(accs, slots, k, b), units, k, b)
    store_rows(accs, act.array, place, step * act.stride)


@compiled
def sum_rows(
    slots: Terms, units: Terms, block: int, bias: View, looked_up: bool, act: View
) -> None:
    """What a block's cells get at one step: act = bias (+ act) + sum over slots + sum over units.

    Args:
        slots, units: the terms, whose results are the same rows.
        bias: of the block's rows.
        looked_up: whether `act` holds the letters' part already.
    """
    zero, task = act.array.dtype.type(0), (slots, units, bias, looked_up, act)
    _over_lanes(_sum_row, _sum_tile, slots.edges, block, act.stride, zero, task)


@compiled
def pick_weights(edges: Any, flat: Array, weights: Array) -> None:
    """Write the weight of each edge, from all parameters."""
    for e in range(len(weights)):
        weights[e] = flat[edges.position[e]]
    for e in edges.absent:
        weights[e] = 0


@compiled
def drop_absent(edges: Any, gradient: Array) -> None:
    """Weights that don't exist have no gradient."""
    for e in edges.absent:
        gradient[edges.position[e]] = 0


@device
def _add_dots(zeros: Any, others: Any, k: int, e: int, task: Any) -> None:
    """Gradients of a tile of weights: dot products over all tokens of rows of d and of x.

    Args:
        zeros: a tuple as long as there are rows of d: the results from k on.
        others: places of the rows of x, for the edges from e on of the first result.
        k, e: first result and first edge of the tile.
        task: see `add_gradients`.
    """
    edges, d, x, room, gradient = task
    first, step = edges.into[k], 0
    if len(zeros) > 1:
        step = edges.into[k + 1] - first
    sums = no_products(zeros, others)
    for t in range(len(d.width)):
        n = item(d.width, t)
        d_t = d.start + d.rows * item(d.at, t) + first * n
        x_t = x.start + x.rows * item(x.at, t)
        for b in range(0, n, 16):
            d_b = load_rows(zeros, d.array, d_t + b, step * n)
            x_b = load_places(zeros[0], x.array, x_t + b, others, item(x.width, t))
            sums = add_outer(sums, d_b, x_b)
    store(totals(sums), room, 0)
    count = min(len(others), edges.start[k + 1] - e)
    for r in range(len(zeros)):
        at = edges.start[k + r] + e - edges.start[k]
        for j in range(count):
            place = item(edges.position, at + j)
            put(gradient, place, item(gradient, place) + item(room, r * len(others) + j))


@compiled
def add_gradients(
    edges: Any, block: int, d: Series, x: Series, room: Array, gradient: Array
) -> None:
    """gradient[position] += sum over steps and lanes of d[into] * x[source], for a block's edges.

    A tile has 4 to 16 sums. Where fewer sources are left than it takes, the last one is taken
    again, and dropped. `room` has place for 16 numbers.
    """
    z = splat(16, gradient.dtype.type(0))
    source, start, task = edges.source, edges.start, (edges, d, x, room, gradient)
    k = edges.first[block]
    while k < edges.first[block + 1]:
        rows = edges.group[k]
        e, last = start[k], start[k + 1] - 1
        while e <= last:
            s0, s1 = source[e], source[min(e + 1, last)]
            s2, s3 = source[min(e + 2, last)], source[min(e + 3, last)]
            if rows == 8:
                _add_dots(repeated(8, z), (s0, s1), k, e, task)
                e += 2
            elif rows == 4 and last - e > 1:
                _add_dots(repeated(4, z), (s0, s1, s2, s3), k, e, task)
                e += 4
            elif rows == 4:
                _add_dots(repeated(4, z), (s0, s1), k, e, task)
                e += 2
            elif rows == 2:
                _add_dots(repeated(2, z), (s0, s1, s2, s3), k, e, task)
                e += 4
            elif last - e > 3:
                s4, s5 = source[e + 4], source[min(e + 5, last)]
                s6, s7 = source[min(e + 6, last)], source[min(e + 7, last)]
                _add_dots((z,), (s0, s1, s2, s3, s4, s5, s6, s7), k, e, task)
                e += 8
            else:
                _add_dots((z,), (s0, s1, s2, s3), k, e, task)
                e += 4
        k += rows
