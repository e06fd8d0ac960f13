"""Sums over edges, and the gradients of their weights: where nearly all arithmetic happens.

An array of rows is stored step by step, rows of one step one after another, the batch innermost.
"""

from typing import Any

from sparsernn.fused_simd import compiled, device, like, load, splat, store, total

__all__ = ["add_gradients", "add_sums", "pick_weights", "weighted"]

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
        acc = acc + load(acc, x, x0 + source[e] * stride) * weight[e]
    return acc


@device
def _add_tile(
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
    for k in range(first, last):
        place = y0 + edges.into[k] * y_stride
        begin, end = edges.start[k], edges.start[k + 1]
        y_k = load(zero, y, place)
        store(weighted(y_k, begin, end, edges.source, weight, x, x0, x_stride), y, place)


@compiled
def pick_weights(edges: Any, flat: Array, weight: Array) -> None:
    """Write the weight of each edge, from all parameters."""
    for e in range(len(weight)):
        weight[e] = flat[edges.position[e]]


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
        _add_tile(wide, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)
        b += 128
    if b + 64 <= width:
        tile = splat(64, zero)
        _add_tile(tile, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)
        b += 64
    if b + 32 <= width:
        half = splat(32, zero)
        _add_tile(half, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)
        b += 32
    if b < width:
        rest = splat(16, zero)
        _add_tile(rest, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)


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
    gradient: Array,
) -> None:
    """gradient[position] += sum over steps and lanes of d[into] * x[source], for a block's edges.

    Step t of `d` begins at d0 + d_rows * d_at[t], its rows `width[t]` apart; so does `x`, its rows
    `x_width[t]` apart.
    """
    zero = splat(16, gradient.dtype.type(0))
    source, position = edges.source, edges.position
    for k in range(edges.first[block], edges.first[block + 1]):
        row, last = edges.into[k], edges.start[k + 1]
        for e in range(edges.start[k], last, 4):
            # Four edges at once; beyond the last one, its dot product is taken again and dropped.
            e1, e2, e3 = min(e + 1, last - 1), min(e + 2, last - 1), min(e + 3, last - 1)
            s0, s1, s2, s3 = zero, zero, zero, zero
            for t in range(len(width)):
                d_t = d0 + d_rows * d_at[t] + row * width[t]
                x_t, stride = x0 + x_rows * x_at[t], x_width[t]
                x_0, x_1 = x_t + source[e] * stride, x_t + source[e1] * stride
                x_2, x_3 = x_t + source[e2] * stride, x_t + source[e3] * stride
                for b in range(0, width[t], 16):
                    d_b = load(zero, d, d_t + b)
                    s0 = s0 + d_b * load(zero, x, x_0 + b)
                    s1 = s1 + d_b * load(zero, x, x_1 + b)
                    s2 = s2 + d_b * load(zero, x, x_2 + b)
                    s3 = s3 + d_b * load(zero, x, x_3 + b)
            gradient[position[e]] += total(s0)
            if e + 1 < last:
                gradient[position[e1]] += total(s1)
            if e + 2 < last:
                gradient[position[e2]] += total(s2)
            if e + 3 < last:
                gradient[position[e3]] += total(s3)
