"""A whole wired network, forward and back through time, in one compiled call each.

Blocks read, within a step, only slots that earlier blocks wrote. So a block runs over all steps
before the next one begins, and on the way back the last block comes first.
"""

from typing import Any

from sparsernn.engine.cache import kernel
from sparsernn.engine.edge_sums import add_gradients, add_sums, drop_absent, pick_weights
from sparsernn.engine.row_sums import sum_rows
from sparsernn.engine.steps import LANES, LSTM, cell_step, cell_step_back
from sparsernn.engine.vectors import compiled, device, item, load, put, splat, store, total

__all__ = ["backward", "forward"]

Array = Any


@kernel
def forward(
    plan: Any,
    steps: Any,
    flat: Array,
    codes: Array,
    letters: Array,
    columns: int,
    given: bool,
    at: Array,
    memory: Any,
    output: Array,
) -> None:
    """Run a network over time.

    Args:
        plan: the wiring, as `fused_plan.Plan`.
        steps: the batch's shape, as `fused_batch.Steps`.
        flat: all parameters of the blocks.
        codes: (tokens,) column of `letters` that each token looks up.
        letters: (input features, columns) the embeddings of the letters, if any.
        columns: number of their columns.
        given: whether `memory.h` and `memory.c` hold an initial state; else it is zero.
        at: places in the slots that are read out.
        memory: what is computed, as `fused_batch.Memory`; its slots hold the input features.
        output: gets what is read out.
    """
    weights, bias, table = memory.weights, memory.bias, memory.table
    pick_weights(plan.letters, flat, weights.letters)
    pick_weights(plan.ih, flat, weights.ih)
    pick_weights(plan.hh, flat, weights.hh)
    for k in range(len(bias)):
        bias[k] = 0
        for side in range(2):
            if plan.bias[side, k] >= 0:
                bias[k] += flat[plan.bias[side, k]]
    _clear(plan, steps, given, memory)
    h, slots = memory.h, memory.slots
    for i in range(len(plan.units) - 1):
        unit, size = plan.units[i], plan.units[i + 1] - plan.units[i]
        rows = plan.ih.first[i + 1] - plan.ih.first[i]
        gates = rows // size
        state0, tc0 = unit * steps.state_columns, unit * steps.saved_columns
        k0, k1 = plan.letters.first[i], plan.letters.first[i + 1]
        looked_up = plan.letters.start[k1] > plan.letters.start[k0]
        if looked_up:
            _zero(table, 0, rows * columns)
            add_sums(
                plan.letters, i, weights.letters, columns, letters, 0, columns, table, 0, columns
            )
        for t in range(len(steps.width)):
            width, stride = steps.width[t], steps.before[t]
            before = state0 + size * steps.state_at[t]
            after = state0 + size * steps.state_at[t + 1]
            act, a0 = h, after
            if gates > 1:
                act, a0 = memory.act, gates * (tc0 + size * steps.saved_at[t])
            x0 = plan.slot_rows * steps.token_at[t]
            if looked_up:
                _look_up(rows, width, codes, steps.token_at[t], columns, table, act, a0)
            sum_rows(
                plan.ih, plan.hh, i, width, looked_up, bias, weights.ih, weights.hh, slots, x0, h,
                before, stride, act, a0,
            )  # fmt: skip
            cell_step(
                plan.cell,
                size,
                width,
                act,
                a0,
                before,
                stride,
                after,
                memory.h,
                memory.c,
                memory.tanh_c,
                tc0 + size * steps.saved_at[t],
            )
            _to_slots(plan.adds_to, unit, size, width, h, after, slots, x0)
    for k in range(len(at)):
        output[k] = slots[at[k]]


@compiled
def _look_up(
    rows: int,
    width: int,
    codes: Array,
    first: int,
    columns: int,
    table: Array,
    act: Array,
    a0: int,
) -> None:
    """The letters' part of a block's sums at one step, whose tokens begin at `first`."""
    for row in range(rows):
        for b in range(width):
            put(act, a0 + row * width + b, item(table, row * columns + item(codes, first + b)))


@compiled
def _to_slots(
    adds_to: Array, unit: int, size: int, width: int, h: Array, after: int, slots: Array, x0: int
) -> None:
    """Add a block's states to its units' slots."""
    v = splat(LANES, h.dtype.type(0))
    for u in range(size):
        out = x0 + adds_to[unit + u] * width
        for b in range(0, width, LANES):
            now = load(v, h, after + u * width + b)
            store(load(v, slots, out + b) + now, slots, out + b)


@compiled
def _zero(array: Array, first: int, last: int) -> None:
    """array[first:last] = 0, of whole vectors; numba's own loop takes them one by one."""
    v = splat(LANES, array.dtype.type(0))
    for k in range(first, last, LANES):
        store(v, array, k)


@device
def _clear(plan: Any, steps: Any, given: bool, memory: Any) -> None:
    """Set the vertices' slots to zero, and the initial state unless it is given."""
    for t in range(len(steps.width)):
        x0, width = plan.slot_rows * steps.token_at[t], steps.width[t]
        _zero(memory.slots, x0 + plan.input_rows * width, x0 + plan.slot_rows * width)
    if not given:
        for i in range(len(plan.units) - 1):
            first = plan.units[i] * steps.state_columns
            last = first + (plan.units[i + 1] - plan.units[i]) * steps.width[0]
            _zero(memory.h, first, last)
            if plan.cell == LSTM:
                _zero(memory.c, first, last)


@kernel
def backward(
    plan: Any,
    steps: Any,
    flat: Array,
    codes: Array,
    letters: Array,
    letter_steps: Any,
    at: Array,
    memory: Any,
    d_output: Array,
    back: Any,
    d_letters: Array,
    gradient: Array,
) -> None:
    """Run the network's derivative back through time, after `forward`.

    Args:
        plan, steps, flat, codes, letters, at, memory: as of `forward`.
        letter_steps: the table of letters as one step whose batch is its columns.
        d_output: gradient of what was read out.
        back: room for gradients, as `fused_batch.Back`; its carries hold the gradient of the last
            state, and get that of the initial one.
        d_letters: gains the gradient of `letters`.
        gradient: gains that of all parameters; weights that don't exist have none.
    """
    weights, table, d, d_slots = back.weights, memory.table, back.d, back.d_slots
    carry_h, carry_c = back.carry_h, back.carry_c
    pick_weights(plan.letters_t, flat, weights.letters)
    pick_weights(plan.ih_t, flat, weights.ih)
    pick_weights(plan.hh_t, flat, weights.hh)
    _zero(d_slots, 0, len(d_slots))
    for k in range(len(at)):
        d_slots[at[k]] += d_output[k]
    columns, full = letter_steps.width[0], steps.width[0]
    for i in range(len(plan.units) - 2, -1, -1):
        unit, size = plan.units[i], plan.units[i + 1] - plan.units[i]
        adds_to = plan.adds_to[unit : unit + size]
        rows = plan.ih.first[i + 1] - plan.ih.first[i]
        gates = rows // size
        state0, tc0 = unit * steps.state_columns, unit * steps.saved_columns
        for t in range(len(steps.width) - 1, -1, -1):
            width, stride = steps.width[t], steps.before[t]
            before = state0 + size * steps.state_at[t]
            after = state0 + size * steps.state_at[t + 1]
            a0 = gates * (tc0 + size * steps.saved_at[t])
            x0, d0 = plan.slot_rows * steps.token_at[t], rows * steps.token_at[t]
            cell_step_back(
                plan.cell,
                size,
                width,
                memory.act,
                a0,
                before,
                stride,
                after,
                memory.h,
                memory.c,
                memory.tanh_c,
                tc0 + size * steps.saved_at[t],
                adds_to,
                d_slots,
                x0,
                carry_h,
                carry_c,
                unit * full,
                full,
                d,
                d0,
            )
            add_sums(plan.hh_t, i, weights.hh, width, d, d0, width, carry_h, unit * full, full)
            add_sums(plan.ih_t, i, weights.ih, width, d, d0, width, d_slots, x0, width)
        _bias_gradients(plan, steps, i, rows, d, gradient)
        add_gradients(
            plan.hh,
            i,
            steps.width,
            d,
            0,
            rows,
            steps.token_at,
            memory.h,
            state0,
            size,
            steps.state_at,
            steps.before,
            back.room,
            gradient,
        )
        add_gradients(
            plan.ih,
            i,
            steps.width,
            d,
            0,
            rows,
            steps.token_at,
            memory.slots,
            0,
            plan.slot_rows,
            steps.token_at,
            steps.width,
            back.room,
            gradient,
        )
        k0, k1 = plan.letters.first[i], plan.letters.first[i + 1]
        if plan.letters.start[k1] > plan.letters.start[k0]:
            _zero(table, 0, rows * columns)
            _sum_by_letter(steps, rows, codes, d, columns, table)
            at, wide = letter_steps.token_at, letter_steps.width
            add_gradients(
                plan.letters, i, wide, table, 0, 0, at, letters, 0, 0, at, wide, back.room, gradient
            )
            add_sums(
                plan.letters_t,
                i,
                weights.letters,
                columns,
                table,
                0,
                columns,
                d_letters,
                0,
                columns,
            )
    drop_absent(plan.letters, gradient)
    drop_absent(plan.ih, gradient)
    drop_absent(plan.hh, gradient)


@compiled
def _bias_gradients(
    plan: Any, steps: Any, block: int, rows: int, d: Array, gradient: Array
) -> None:
    """A bias is added at every token: its gradient is the sum of d over all of them."""
    first = plan.ih.first[block]
    for row in range(rows):
        acc = splat(LANES, gradient.dtype.type(0))
        for t in range(len(steps.width)):
            place = rows * steps.token_at[t] + row * steps.width[t]
            for b in range(0, steps.width[t], LANES):
                acc = acc + load(acc, d, place + b)
        for side in range(2):
            if plan.bias[side, first + row] >= 0:
                gradient[plan.bias[side, first + row]] += total(acc)


@compiled
def _sum_by_letter(
    steps: Any, rows: int, codes: Array, d: Array, columns: int, table: Array
) -> None:
    """The table's gradient: the sum of d over the tokens of each letter."""
    for t in range(len(steps.width)):
        width = steps.width[t]
        for b in range(width):
            code = codes[steps.token_at[t] + b]
            place = rows * steps.token_at[t] + b
            # Rows innermost: sums of one letter that followed each other would wait in turn.
            for row in range(rows):
                into = row * columns + code
                put(table, into, item(table, into) + item(d, place + row * width))
