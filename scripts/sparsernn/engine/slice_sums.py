"""Sums over slices of edges, and the gradients of their weights; see `engine.slices`."""

from typing import Any

from sparsernn.engine.tiles import (
    add_picked,
    folded,
    load_grid,
    repeated,
    splat_rows,
    store_places,
    totals,
)
from sparsernn.engine.vectors import compiled, device, item, like, load, prefetch, put, splat, store
from sparsernn.engine.views import Series, Terms, View

__all__ = ["add_slice_gradients", "add_slices", "pick_slices", "start_rows"]

Array = Any


@compiled
def pick_slices(slices: Any, flat: Array, weights: Array) -> None:
    """Write the weight of each edge, from all parameters."""
    for e in range(len(weights)):
        place = item(slices.position, e)
        # Read in any case: there is no branch then, which would be mispredicted.
        value = item(flat, max(place, 0))
        put(weights, e, value if place >= 0 else flat.dtype.type(0))


@compiled
def start_rows(rows: int, bias: View, looked_up: bool, act: View) -> None:
    """What the sums of each row begin with: act = bias (+ act)."""
    v = splat(16, act.array.dtype.type(0))
    for row in range(rows):
        begin = like(v, item(bias.array, bias.start + row))
        for b in range(0, act.stride, 16):
            place = act.start + row * act.stride + b
            if looked_up:
                store(begin + load(v, act.array, place), act.array, place)
            else:
                store(begin, act.array, place)


@device
def _rows_of(slices: Any, s: int) -> Any:
    into, at = slices.into, 4 * s
    return item(into, at), item(into, at + 1), item(into, at + 2), item(into, at + 3)


@device
def _add_lanes(zero: Any, terms: Terms, block: int, y: View, b: int) -> None:
    """`add_slices` for as many lanes as `zero` has, from b on.

    Edges are taken by eight: two for each row, which have sums of their own.
    """
    slices, x = terms.edges, terms.x
    zeros = repeated(4, zero)
    for s in range(slices.first[block], slices.first[block + 1]):
        rows = _rows_of(slices, s)
        accs = load_grid(zero, y.array, (y.start + b,), rows, y.stride) + zeros
        for e in range(item(slices.start, s), item(slices.start, s + 1), 8):
            weights = splat_rows(accs, terms.weights, e, 1)
            accs = add_picked(accs, weights, x.array, (x.start + b,), x.stride, slices.source, e)
        store_places(folded(accs), y.array, y.start + b, rows, y.stride)


@compiled
def add_slices(terms: Terms, block: int, y: View) -> None:
    """y[into] += sum over edges of weight * x[source], for a block's slices.

    Of lanes there are as many as x and y both have.
    """
    zero = y.array.dtype.type(0)
    b, width = 0, min(terms.x.stride, y.stride)
    while b + 32 <= width:
        _add_lanes(splat(32, zero), terms, block, y, b)
        b += 32
    if b < width:
        _add_lanes(splat(16, zero), terms, block, y, b)


@device
def _ask_for_rows(slices: Any, s: int, d: Any) -> None:
    """Let the rows of a slice, or of the last one, come into the cache; d as of `_add_parts`."""
    at = min(4 * s, len(slices.into) - 4)
    for k in range(4):
        for first in d[1]:
            prefetch(d[0], first + item(slices.into, at + k) * d[2])


@device
def _add_parts(z: Any, slices: Any, block: int, d: Any, x: Any, dots: Array) -> None:
    """`_add_dots` for some parts of 16 lanes; d and x are an array, the parts' places, a stride."""
    for s in range(slices.first[block], slices.first[block + 1]):
        d_rows = load_grid(z, d[0], d[1], _rows_of(slices, s), d[2])
        _ask_for_rows(slices, s + 1, d)
        for e in range(item(slices.start, s), item(slices.start, s + 1), 8):
            sums = add_picked(repeated(8, z), d_rows, x[0], x[1], x[2], slices.source, e)
            found = totals(sums)
            store(load(found, dots, e) + found, dots, e)


@device
def _alike(d: Series, x: Series, t: int, count: int) -> bool:
    """Whether so many steps from t on have the same width, and lie evenly apart."""
    if t + count > len(d.width):
        return False
    for i in range(1, count):
        if d.width[t + i] != d.width[t] or x.width[t + i] != x.width[t]:
            return False
        if i > 1 and (
            d.at[t + i] - d.at[t + i - 1] != d.at[t + 1] - d.at[t]
            or x.at[t + i] - x.at[t + i - 1] != x.at[t + 1] - x.at[t]
        ):
            return False
    return True


@compiled
def _add_dots(slices: Any, block: int, d: Series, x: Series, dots: Array) -> None:
    """dots[edge] += sum over steps and lanes of d[into] * x[source], for a block's edges.

    Time runs outermost, so a step's rows stay in the cache for all edges. Four parts of 16 lanes
    are taken at once, for each sum over lanes costs as much as the products of 32: of one step, or
    of two or four that are alike.
    """
    z, t = splat(16, dots.dtype.type(0)), 0
    while t < len(d.width):
        n, m = d.width[t], x.width[t]
        steps, across, lanes = 1, 32, 64  # how far the second two parts are, and what four cover
        if n == 16 and _alike(d, x, t, 4):
            steps, across, lanes = 4, 0, 16
        elif n % 64 != 0 and _alike(d, x, t, 2):
            steps, across, lanes = 2, 0, 32
        next_d = next_x = 16
        far_d = far_x = across
        if steps > 1:
            step_d, step_x = d.rows * (d.at[t + 1] - d.at[t]), x.rows * (x.at[t + 1] - x.at[t])
            far_d, far_x = step_d, step_x
            if steps == 4:
                next_d, next_x, far_d, far_x = step_d, step_x, 2 * step_d, 2 * step_x
        d0, x0 = d.start + d.rows * d.at[t], x.start + x.rows * x.at[t]
        b = 0
        while b + lanes <= n:
            at_d, at_x = d0 + b, x0 + b
            of_d = (at_d, at_d + next_d, at_d + far_d, at_d + far_d + next_d)
            of_x = (at_x, at_x + next_x, at_x + far_x, at_x + far_x + next_x)
            _add_parts(z, slices, block, (d.array, of_d, n), (x.array, of_x, m), dots)
            b += lanes
        for lane in range(b, n, 16):
            for i in range(steps):
                at_d = d.start + d.rows * d.at[t + i] + lane
                at_x = x.start + x.rows * x.at[t + i] + lane
                _add_parts(z, slices, block, (d.array, (at_d,), n), (x.array, (at_x,), m), dots)
        t += steps


@compiled
def add_slice_gradients(
    slices: Any, block: int, d: Series, x: Series, room: Array, gradient: Array
) -> None:
    """gradient[position] = sum over steps and lanes of d[into] * x[source], for a block's edges.

    `room` has place for a number for each edge. Rows that a slice has twice are written twice.
    """
    begin, end = slices.start[slices.first[block]], slices.start[slices.first[block + 1]]
    for e in range(begin, end):
        put(room, e, room.dtype.type(0))
    _add_dots(slices, block, d, x, room)
    for e in range(begin, end):
        place = slices.position[e]
        if place >= 0:
            put(gradient, place, item(room, e))
