"""A whole wired network, forward and back through time, in one compiled call each.

Blocks read, within a step, only slots that earlier blocks wrote. So a block runs over all steps
before the next one begins, and on the way back the last block comes first.
"""

from typing import Any

from sparsernn.fused_cache import kernel
from sparsernn.fused_cells import (
    gru,
    gru_back,
    lstm,
    lstm_back,
    relu,
    relu_back,
    tanh,
    tanh_back,
)
from sparsernn.fused_simd import device, like, load, splat, store, total
from sparsernn.fused_sums import add_gradients, add_sums, pick_weights, weighted, weighted_four

__all__ = ["backward", "forward"]

Array = Any
LANES = 16
RELU, GRU, LSTM = 1, 2, 3  # as in `fused_plan.CELL_NUMBER`; 0 is rnn_tanh


@device
def _sum_row(
    zero: Any,
    plan: Any,
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
    ih, hh = plan.ih, plan.hh
    place = a0 + row * stride
    acc = like(zero, bias[k])
    if looked_up:
        acc = acc + load(zero, act, place)
    acc = weighted(acc, ih.start[k], ih.start[k + 1], ih.source, weight_ih, slots, x0, stride)
    acc = weighted(acc, hh.start[k], hh.start[k + 1], hh.source, weight_hh, h, h0, h_stride)
    store(acc, act, place)


@device
def _sum_rows(
    zero: Any,
    plan: Any,
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
    first = plan.ih.first[block]
    for k in range(first, plan.ih.first[block + 1]):
        _sum_row(
            zero, plan, k, k - first, looked_up, bias, weight_ih, slots, x0, weight_hh,
            h, h0, h_stride, act, a0, stride,
        )  # fmt: skip


@device
def _sum_four_rows(
    zero: Any,
    plan: Any,
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
    """`_sum_rows`, four at a time where they read the same."""
    ih, hh = plan.ih, plan.hh
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
                zero, plan, k, k - first, looked_up, bias, weight_ih, slots, x0, weight_hh,
                h, h0, h_stride, act, a0, stride,
            )  # fmt: skip
        k += count


@device
def _cell(
    cell: int,
    size: int,
    width: int,
    act: Array,
    a0: int,
    before: int,
    stride: int,
    after: int,
    memory: Any,
    tc0: int,
) -> None:
    """One step of a block's cells, from its sums, in place, to its next state."""
    h, c = memory.h, memory.c
    gate = size * width
    v = splat(LANES, h.dtype.type(0))
    for u in range(size):
        for b in range(0, width, LANES):
            place = a0 + u * width + b
            then, now = before + u * stride + b, after + u * width + b
            a = load(v, act, place)
            if cell == LSTM:
                a_f, a_g = load(v, act, place + gate), load(v, act, place + 2 * gate)
                a_o, c_then = load(v, act, place + 3 * gate), load(v, c, then)
                i, f, g, o, c_now, tanh_c, h_now = lstm(a, a_f, a_g, a_o, c_then)
                store(i, act, place)
                store(f, act, place + gate)
                store(g, act, place + 2 * gate)
                store(o, act, place + 3 * gate)
                store(c_now, c, now)
                store(tanh_c, memory.tanh_c, tc0 + u * width + b)
                store(h_now, h, now)
            elif cell == GRU:
                a_z, a_n = load(v, act, place + gate), load(v, act, place + 2 * gate)
                u_n, h_then = load(v, act, place + 3 * gate), load(v, h, then)
                r, z, n, h_now = gru(a, a_z, a_n, u_n, h_then)
                store(r, act, place)
                store(z, act, place + gate)
                store(n, act, place + 2 * gate)
                store(h_now, h, now)
            elif cell == RELU:
                store(relu(a), h, now)
            else:
                store(tanh(a), h, now)


@device
def _cell_back(
    cell: int,
    size: int,
    width: int,
    act: Array,
    a0: int,
    before: int,
    stride: int,
    after: int,
    memory: Any,
    tc0: int,
    adds_to: Array,
    d_slots: Array,
    s0: int,
    carry_h: Array,
    carry_c: Array,
    carry0: int,
    full: int,
    d: Array,
    d0: int,
) -> None:
    """d of the block's sums at one step, and what of d_h and d_c reaches the step before."""
    h, c = memory.h, memory.c
    gate = size * width
    v = splat(LANES, h.dtype.type(0))
    for u in range(size):
        for b in range(0, width, LANES):
            place, out = a0 + u * width + b, d0 + u * width + b
            then, now = before + u * stride + b, after + u * width + b
            carry = carry0 + u * full + b
            d_h = load(v, carry_h, carry) + load(v, d_slots, s0 + adds_to[u] * width + b)
            if cell == LSTM:
                i, f = load(v, act, place), load(v, act, place + gate)
                g, o = load(v, act, place + 2 * gate), load(v, act, place + 3 * gate)
                tanh_c = load(v, memory.tanh_c, tc0 + u * width + b)
                d_c = load(v, carry_c, carry)
                d_i, d_f, d_g, d_o, d_c = lstm_back(d_h, d_c, i, f, g, o, load(v, c, then), tanh_c)
                store(d_i, d, out)
                store(d_f, d, out + gate)
                store(d_g, d, out + 2 * gate)
                store(d_o, d, out + 3 * gate)
                store(d_c, carry_c, carry)
                store(v, carry_h, carry)
            elif cell == GRU:
                r, z = load(v, act, place), load(v, act, place + gate)
                n, u_n = load(v, act, place + 2 * gate), load(v, act, place + 3 * gate)
                d_r, d_z, d_n, d_u, d_then = gru_back(d_h, r, z, n, u_n, load(v, h, then))
                store(d_r, d, out)
                store(d_z, d, out + gate)
                store(d_n, d, out + 2 * gate)
                store(d_u, d, out + 3 * gate)
                store(d_then, carry_h, carry)
            else:
                h_now = load(v, h, now)
                d_a = relu_back(d_h, h_now) if cell == RELU else tanh_back(d_h, h_now)
                store(d_a, d, out)
                store(v, carry_h, carry)


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
    h, slots, zero = memory.h, memory.slots, flat.dtype.type(0)
    for i in range(len(plan.units) - 1):
        unit, size = plan.units[i], plan.units[i + 1] - plan.units[i]
        rows = plan.ih.first[i + 1] - plan.ih.first[i]
        gates = rows // size
        state0, tc0 = unit * steps.state_columns, unit * steps.saved_columns
        k0, k1 = plan.letters.first[i], plan.letters.first[i + 1]
        looked_up = plan.letters.start[k1] > plan.letters.start[k0]
        if looked_up:
            table[: rows * columns] = 0
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
                for row in range(rows):
                    for b in range(width):
                        code = codes[steps.token_at[t] + b]
                        act[a0 + row * width + b] = table[row * columns + code]
            b = 0
            while b < width:
                if b + 128 <= width:
                    _sum_rows(
                        splat(128, zero),
                        plan,
                        i,
                        looked_up,
                        bias,
                        weights.ih,
                        slots,
                        x0 + b,
                        weights.hh,
                        h,
                        before + b,
                        stride,
                        act,
                        a0 + b,
                        width,
                    )
                    b += 128
                elif b + 64 <= width:
                    _sum_rows(
                        splat(64, zero),
                        plan,
                        i,
                        looked_up,
                        bias,
                        weights.ih,
                        slots,
                        x0 + b,
                        weights.hh,
                        h,
                        before + b,
                        stride,
                        act,
                        a0 + b,
                        width,
                    )
                    b += 64
                elif b + 32 <= width:
                    _sum_four_rows(
                        splat(32, zero),
                        plan,
                        i,
                        looked_up,
                        bias,
                        weights.ih,
                        slots,
                        x0 + b,
                        weights.hh,
                        h,
                        before + b,
                        stride,
                        act,
                        a0 + b,
                        width,
                    )
                    b += 32
                else:
                    _sum_four_rows(
                        splat(16, zero),
                        plan,
                        i,
                        looked_up,
                        bias,
                        weights.ih,
                        slots,
                        x0 + b,
                        weights.hh,
                        h,
                        before + b,
                        stride,
                        act,
                        a0 + b,
                        width,
                    )
                    b += 16
            _cell(
                plan.cell,
                size,
                width,
                act,
                a0,
                before,
                stride,
                after,
                memory,
                tc0 + size * steps.saved_at[t],
            )
            v = splat(LANES, zero)
            for u in range(size):
                out = x0 + plan.adds_to[unit + u] * width
                for b in range(0, width, LANES):
                    now = load(v, h, after + u * width + b)
                    store(load(v, slots, out + b) + now, slots, out + b)
    for k in range(len(at)):
        output[k] = slots[at[k]]


@device
def _clear(plan: Any, steps: Any, given: bool, memory: Any) -> None:
    """Set the vertices' slots to zero, and the initial state unless it is given."""
    for t in range(len(steps.width)):
        x0, width = plan.slot_rows * steps.token_at[t], steps.width[t]
        memory.slots[x0 + plan.input_rows * width : x0 + plan.slot_rows * width] = 0
    if not given:
        for i in range(len(plan.units) - 1):
            first = plan.units[i] * steps.state_columns
            last = first + (plan.units[i + 1] - plan.units[i]) * steps.width[0]
            memory.h[first:last] = 0
            if plan.cell == LSTM:
                memory.c[first:last] = 0


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
    d_slots[:] = 0
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
            _cell_back(
                plan.cell,
                size,
                width,
                memory.act,
                a0,
                before,
                stride,
                after,
                memory,
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
            gradient,
        )
        k0, k1 = plan.letters.first[i], plan.letters.first[i + 1]
        if plan.letters.start[k1] > plan.letters.start[k0]:
            table[: rows * columns] = 0
            _sum_by_letter(steps, rows, codes, d, columns, table)
            at, wide = letter_steps.token_at, letter_steps.width
            add_gradients(plan.letters, i, wide, table, 0, 0, at, letters, 0, 0, at, wide, gradient)
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


@device
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


@device
def _sum_by_letter(
    steps: Any, rows: int, codes: Array, d: Array, columns: int, table: Array
) -> None:
    """The table's gradient: the sum of d over the tokens of each letter."""
    for t in range(len(steps.width)):
        width = steps.width[t]
        for row in range(rows):
            place = rows * steps.token_at[t] + row * width
            for b in range(width):
                table[row * columns + codes[steps.token_at[t] + b]] += d[place + b]
