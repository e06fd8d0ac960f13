"""One step of a block's cells, there and back: `fused_cells` over units and lanes."""

from typing import Any

from sparsernn.engine.cells import (
    gru,
    gru_back,
    lstm,
    lstm_back,
    relu,
    relu_back,
    tanh,
    tanh_back,
)
from sparsernn.engine.vectors import compiled, load, prefetch, splat, store

__all__ = ["LANES", "LSTM", "cell_step", "cell_step_back"]

Array = Any
LANES = 16
RELU, GRU, LSTM = 1, 2, 3  # as in `fused_plan.CELL_NUMBER`; 0 is rnn_tanh


@compiled
def cell_step(
    cell: int,
    size: int,
    width: int,
    act: Array,
    a0: int,
    before: int,
    stride: int,
    after: int,
    h: Array,
    c: Array,
    tanh_c_all: Array,
    tc0: int,
) -> None:
    """One step of a block's cells, from its sums, in place, to its next state."""
    gate = size * width
    v = splat(LANES, h.dtype.type(0))
    for u in range(size):
        for b in range(0, width, LANES):
            place = a0 + u * width + b
            then, now = before + u * stride + b, after + u * width + b
            a = load(v, act, place)
            if cell >= GRU:
                for g in range(4, 8):
                    prefetch(act, place + g * gate)
            if cell == LSTM:
                a_f, a_g = load(v, act, place + gate), load(v, act, place + 2 * gate)
                a_o, c_then = load(v, act, place + 3 * gate), load(v, c, then)
                i, f, g, o, c_now, tanh_c, h_now = lstm(a, a_f, a_g, a_o, c_then)
                store(i, act, place)
                store(f, act, place + gate)
                store(g, act, place + 2 * gate)
                store(o, act, place + 3 * gate)
                store(c_now, c, now)
                store(tanh_c, tanh_c_all, tc0 + u * width + b)
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


@compiled
def cell_step_back(
    cell: int,
    size: int,
    width: int,
    act: Array,
    a0: int,
    before: int,
    stride: int,
    after: int,
    h: Array,
    c: Array,
    tanh_c_all: Array,
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
    gate = size * width
    v = splat(LANES, h.dtype.type(0))
    for u in range(size):
        for b in range(0, width, LANES):
            place, out = a0 + u * width + b, d0 + u * width + b
            then, now = before + u * stride + b, after + u * width + b
            carry = carry0 + u * full + b
            if cell >= GRU:
                # What the next step back reads lies about as far before this as this is long.
                for g in range(1, 5):
                    prefetch(act, place - g * gate)
            d_h = load(v, carry_h, carry) + load(v, d_slots, s0 + adds_to[u] * width + b)
            if cell == LSTM:
                i, f = load(v, act, place), load(v, act, place + gate)
                g, o = load(v, act, place + 2 * gate), load(v, act, place + 3 * gate)
                tanh_c = load(v, tanh_c_all, tc0 + u * width + b)
                prefetch(tanh_c_all, tc0 + u * width + b - gate)
                prefetch(c, then - gate)
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
