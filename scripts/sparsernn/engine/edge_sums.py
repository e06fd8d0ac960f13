"""Sums over edges, and the gradients of their weights: where nearly all arithmetic happens.

An array of rows is stored step by step, rows of one step one after another, the batch innermost.
Results that read the same sources are summed in tiles, see `fused_plan.Edges.group`: each source is
loaded once for all of a tile.
"""

from typing import Any

from sparsernn.engine.tiles import (
    add_outer,
    add_products,
    load_places,
    load_rows,
    store_rows,
    totals,
)
from sparsernn.engine.vectors import compiled, device, item, like, load, put, splat, store

__all__ = [
    "add_gradients",
    "add_sums",
    "pick_weights",
    "weighted",
    "weighted_narrow",
    "weighted_rows",
]

Array = Any


@device
def weighted(
    acc: Any,
    first: int,
    last: int,
    source: Array,
    weight: Array,
    x: Array,
    x0: int,
    stride: int,
) -> Any:
    """acc + sum over edges of weight * x[source]: the sum stays in registers over all edges."""
    for e in range(first, last):
        acc = acc + load(acc, x, x0 + item(source, e) * stride) * item(weight, e)
    return acc


@device
def weighted_narrow(
    acc: Any,
    first: int,
    last: int,
    source: Array,
    weight: Array,
    x: Array,
    x0: int,
    stride: int,
) -> Any:
    """`weighted` for few lanes: two sums, for one would wait for its own additions."""
    other = like(acc, 0.0)
    e = first
    while e + 1 < last:
        acc = acc + load(acc, x, x0 + item(source, e) * stride) * item(weight, e)
        other = other + load(acc, x, x0 + item(source, e + 1) * stride) * item(weight, e + 1)
        e += 2
    if e < last:
        acc = acc + load(acc, x, x0 + item(source, e) * stride) * item(weight, e)
    return acc + other


@device
def weighted_rows(
    accs: Any,
    first: int,
    edges: int,
    source: Array,
    weight: Array,
    x: Array,
    x0: int,
    stride: int,
) -> Any:
    """`weighted` for results that read the same rows, the edges of one after those of another."""
    for e in range(first, first + edges):
        row = load(accs[0], x, x0 + item(source, e) * stride)
        accs = add_products(accs, row, weight, e, edges)
    return accs


@device
def _add_row(
    sum_of: Any,
    zero: Any,
    edges: Any,
    k: int,
    weight: Array,
    x: Array,
    x0: int,
    x_stride: int,
    y: Array,
    y0: int,
    y_stride: int,
) -> None:
    place = y0 + edges.into[k] * y_stride
    begin, end = edges.start[k], edges.start[k + 1]
    y_k = load(zero, y, place)
    store(sum_of(y_k, begin, end, edges.source, weight, x, x0, x_stride), y, place)


@device
def _add_tile(
    tile: Any,
    edges: Any,
    k: int,
    weight: Array,
    x: Array,
    x0: int,
    x_stride: int,
    y: Array,
    y0: int,
    y_stride: int,
) -> None:
    """`_add_row` for as many results as the tile has rows."""
    place, step = y0 + edges.into[k] * y_stride, (edges.into[k + 1] - edges.into[k]) * y_stride
    begin, count = edges.start[k], edges.start[k + 1] - edges.start[k]
    accs = load_rows(tile, y, place, step)
    accs = weighted_rows(accs, begin, count, edges.source, weight, x, x0, x_stride)
    store_rows(accs, y, place, step)


@device
def _add_tiles(
    zero: Any,
    edges: Any,
    first: int,
    last: int,
    weight: Array,
    x: Array,
    x0: int,
    x_stride: int,
    y: Array,
    y0: int,
    y_stride: int,
) -> None:
    """All results of a block, for few lanes."""
    two = zero, zero
    four = zero, zero, zero, zero
    eight = zero, zero, zero, zero, zero, zero, zero, zero
    k = first
    while k < last:
        rows = edges.group[k]
        if rows == 8:
            _add_tile(eight, edges, k, weight, x, x0, x_stride, y, y0, y_stride)
        elif rows == 4:
            _add_tile(four, edges, k, weight, x, x0, x_stride, y, y0, y_stride)
        elif rows == 2:
            _add_tile(two, edges, k, weight, x, x0, x_stride, y, y0, y_stride)
        else:
            _add_row(weighted_narrow, zero, edges, k, weight, x, x0, x_stride, y, y0, y_stride)
        k += rows


@compiled
def pick_weights(edges: Any, flat: Array, weight: Array) -> None:
    """Write the weight of each edge, from all parameters."""
    for e in range(len(weight)):
        weight[e] = flat[edges.position[e]]
    for e in edges.absent:
        weight[e] = 0


@compiled
def add_sums(
    edges: Any,
    block: int,
    weight: Array,
    width: int,
    x: Array,
    x0: int,
    x_stride: int,
    y: Array,
    y0: int,
    y_stride: int,
) -> None:
    """y[into] += sum over edges of weight * x[source], for a block's results and all lanes."""
    first, last = edges.first[block], edges.first[block + 1]
    zero = weight.dtype.type(0)
    b = 0
    while b + 128 <= width:
        wide = splat(128, zero)
        for k in range(first, last):
            _add_row(weighted, wide, edges, k, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)
        b += 128
    if b + 64 <= width:
        middle = splat(64, zero)
        for k in range(first, last):
            _add_row(weighted, middle, edges, k, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)
        b += 64
    if b + 32 <= width:
        narrow = splat(32, zero)
        _add_tiles(narrow, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)
        b += 32
    if b < width:
        rest = splat(16, zero)
        _add_tiles(rest, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)


@compiled
def drop_absent(edges: Any, gradient: Array) -> None:
    """Weights that don't exist have no gradient."""
    for e in edges.absent:
        gradient[edges.position[e]] = 0


@device
def _add_dots(
    rows: Any,
    others: Any,
    none: Any,
    k: int,
    e: int,
    edges: Any,
    width: Array,
    d: Array,
    d0: int,
    d_rows: int,
    d_at: Array,
    x: Array,
    x0: int,
    x_rows: int,
    x_at: Array,
    x_width: Array,
    room: Array,
    gradient: Array,
) -> None:
    """Gradients of a tile of weights: dot products over all tokens of rows of d and of x.

    Args:
        rows: a tuple as long as there are rows of d: the results from k on.
        others: places of the rows of x, for the edges from e on of the first result.
        none: the sums to begin with, a tuple of len(rows) * len(others) zero vectors.
        k, e: first result and first edge of the tile.
        room: 16 numbers to work in.
    """
    first, step = edges.into[k], 0
    if len(rows) > 1:
        step = edges.into[k + 1] - first
    sums = none
    for t in range(len(width)):
        n = item(width, t)
        d_t = d0 + d_rows * item(d_at, t) + first * n
        x_t = x0 + x_rows * item(x_at, t)
        for b in range(0, n, 16):
            d_b = load_rows(rows, d, d_t + b, step * n)
            sums = add_outer(sums, d_b, load_places(rows[0], x, x_t + b, others, item(x_width, t)))
    store(totals(sums), room, 0)
    count = min(len(others), edges.start[k + 1] - e)
    for r in range(len(rows)):
        at = edges.start[k + r] + e - edges.start[k]
        for j in range(count):
            place = item(edges.position, at + j)
            put(gradient, place, item(gradient, place) + item(room, r * len(others) + j))


@compiled
def add_gradients(
    edges: Any,
    block: int,
    width: Array,
    d: Array,
    d0: int,
    d_rows: int,
    d_at: Array,
    x: Array,
    x0: int,
    x_rows: int,
    x_at: Array,
    x_width: Array,
    room: Array,
    gradient: Array,
) -> None:
    """gradient[position] += sum over steps and lanes of d[into] * x[source], for a block's edges.

    Step t of `d` begins at d0 + d_rows * d_at[t], its rows `width[t]` apart; so does `x`, its rows
    `x_width[t]` apart. A tile has 4 to 16 sums. Where fewer sources are left than it takes, the
    last one is taken again, and dropped.
    """
    z = splat(16, gradient.dtype.type(0))
    two = z, z
    four = z, z, z, z
    eight = z, z, z, z, z, z, z, z
    sixteen = z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z
    source, start = edges.source, edges.start
    k = edges.first[block]
    while k < edges.first[block + 1]:
        rows = edges.group[k]
        e, last = start[k], start[k + 1] - 1
        while e <= last:
            s0, s1 = source[e], source[min(e + 1, last)]
            s2, s3 = source[min(e + 2, last)], source[min(e + 3, last)]
            if rows == 8:
                _add_dots(
                    eight, (s0, s1), sixteen, k, e, edges, width, d, d0, d_rows, d_at, x, x0,
                    x_rows, x_at, x_width, room, gradient,
                )  # fmt: skip
                e += 2
            elif rows == 4 and last - e > 1:
                _add_dots(
                    four, (s0, s1, s2, s3), sixteen, k, e, edges, width, d, d0, d_rows, d_at, x, x0,
                    x_rows, x_at, x_width, room, gradient,
                )  # fmt: skip
                e += 4
            elif rows == 4:
                _add_dots(
                    four, (s0, s1), eight, k, e, edges, width, d, d0, d_rows, d_at, x, x0,
                    x_rows, x_at, x_width, room, gradient,
                )  # fmt: skip
                e += 2
            elif rows == 2:
                _add_dots(
                    two, (s0, s1, s2, s3), eight, k, e, edges, width, d, d0, d_rows, d_at, x, x0,
                    x_rows, x_at, x_width, room, gradient,
                )  # fmt: skip
                e += 4
            elif last - e > 3:
                s4, s5 = source[e + 4], source[min(e + 5, last)]
                s6, s7 = source[min(e + 6, last)], source[min(e + 7, last)]
                _add_dots(
                    (z,), (s0, s1, s2, s3, s4, s5, s6, s7), eight, k, e, edges, width, d, d0,
                    d_rows, d_at, x, x0, x_rows, x_at, x_width, room, gradient,
                )  # fmt: skip
                e += 8
            else:
                _add_dots(
                    (z,), (s0, s1, s2, s3), four, k, e, edges, width, d, d0, d_rows, d_at, x, x0,
                    x_rows, x_at, x_width, room, gradient,
                )  # fmt: skip
                e += 4
        k += rows
