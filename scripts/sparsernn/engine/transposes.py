"""Sequences, each with its features side by side, become features with sequences side by side."""

from typing import Any

from sparsernn.engine.cache import kernel
from sparsernn.engine.tiles import folded, load_rows, repeated, store_rows, transposed
from sparsernn.engine.vectors import compiled, device, item, put, splat
from sparsernn.engine.views import View

__all__ = ["fill_even", "follow", "read_even", "transpose"]

Array = Any
SIDE = 16


@device
def _transpose_tile(source: View, r: int, c: int, target: View, adds: bool) -> None:
    x, y = source.array, target.array
    rows = repeated(SIDE, splat(SIDE, x.dtype.type(0)))
    place = target.start + c * target.stride + r
    columns = transposed(load_rows(rows, x, source.start + r * source.stride + c, source.stride))
    if adds:
        columns = folded(columns + load_rows(rows, y, place, target.stride))
    store_rows(columns, y, place, target.stride)


@compiled
def transpose(source: View, rows: int, columns: int, target: View, adds: bool) -> None:
    """Write what lies row by row column by column.

    Args:
        source: the rows.
        rows, columns: how many there are.
        target: gets the columns.
        adds: whether it gains them, or they replace what it holds.
    """
    whole_rows, whole_columns = rows - rows % SIDE, columns - columns % SIDE
    for c in range(0, whole_columns, SIDE):
        for r in range(0, whole_rows, SIDE):
            _transpose_tile(source, r, c, target, adds)
    for c in range(columns):
        for r in range(whole_rows if c < whole_columns else 0, rows):
            place = target.start + c * target.stride + r
            value = item(source.array, source.start + r * source.stride + c)
            put(target.array, place, value + item(target.array, place) if adds else value)


@device
def follow(rows: Array) -> bool:
    """Whether there are rows, each right after the one before."""
    for r in range(1, len(rows)):
        if rows[r] != rows[r - 1] + 1:
            return False
    return len(rows) > 0


@kernel
def fill_even(
    inputs: Array, batch: int, features: int, slots: Array, rows: int, width: int
) -> None:
    """Put the inputs of each step into the first of its slots, and 0 beside the last sequence.

    Args:
        inputs: (steps * batch * features,) numbers.
        batch, features: see `inputs`.
        slots: gets them; at each step, (rows, width) numbers.
        rows, width: see `slots`.
    """
    for t in range(len(inputs) // (batch * features)):
        x = View(inputs, t * batch * features, features)
        to = View(slots, t * rows * width, width)
        transpose(x, batch, features, to, False)
        for feature in range(features):
            for b in range(batch, width):
                put(slots, to.start + feature * width + b, slots.dtype.type(0))


@kernel
def read_even(
    slots: Array, rows: int, width: int, inputs: Array, batch: int, features: int
) -> None:
    """`fill_even` the other way round."""
    for t in range(len(inputs) // (batch * features)):
        x = View(slots, t * rows * width, width)
        transpose(x, features, batch, View(inputs, t * batch * features, features), False)
