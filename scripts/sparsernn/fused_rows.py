"""What the cells of a block get at one step: each row's sum over slots and over units."""

from typing import Any

from sparsernn.fused_simd import compiled, device, like, load, splat, store
from sparsernn.fused_sums import weighted, weighted_four, weighted_narrow

__all__ = ["sum_rows"]

Array = Any


@device
def _sum_row(
    sum_of: Any,
    zero: Any,
    ih: Any,
    hh: Any,
    k: int,
    row: int,
    looked_up: bool,
    bias: Array,
    weight_ih: Array,
    slots: Array,
    x0: int,
    weight_hh: Array,
    h: Array,
    h0: int,
    h_stride: int,
    act: Array,
    a0: int,
    stride: int,
) -> None:
    """act[row] = bias (+ act[row], the letter's part) + sum over slots + sum over units."""
    place = a0 + row * stride
    acc = like(zero, bias[k])
    if looked_up:
        acc = acc + load(zero, act, place)
    acc = sum_of(acc, ih.start[k], ih.start[k + 1], ih.source, weight_ih, slots, x0, stride)
    acc = sum_of(acc, hh.start[k], hh.start[k + 1], hh.source, weight_hh, h, h0, h_stride)
    store(acc, act, place)


@device
def _rows_one(
    zero: Any,
    ih: Any,
    hh: Any,
    block: int,
    looked_up: bool,
    bias: Array,
    weight_ih: Array,
    slots: Array,
    x0: int,
    weight_hh: Array,
    h: Array,
    h0: int,
    h_stride: int,
    act: Array,
    a0: int,
    stride: int,
) -> None:
    """All rows of a block."""
    first = ih.first[block]
    for k in range(first, ih.first[block + 1]):
        _sum_row(
            weighted, zero, ih, hh, k, k - first, looked_up, bias, weight_ih, slots, x0, weight_hh,
            h, h0, h_stride, act, a0, stride,
        )  # fmt: skip


@device
def _rows_four(
    zero: Any,
    ih: Any,
    hh: Any,
    block: int,
    looked_up: bool,
    bias: Array,
    weight_ih: Array,
    slots: Array,
    x0: int,
    weight_hh: Array,
    h: Array,
    h0: int,
    h_stride: int,
    act: Array,
    a0: int,
    stride: int,
) -> None:
    """`_rows_one`, four at a time where they read the same."""
    first, last = ih.first[block], ih.first[block + 1]
    k = first
    while k < last:
        count = 4 if k + 4 <= last and ih.group[k] == 4 and hh.group[k] == 4 else 1
        if count == 4:
            place = a0 + (k - first) * stride
            accs = (
                like(zero, bias[k]),
                like(zero, bias[k + 1]),
                like(zero, bias[k + 2]),
                like(zero, bias[k + 3]),
            )
            if looked_up:
                accs = (
                    accs[0] + load(zero, act, place),
                    accs[1] + load(zero, act, place + stride),
                    accs[2] + load(zero, act, place + 2 * stride),
                    accs[3] + load(zero, act, place + 3 * stride),
                )
            starts = ih.start[k], ih.start[k + 1], ih.start[k + 2], ih.start[k + 3]
            accs = weighted_four(
                accs, starts, starts[1] - starts[0], ih.source, weight_ih, slots, x0, stride
            )
            starts = hh.start[k], hh.start[k + 1], hh.start[k + 2], hh.start[k + 3]
            accs = weighted_four(
                accs, starts, starts[1] - starts[0], hh.source, weight_hh, h, h0, h_stride
            )
            store(accs[0], act, place)
            store(accs[1], act, place + stride)
            store(accs[2], act, place + 2 * stride)
            store(accs[3], act, place + 3 * stride)
        else:
            _sum_row(
                weighted_narrow, zero, ih, hh, k, k - first, looked_up, bias, weight_ih, slots, x0,
                weight_hh, h, h0, h_stride, act, a0, stride,
            )  # fmt: skip
        k += count


@compiled
def sum_rows(
    ih: Any,
    hh: Any,
    block: int,
    width: int,
    looked_up: bool,
    bias: Array,
    wih: Array,
    whh: Array,
    slots: Array,
    x0: int,
    h: Array,
    h0: int,
    h_stride: int,
    act: Array,
    a0: int,
) -> None:
    """All rows and lanes of a block at one step, in tiles that fit the registers.

    Takes no more than it needs: a plan as an argument is hundreds of words to copy at each call.
    A wide tile is enough work for one row; in narrow ones, rows that read the same share loads.
    """
    zero = act.dtype.type(0)
    b = 0
    while b < width:
        x, s, a = x0 + b, h0 + b, a0 + b
        if b + 128 <= width:
            tile = splat(128, zero)
            _rows_one(
                tile, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 128
        elif b + 64 <= width:
            half = splat(64, zero)
            _rows_one(
                half, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 64
        elif b + 32 <= width:
            quarter = splat(32, zero)
            _rows_four(
                quarter, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 32
        else:
            rest = splat(16, zero)
            _rows_four(
                rest, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 16
