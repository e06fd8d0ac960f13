"""Sums over edges, and the gradients of their weights: where nearly all arithmetic happens.

An array of rows is stored step by step, rows of one step one after another, the batch innermost.
"""

from typing import Any

from sparsernn.fused_simd import compiled, device, item, like, load, put, splat, store, total

__all__ = [
    "add_gradients",
    "add_sums",
    "pick_weights",
    "weighted",
    "weighted_four",
    "weighted_narrow",
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
def weighted_four(
    accs: Any,
    starts: Any,
    edges: int,
    source: Array,
    weight: Array,
    x: Array,
    x0: int,
    stride: int,
) -> Any:
    """`weighted` for four results that read the same rows: each is loaded once for all."""
    a, b, c, d = accs
    first, second, third, fourth = starts
    for e in range(edges):
        row = load(a, x, x0 + item(source, first + e) * stride)
        a = a + row * item(weight, first + e)
        b = b + row * item(weight, second + e)
        c = c + row * item(weight, third + e)
        d = d + row * item(weight, fourth + e)
    return a, b, c, d


@device
def _add_tile(
    sum_of: Any,
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
        store(sum_of(y_k, begin, end, edges.source, weight, x, x0, x_stride), y, place)


@device
def _add_four_tiles(
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
    """`_add_tile`, four results at a time where they read the same rows."""
    k, start = first, edges.start
    while k < last:
        if edges.group[k] == 4:
            p0, p1 = y0 + edges.into[k] * y_stride, y0 + edges.into[k + 1] * y_stride
            p2, p3 = y0 + edges.into[k + 2] * y_stride, y0 + edges.into[k + 3] * y_stride
            accs = load(zero, y, p0), load(zero, y, p1), load(zero, y, p2), load(zero, y, p3)
            starts = start[k], start[k + 1], start[k + 2], start[k + 3]
            a, b, c, d = weighted_four(
                accs, starts, start[k + 1] - start[k], edges.source, weight, x, x0, x_stride
            )
            store(a, y, p0)
            store(b, y, p1)
            store(c, y, p2)
            store(d, y, p3)
            k += 4
        else:
            _add_tile(
                weighted_narrow, zero, edges, k, k + 1, weight, x, x0, x_stride, y, y0, y_stride
            )
            k += 1


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
        _add_tile(
            weighted, wide, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride
        )
        b += 128
    if b + 64 <= width:
        tile = splat(64, zero)
        _add_tile(
            weighted, tile, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride
        )
        b += 64
    if b + 32 <= width:
        half = splat(32, zero)
        _add_four_tiles(half, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)
        b += 32
    if b < width:
        rest = splat(16, zero)
        _add_four_tiles(rest, edges, first, last, weight, x, x0 + b, x_stride, y, y0 + b, y_stride)


@device
def _dots_one_by_four(
    zero: Any,
    width: Array,
    d: Array,
    d0: int,
    d_rows: int,
    d_at: Array,
    row: int,
    x: Array,
    x0: int,
    x_rows: int,
    x_at: Array,
    x_width: Array,
    read: Any,
) -> Any:
    """Dot products, over all tokens, of a row of d and four rows of x."""
    s0, s1, s2, s3 = zero, zero, zero, zero
    for t in range(len(width)):
        d_t = d0 + d_rows * item(d_at, t) + row * item(width, t)
        x_t, stride = x0 + x_rows * item(x_at, t), item(x_width, t)
        x_0, x_1 = x_t + read[0] * stride, x_t + read[1] * stride
        x_2, x_3 = x_t + read[2] * stride, x_t + read[3] * stride
        for b in range(0, item(width, t), 16):
            d_b = load(zero, d, d_t + b)
            s0 = s0 + d_b * load(zero, x, x_0 + b)
            s1 = s1 + d_b * load(zero, x, x_1 + b)
            s2 = s2 + d_b * load(zero, x, x_2 + b)
            s3 = s3 + d_b * load(zero, x, x_3 + b)
    return total(s0), total(s1), total(s2), total(s3)


@device
def _gain(sums: Any, row: Any, others: Any) -> Any:
    """sums + row * others, for four at once."""
    return (
        sums[0] + row * others[0],
        sums[1] + row * others[1],
        sums[2] + row * others[2],
        sums[3] + row * others[3],
    )


@device
def _totals(sums: Any) -> Any:
    return total(sums[0]), total(sums[1]), total(sums[2]), total(sums[3])


@device
def _dots_four_by_four(
    zero: Any,
    width: Array,
    d: Array,
    d0: int,
    d_rows: int,
    d_at: Array,
    rows: Any,
    x: Array,
    x0: int,
    x_rows: int,
    x_at: Array,
    x_width: Array,
    read: Any,
) -> Any:
    """Dot products, over all tokens, of four rows of d and four rows of x: 16 for 8 loads."""
    none = zero, zero, zero, zero
    s0, s1, s2, s3 = none, none, none, none
    for t in range(len(width)):
        n, stride = item(width, t), item(x_width, t)
        d_t, x_t = d0 + d_rows * item(d_at, t), x0 + x_rows * item(x_at, t)
        x_0, x_1 = x_t + read[0] * stride, x_t + read[1] * stride
        x_2, x_3 = x_t + read[2] * stride, x_t + read[3] * stride
        d_0, d_1, d_2, d_3 = (
            d_t + rows[0] * n, d_t + rows[1] * n, d_t + rows[2] * n, d_t + rows[3] * n,
        )  # fmt: skip
        for b in range(0, n, 16):
            four = (
                load(zero, x, x_0 + b),
                load(zero, x, x_1 + b),
                load(zero, x, x_2 + b),
                load(zero, x, x_3 + b),
            )
            s0 = _gain(s0, load(zero, d, d_0 + b), four)
            s1 = _gain(s1, load(zero, d, d_1 + b), four)
            s2 = _gain(s2, load(zero, d, d_2 + b), four)
            s3 = _gain(s3, load(zero, d, d_3 + b), four)
    return _totals(s0), _totals(s1), _totals(s2), _totals(s3)


@device
def _dots_four_by_one(
    zero: Any,
    width: Array,
    d: Array,
    d0: int,
    d_rows: int,
    d_at: Array,
    rows: Any,
    x: Array,
    x0: int,
    x_rows: int,
    x_at: Array,
    x_width: Array,
    read: int,
) -> Any:
    """Dot products, over all tokens, of four rows of d and one row of x."""
    s0, s1, s2, s3 = zero, zero, zero, zero
    for t in range(len(width)):
        n, d_t = item(width, t), d0 + d_rows * item(d_at, t)
        x_t = x0 + x_rows * item(x_at, t) + read * item(x_width, t)
        d_0, d_1, d_2, d_3 = (
            d_t + rows[0] * n, d_t + rows[1] * n, d_t + rows[2] * n, d_t + rows[3] * n,
        )  # fmt: skip
        for b in range(0, n, 16):
            x_b = load(zero, x, x_t + b)
            s0 = s0 + load(zero, d, d_0 + b) * x_b
            s1 = s1 + load(zero, d, d_1 + b) * x_b
            s2 = s2 + load(zero, d, d_2 + b) * x_b
            s3 = s3 + load(zero, d, d_3 + b) * x_b
    return _totals((s0, s1, s2, s3))


@device
def _add(array: Array, place: int, value: Any) -> None:
    put(array, place, item(array, place) + value)


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
    source, position, start = edges.source, edges.position, edges.start
    k = edges.first[block]
    while k < edges.first[block + 1]:
        four = edges.group[k] == 4
        if four:
            rows = edges.into[k], edges.into[k + 1], edges.into[k + 2], edges.into[k + 3]
        else:
            rows = edges.into[k], edges.into[k], edges.into[k], edges.into[k]
        e, end = start[k], start[k + 1] - 1
        while e <= end:
            left = min(4, end - e + 1)
            if four and left < 3:
                dots = _dots_four_by_one(
                    zero, width, d, d0, d_rows, d_at, rows, x, x0, x_rows, x_at, x_width, source[e]
                )
                for r in range(4):
                    _add(gradient, item(position, start[k + r] + e - start[k]), dots[r])
                e += 1
                continue
            # Where fewer than four are left, the last one is taken again, and dropped.
            others = min(e + 1, end), min(e + 2, end), min(e + 3, end)
            read = source[e], source[others[0]], source[others[1]], source[others[2]]
            if four:
                sums = _dots_four_by_four(
                    zero, width, d, d0, d_rows, d_at, rows, x, x0, x_rows, x_at, x_width, read
                )
                for r in range(4):
                    for j in range(left):
                        _add(gradient, item(position, start[k + r] + e - start[k] + j), sums[r][j])
            else:
                dots = _dots_one_by_four(
                    zero, width, d, d0, d_rows, d_at, rows[0], x, x0, x_rows, x_at, x_width, read
                )
                for j in range(left):
                    _add(gradient, item(position, e + j), dots[j])
            e += 4
        k += 4 if four else 1
