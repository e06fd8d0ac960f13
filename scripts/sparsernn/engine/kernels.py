"""A whole wired network, forward and back through time, in one compiled call each.

Blocks read, within a step, only slots that earlier blocks wrote. So a block runs over all steps
before the next one begins, and on the way back the last block comes first.
"""

from typing import Any

from sparsernn.engine.cache import kernel
from sparsernn.engine.cells import LANES, cell_step, cell_step_back
from sparsernn.engine.slice_sums import (
    add_slice_gradients,
    add_slices,
    pick_slices,
    start_rows,
)
from sparsernn.engine.sums import add_gradients, add_sums, drop_absent, pick_weights, sum_rows
from sparsernn.engine.tiles import totals
from sparsernn.engine.transposes import follow, transpose
from sparsernn.engine.vectors import compiled, device, item, load, put, splat, store
from sparsernn.engine.views import Series, StateView, Terms, View

__all__ = ["backward", "bias_gradients", "forward", "hears_slots", "pick_biases", "zero"]

Array = Any


@kernel
def forward(
    plan: Any,
    sliced: Any,
    layout: Any,
    flat: Array,
    given: bool,
    picked: bool,
    memory: Any,
    output: Array,
) -> None:
    """Run a network over time.

    Args:
        plan: the wiring, as `engine.kernel_plan.KernelPlan`.
        sliced: its sums in slices, as `engine.slices.Sliced`; None: by its own edges.
        layout: the batch, as `engine.batch.BatchLayout`.
        flat: all parameters of the blocks.
        given: whether `memory.states` holds an initial state; else it is zero.
        picked: whether `memory` holds all weights and biases, of a call before.
        memory: what is computed, as `engine.batch.Memory`. It holds the letters' features, or the
            slots those of the input.
        output: gets what is read out.
    """
    steps, weights, slots, states = layout.steps, memory.weights, memory.slots, memory.states
    if not picked:
        pick_weights(plan.letters, flat, weights.letters)
        if sliced is None:
            pick_weights(plan.ih, flat, weights.ih)
            pick_weights(plan.hh, flat, weights.hh)
        else:
            pick_slices(sliced.ih, flat, weights.ih)
            pick_slices(sliced.hh, flat, weights.hh)
        pick_biases(plan, flat, memory.bias)
    _clear(plan, steps, given, memory)
    for i in range(len(plan.units) - 1):
        unit, size = plan.units[i], plan.units[i + 1] - plan.units[i]
        adds_to, first = plan.adds_to[unit : unit + size], plan.ih.first[i]
        bias, columns = View(memory.bias, first, 1), layout.columns[0]
        table = View(memory.table, 0, columns)
        looked_up = _has_letters(plan, i)
        if looked_up:
            zero(table.array, 0, (plan.ih.first[i + 1] - first) * columns)
            features = View(memory.letters, 0, columns)
            add_sums(Terms(plan.letters, weights.letters, features), i, table)
        for t in range(len(steps.width)):
            width = steps.width[t]
            before, after = _states(plan, steps, memory, i, t)
            act = _act(plan, steps, memory, i, t)
            x = View(slots, plan.slot_rows * steps.token_at[t], width)
            h = View(states, before.start, before.stride)
            if looked_up:
                _look_up(plan.ih.first[i + 1] - first, layout.codes, steps.token_at[t], table, act)
            if sliced is None:
                sum_rows(
                    Terms(plan.ih, weights.ih, x),
                    Terms(plan.hh, weights.hh, h),
                    i,
                    bias,
                    looked_up,
                    act,
                )
            else:
                start_rows(plan.ih.first[i + 1] - first, bias, looked_up, act)
                add_slices(Terms(sliced.ih, weights.ih, x), i, act)
                add_slices(Terms(sliced.hh, weights.hh, h), i, act)
            cell_step(plan.cell, size, act, before, after)
            _silence(plan.states, size, steps.active[t], after)
            _to_slots(adds_to, View(states, after.start, width), x)
    for k in range(len(layout.at)):
        output[k] = slots[layout.at[k]]
    _read(layout, plan.slot_rows, slots, output)


@compiled
def _read(layout: Any, slot_rows: int, slots: Array, output: Array) -> None:
    """Write the rows that are read out at all steps."""
    steps, rows, k = layout.steps, layout.rows, 0
    beside = follow(rows)
    for t in range(len(steps.width)):
        begin, width, count = slot_rows * steps.token_at[t], steps.width[t], steps.active[t]
        if beside:
            x = View(slots, begin + rows[0] * width, width)
            transpose(x, len(rows), count, View(output, k, len(rows)), False)
        else:
            for b in range(count):
                for r in range(len(rows)):
                    value = item(slots, begin + item(rows, r) * width + b)
                    put(output, k + b * len(rows) + r, value)
        k += count * len(rows)


@compiled
def _read_back(layout: Any, slot_rows: int, d_slots: Array, d_output: Array) -> None:
    """Add the gradient of what `_read` wrote."""
    steps, rows, k = layout.steps, layout.rows, 0
    beside = follow(rows)
    for t in range(len(steps.width)):
        begin, width, count = slot_rows * steps.token_at[t], steps.width[t], steps.active[t]
        if beside:
            d_x = View(d_slots, begin + rows[0] * width, width)
            transpose(View(d_output, k, len(rows)), count, len(rows), d_x, True)
        else:
            for b in range(count):
                for r in range(len(rows)):
                    place = begin + item(rows, r) * width + b
                    gained = item(d_output, k + b * len(rows) + r)
                    put(d_slots, place, item(d_slots, place) + gained)
        k += count * len(rows)


@device
def hears_slots(plan: Any, block: int) -> bool:
    """Whether a block reads what others wrote, and not only the input."""
    for k in range(plan.ih_t.first[block], plan.ih_t.first[block + 1]):
        if plan.ih_t.into[k] >= plan.input_rows:
            return True
    return False


@device
def _has_letters(plan: Any, block: int) -> bool:
    """Whether a block reads features that are looked up by letter."""
    edges = plan.letters
    return edges.start[edges.first[block + 1]] > edges.start[edges.first[block]]


@device
def _states(plan: Any, steps: Any, memory: Any, block: int, t: int) -> Any:
    """A block's states before and after a step."""
    unit, size = plan.units[block], plan.units[block + 1] - plan.units[block]
    first, apart = unit * steps.state_columns, plan.units[-1] * steps.state_columns
    before, after = first + size * steps.state_at[t], first + size * steps.state_at[t + 1]
    return (
        StateView(memory.states, before, steps.before[t], apart),
        StateView(memory.states, after, steps.width[t], apart),
    )


@device
def _act(plan: Any, steps: Any, memory: Any, block: int, t: int) -> Any:
    """Where a block's sums at a step go: to rows of their own, or to where its outputs will be."""
    unit, size = plan.units[block], plan.units[block + 1] - plan.units[block]
    if plan.saved_rows:
        place = plan.saved_rows * (unit * steps.saved_columns + size * steps.saved_at[t])
        return View(memory.act, place, steps.width[t])
    place = unit * steps.state_columns + size * steps.state_at[t + 1]
    return View(memory.states, place, steps.width[t])


@compiled
def pick_biases(plan: Any, flat: Array, bias: Array) -> None:
    """What each row's sum starts from."""
    for k in range(len(bias)):
        bias[k] = 0
        for side in range(2):
            if plan.bias[side, k] >= 0:
                bias[k] += flat[plan.bias[side, k]]


@compiled
def _look_up(rows: int, codes: Array, first: int, table: View, act: View) -> None:
    """The letters' part of a block's sums at one step, whose tokens begin at `first`."""
    for row in range(rows):
        into, of = act.start + row * act.stride, row * table.stride
        for b in range(act.stride):
            put(act.array, into + b, item(table.array, of + item(codes, first + b)))


@compiled
def _to_slots(adds_to: Array, h: View, slots: View) -> None:
    """Add a block's outputs to its units' slots."""
    v = splat(LANES, h.array.dtype.type(0))
    for u in range(len(adds_to)):
        out = slots.start + adds_to[u] * slots.stride
        for b in range(0, slots.stride, LANES):
            now = load(v, h.array, h.start + u * h.stride + b)
            store(load(v, slots.array, out + b) + now, slots.array, out + b)


@compiled
def _silence(states: int, size: int, active: int, after: StateView) -> None:
    """Let padding lanes begin anew at each step.

    What they compute counts nowhere, unless it grows until it is not finite: 0 * inf is NaN.
    """
    for state in range(states):
        for u in range(size):
            row = after.start + state * after.apart + u * after.stride
            for b in range(active, after.stride):
                put(after.array, row + b, after.array.dtype.type(0))


@compiled
def zero(array: Array, first: int, last: int) -> None:
    """array[first:last] = 0, of whole vectors; numba's own loop takes them one by one."""
    v = splat(LANES, array.dtype.type(0))
    for k in range(first, last, LANES):
        store(v, array, k)


@device
def _clear(plan: Any, steps: Any, given: bool, memory: Any) -> None:
    """Set the vertices' slots to zero, and the initial state unless it is given."""
    for t in range(len(steps.width)):
        x0, width = plan.slot_rows * steps.token_at[t], steps.width[t]
        zero(memory.slots, x0 + plan.input_rows * width, x0 + plan.slot_rows * width)
    if not given:
        for state in range(plan.states):
            for i in range(len(plan.units) - 1):
                first = (state * plan.units[-1] + plan.units[i]) * steps.state_columns
                last = first + (plan.units[i + 1] - plan.units[i]) * steps.width[0]
                zero(memory.states, first, last)


@kernel
def backward(
    plan: Any,
    sliced: Any,
    layout: Any,
    flat: Array,
    given: bool,
    memory: Any,
    back: Any,
    d_output: Array,
    gradient: Array,
    inputs: bool,
) -> None:
    """Run the network's derivative back through time, after `forward`.

    Args:
        plan, sliced, layout, flat, memory: as of `forward`.
        given: whether `back.last` holds the gradient of each string's last state; else it is 0.
        back: room for gradients, as `engine.batch.Back`. Its carry gets that of the initial state;
            it gets those of letters and slots.
        d_output: gradient of what was read out.
        gradient: gains that of all parameters; weights that don't exist have none.
        inputs: whether the gradient of the inputs is wanted; else it is wrong.
    """
    steps, weights, d_slots = layout.steps, back.weights, back.d_slots
    pick_weights(plan.letters_t, flat, weights.letters)
    if sliced is None:
        pick_weights(plan.ih_t, flat, weights.ih)
        pick_weights(plan.hh_t, flat, weights.hh)
    else:
        pick_slices(sliced.ih_t, flat, weights.ih)
        pick_slices(sliced.hh_t, flat, weights.hh)
    zero(back.carry, 0, len(back.carry))
    zero(back.d_letters, 0, len(back.d_letters))
    zero(d_slots, 0, len(d_slots))
    for k in range(len(layout.at)):
        d_slots[layout.at[k]] += d_output[k]
    _read_back(layout, plan.slot_rows, d_slots, d_output)
    full = steps.width[0]
    for i in range(len(plan.units) - 2, -1, -1):
        unit, size = plan.units[i], plan.units[i + 1] - plan.units[i]
        adds_to = plan.adds_to[unit : unit + size]
        rows = plan.ih.first[i + 1] - plan.ih.first[i]
        carry = StateView(back.carry, unit * full, full, plan.units[-1] * full)
        d_h = View(back.carry, unit * full, full)
        wanted = inputs or hears_slots(plan, i)
        for t in range(len(steps.width) - 1, -1, -1):
            width = steps.width[t]
            before, after = _states(plan, steps, memory, i, t)
            act = _act(plan, steps, memory, i, t)
            d = View(back.d, rows * steps.token_at[t], width)
            d_x = View(d_slots, plan.slot_rows * steps.token_at[t], width)
            if given:
                _end(plan.states, size, steps.active[t + 1], steps.active[t], back.last, carry)
            cell_step_back(plan.cell, act, before, after, carry, d, d_x, adds_to)
            if sliced is None:
                add_sums(Terms(plan.hh_t, weights.hh, d), i, d_h)
                if wanted:
                    add_sums(Terms(plan.ih_t, weights.ih, d), i, d_x)
            else:
                add_slices(Terms(sliced.hh_t, weights.hh, d), i, d_h)
                if wanted:
                    add_slices(Terms(sliced.ih_t, weights.ih, d), i, d_x)
        bias_gradients(plan, steps, i, rows, back.d, gradient)
        d_all = Series(back.d, 0, rows, steps.token_at, steps.width)
        h = Series(memory.states, unit * steps.state_columns, size, steps.state_at, steps.before)
        x = Series(memory.slots, 0, plan.slot_rows, steps.token_at, steps.width)
        if sliced is None:
            add_gradients(plan.hh, i, d_all, h, back.room, gradient)
            add_gradients(plan.ih, i, d_all, x, back.room, gradient)
        else:
            add_slice_gradients(sliced.hh, i, d_all, h, back.room, gradient)
            add_slice_gradients(sliced.ih, i, d_all, x, back.room, gradient)
        if _has_letters(plan, i):
            _letter_gradients(plan, layout, memory, back, i, gradient)
    drop_absent(plan.letters, gradient)
    drop_absent(plan.ih, gradient)
    drop_absent(plan.hh, gradient)


@compiled
def _end(states: int, size: int, first: int, last: int, d_last: Array, carry: StateView) -> None:
    """The strings in the lanes from first to last end here: take the gradient of their states."""
    for state in range(states):
        for u in range(size):
            row = carry.start + state * carry.apart + u * carry.stride
            for b in range(first, last):
                put(carry.array, row + b, item(d_last, row + b))


@device
def _letter_gradients(
    plan: Any, layout: Any, memory: Any, back: Any, block: int, gradient: Array
) -> None:
    """Gradients of letters and of their weights: the table is one step, whose batch is letters."""
    rows, columns = plan.ih.first[block + 1] - plan.ih.first[block], layout.columns[0]
    table = View(memory.table, 0, columns)
    zero(table.array, 0, rows * columns)
    _sum_by_letter(layout.steps, rows, layout.codes, back.d, table)
    at = layout.steps.token_at[:1]
    add_gradients(
        plan.letters,
        block,
        Series(table.array, 0, 0, at, layout.columns),
        Series(memory.letters, 0, 0, at, layout.columns),
        back.room,
        gradient,
    )
    d_letters = View(back.d_letters, 0, columns)
    add_sums(Terms(plan.letters_t, back.weights.letters, table), block, d_letters)


@compiled
def bias_gradients(plan: Any, steps: Any, block: int, rows: int, d: Array, gradient: Array) -> None:
    """A bias is added at every token: its gradient is the sum of d over all of them."""
    first = plan.ih.first[block]
    for row in range(rows):
        acc = splat(LANES, gradient.dtype.type(0))
        for t in range(len(steps.width)):
            place = rows * steps.token_at[t] + row * steps.width[t]
            for b in range(0, steps.width[t], LANES):
                acc = acc + load(acc, d, place + b)
        found = totals((acc,))
        for side in range(2):
            place = plan.bias[side, first + row]
            if place >= 0:
                store(load(found, gradient, place) + found, gradient, place)


@compiled
def _sum_by_letter(steps: Any, rows: int, codes: Array, d: Array, table: View) -> None:
    """The table's gradient: the sum of d over the tokens of each letter."""
    for t in range(len(steps.width)):
        width = steps.width[t]
        for b in range(width):
            code = codes[steps.token_at[t] + b]
            place = rows * steps.token_at[t] + b
            # Rows innermost: sums of one letter that followed each other would wait in turn.
            for row in range(rows):
                into = row * table.stride + code
                put(table.array, into, item(table.array, into) + item(d, place + row * width))
