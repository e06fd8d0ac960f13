"""What the cells of a block get at one step: each row's sum over slots and over units."""

from typing import Any

from sparsernn.engine.edge_sums import weighted, weighted_narrow, weighted_rows
from sparsernn.engine.tiles import add_products, load_rows, splat_rows, store_rows
from sparsernn.engine.vectors import compiled, device, like, load, splat, store

__all__ = ["sum_rows"]

Array = Any


@device
def _sum_row(
    sum_of: Any,
    zero: Any,
    ih: Any,
    hh: Any,
    block: int,
    k: int,
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
    place = a0 + ih.into[k] * stride
    acc = like(zero, bias[ih.first[block] + ih.into[k]])
    if looked_up:
        acc = acc + load(zero, act, place)
    acc = sum_of(acc, ih.start[k], ih.start[k + 1], ih.source, weight_ih, slots, x0, stride)
    acc = sum_of(acc, hh.start[k], hh.start[k + 1], hh.source, weight_hh, h, h0, h_stride)
    store(acc, act, place)


@device
def _sum_tile(
    tile: Any,
    ih: Any,
    hh: Any,
    block: int,
    k: int,
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
    """`_sum_row` for as many results as the tile has rows."""
    row, step = ih.into[k], ih.into[k + 1] - ih.into[k]
    place, first = a0 + row * stride, ih.first[block] + row
    if looked_up:
        accs = load_rows(tile, act, place, step * stride)
        accs = add_products(accs, like(tile[0], 1.0), bias, first, step)
    else:
        accs = splat_rows(tile, bias, first, step)
    begin, count = ih.start[k], ih.start[k + 1] - ih.start[k]
    accs = weighted_rows(accs, begin, count, ih.source, weight_ih, slots, x0, stride)
    begin, count = hh.start[k], hh.start[k + 1] - hh.start[k]
    accs = weighted_rows(accs, begin, count, hh.source, weight_hh, h, h0, h_stride)
    store_rows(accs, act, place, step * stride)


@device
def _sum_wide(
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
    """All rows of a block, one by one."""
    for k in range(ih.first[block], ih.first[block + 1]):
        _sum_row(
            weighted, zero, ih, hh, block, k, looked_up, bias, weight_ih, slots, x0, weight_hh,
            h, h0, h_stride, act, a0, stride,
        )  # fmt: skip


@device
def _sum_narrow(
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
    """All rows of a block, in tiles of rows that read the same."""
    two = zero, zero
    four = zero, zero, zero, zero
    eight = zero, zero, zero, zero, zero, zero, zero, zero
    k = ih.first[block]
    while k < ih.first[block + 1]:
        rows = ih.group[k]
        if rows == 8:
            _sum_tile(
                eight, ih, hh, block, k, looked_up, bias, weight_ih, slots, x0, weight_hh, h, h0,
                h_stride, act, a0, stride,
            )  # fmt: skip
        elif rows == 4:
            _sum_tile(
                four, ih, hh, block, k, looked_up, bias, weight_ih, slots, x0, weight_hh, h, h0,
                h_stride, act, a0, stride,
            )  # fmt: skip
        elif rows == 2:
            _sum_tile(
                two, ih, hh, block, k, looked_up, bias, weight_ih, slots, x0, weight_hh, h, h0,
                h_stride, act, a0, stride,
            )  # fmt: skip
        else:
            _sum_row(
                weighted_narrow, zero, ih, hh, block, k, looked_up, bias, weight_ih, slots, x0,
                weight_hh, h, h0, h_stride, act, a0, stride,
            )  # fmt: skip
        k += rows


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
            _sum_wide(
                tile, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 128
        elif b + 64 <= width:
            half = splat(64, zero)
            _sum_wide(
                half, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 64
        elif b + 32 <= width:
            quarter = splat(32, zero)
            _sum_narrow(
                quarter, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 32
        else:
            rest = splat(16, zero)
            _sum_narrow(
                rest, ih, hh, block, looked_up, bias, wih, slots, x, whh, h, s, h_stride, act, a,
                width,
            )  # fmt: skip
            b += 16
