"""A network over time, forward and back, for sequences that are run one at a time.

A batch of one has nothing to compute side by side but units and steps. What a block reads within a
step is known for all steps before it runs: these sums are taken with the steps (*tokens*) as a
batch, in chunks of 64. The sums over its own units are taken in strips, a step after another.
"""

from typing import Any

from sparsernn.engine.cache import kernel
from sparsernn.engine.cells import cell_step, cell_step_back
from sparsernn.engine.kernels import bias_gradients, hears_slots, pick_biases, zero
from sparsernn.engine.slice_sums import (
    add_slice_gradients,
    add_slices,
    pick_slices,
    start_rows,
)
from sparsernn.engine.strip_sums import add_strips
from sparsernn.engine.sums import add_gradients, add_sums, drop_absent, pick_weights
from sparsernn.engine.transposes import follow, transpose
from sparsernn.engine.vectors import compiled, device, item, put
from sparsernn.engine.views import Series, StateView, Terms, View

__all__ = ["CHUNK", "backward_singles", "forward_singles"]

Array = Any
CHUNK = 64


@kernel
def forward_singles(
    plan: Any,
    sliced: Any,
    strips: Any,
    layout: Any,
    flat: Array,
    given: bool,
    picked: bool,
    memory: Any,
    output: Array,
) -> None:
    """Run a network over time.

    Args:
        plan: the wiring, as `engine.kernel_plan.KernelPlan`, without letters.
        sliced: its sums in slices, as `engine.slices.Sliced`; None: by its own edges.
        strips: its sums over units, as `engine.strips.Strips`.
        layout: the sequences, as `engine.single_run.SingleLayout`.
        flat: all parameters of the blocks.
        given: whether `memory.states` holds initial states; else they are zero.
        picked: whether `memory` holds all weights and biases, of a call before.
        memory: what is computed, as `engine.single_run.SingleMemory`. Its slots hold the input.
        output: gets what is read out.
    """
    steps, slots = layout.steps, memory.slots
    if not picked:
        if sliced is None:
            pick_weights(plan.ih, flat, memory.ih)
        else:
            pick_slices(sliced.ih, flat, memory.ih)
        pick_slices(strips, flat, memory.hh)
        pick_biases(plan, flat, memory.bias)
    for c in range(len(steps.width)):
        begin, width = plan.slot_rows * steps.token_at[c], steps.width[c]
        zero(slots, begin + plan.input_rows * width, begin + plan.slot_rows * width)
    for i in range(len(plan.units) - 1):
        unit, size = plan.units[i], plan.units[i + 1] - plan.units[i]
        rows = plan.ih.first[i + 1] - plan.ih.first[i]
        bias = View(memory.bias, plan.ih.first[i], 1)
        for c in range(len(steps.width)):
            width, at = steps.width[c], steps.token_at[c]
            x, table = View(slots, plan.slot_rows * at, width), View(memory.table, rows * at, width)
            start_rows(rows, bias, False, table)
            if sliced is None:
                add_sums(Terms(plan.ih, memory.ih, x), i, table)
            else:
                add_slices(Terms(sliced.ih, memory.ih, x), i, table)
        adds_to = plan.adds_to[unit : unit + size]
        for s in range(len(layout.start) - 1):
            begin, end = layout.start[s], layout.start[s + 1]
            act = _act(plan, layout, memory, i, s, begin)
            before, after = _states(plan, layout, memory, i, s, begin)
            if not given:
                for state in range(plan.states):
                    for u in range(size):
                        put(
                            before.array,
                            before.start + state * before.apart + u,
                            flat.dtype.type(0),
                        )
            _spread(
                steps,
                View(memory.table, 0, rows),
                layout.numbers[:rows],
                (begin, end),
                View(act.array, act.start, _apart(plan, size)),
            )
            for n in range(begin, end):
                before, after = _states(plan, layout, memory, i, s, n)
                act = _act(plan, layout, memory, i, s, n)
                h = View(before.array, before.start, 1)
                add_strips(strips, memory.hh, i, rows, h, act, memory.room)
                cell_step(plan.cell, size, act, before, after)
            before, after = _states(plan, layout, memory, i, s, begin)
            h = View(after.array, after.start, size)
            _collect(steps, h, adds_to, (begin, end), View(slots, 0, plan.slot_rows))
    for k in range(len(layout.at)):
        output[k] = slots[layout.at[k]]
    if len(layout.rows) > 0:
        for s in range(len(layout.start) - 1):
            tokens, read = (layout.start[s], layout.start[s + 1]), _read(layout, output, s)
            _spread(steps, View(slots, 0, plan.slot_rows), layout.rows, tokens, read)


@device
def _read(layout: Any, output: Array, sequence: int) -> View:
    """Where in (T, B, rows) numbers those of a sequence are."""
    rows = len(layout.rows)
    return View(output, sequence * rows, (len(layout.start) - 1) * rows)


@device
def _states(plan: Any, layout: Any, memory: Any, block: int, sequence: int, token: int) -> Any:
    """A block's states before and after a token, units side by side."""
    unit, size = plan.units[block], plan.units[block + 1] - plan.units[block]
    columns = layout.start[-1] + len(layout.start) - 1
    first, apart = unit * columns + size * (token + sequence), plan.units[-1] * columns
    return (
        StateView(memory.states, first, 1, apart),
        StateView(memory.states, first + size, 1, apart),
    )


@device
def _apart(plan: Any, size: int) -> int:
    """How far the sums of a token are from those of the next."""
    return max(plan.saved_rows, 1) * size


@device
def _act(plan: Any, layout: Any, memory: Any, block: int, sequence: int, token: int) -> Any:
    """Where a block's sums at a token go: to rows of their own, or to where its outputs will be."""
    unit, size = plan.units[block], plan.units[block + 1] - plan.units[block]
    if plan.saved_rows:
        return View(memory.act, plan.saved_rows * (unit * layout.start[-1] + size * token), 1)
    columns = layout.start[-1] + len(layout.start) - 1
    return View(memory.states, unit * columns + size * (token + sequence + 1), 1)


@compiled
def _spread(steps: Any, table: View, numbers: Array, tokens: Any, out: View) -> None:
    """Turn rows of tokens, in chunks, into a vector for each token.

    Args:
        steps: the chunks.
        table: an array, where it begins, and its number of rows.
        numbers: the rows to take.
        tokens: the first one and the one after the last.
        out: an array, where the first token's vector begins, and how far the next one's is.
    """
    first, end = tokens
    beside = follow(numbers)
    n = first
    while n < end:
        c = n // CHUNK
        at, width = steps.token_at[c], steps.width[c]
        count = min(end, CHUNK * (c + 1)) - n
        column = table.start + table.stride * at + n - CHUNK * c
        into = View(out.array, out.start + out.stride * (n - first), out.stride)
        if beside:
            rows = View(table.array, column + numbers[0] * width, width)
            transpose(rows, len(numbers), count, into, False)
        else:
            for i in range(len(numbers)):
                place = column + item(numbers, i) * width
                for b in range(count):
                    value = item(table.array, place + b)
                    put(into.array, into.start + b * into.stride + i, value)
        n += count


@compiled
def _collect(steps: Any, vectors: View, numbers: Array, tokens: Any, table: View) -> None:
    """Add vectors of tokens to rows of tokens, in chunks: `_spread` the other way round."""
    first, end = tokens
    beside = follow(numbers)
    n = first
    while n < end:
        c = n // CHUNK
        at, width = steps.token_at[c], steps.width[c]
        count = min(end, CHUNK * (c + 1)) - n
        column = table.start + table.stride * at + n - CHUNK * c
        of = View(vectors.array, vectors.start + vectors.stride * (n - first), vectors.stride)
        if beside:
            rows = View(table.array, column + numbers[0] * width, width)
            transpose(of, count, len(numbers), rows, True)
        else:
            for i in range(len(numbers)):
                place = column + item(numbers, i) * width
                for b in range(count):
                    value = item(of.array, of.start + b * of.stride + i)
                    put(table.array, place + b, item(table.array, place + b) + value)
        n += count


@kernel
def backward_singles(
    plan: Any,
    sliced: Any,
    strips: Any,
    layout: Any,
    flat: Array,
    memory: Any,
    back: Any,
    d_output: Array,
    gradient: Array,
    inputs: bool,
) -> None:
    """Run the network's derivative back through time, after `forward_singles`.

    Args:
        plan, sliced, layout, flat, memory: as of `forward_singles`. Its table is used anew.
        strips: the sums over units from the other end.
        back: room for gradients, as `engine.single_run.SingleBack`. Its carry holds that of each
            sequence's last states, and gets that of the initial ones; it gets those of slots.
        d_output: gradient of what was read out.
        gradient: gains that of all parameters; weights that don't exist have none.
        inputs: whether the gradient of the inputs is wanted; else it is wrong.
    """
    steps, d_slots, tokens = layout.steps, back.d_slots, layout.start[-1]
    if sliced is None:
        pick_weights(plan.ih_t, flat, back.ih)
    else:
        pick_slices(sliced.ih_t, flat, back.ih)
    pick_slices(strips, flat, back.hh)
    zero(d_slots, 0, len(d_slots))
    for k in range(len(layout.at)):
        d_slots[layout.at[k]] += d_output[k]
    if len(layout.rows) > 0:
        for s in range(len(layout.start) - 1):
            each, read = (layout.start[s], layout.start[s + 1]), _read(layout, d_output, s)
            _collect(steps, read, layout.rows, each, View(d_slots, 0, plan.slot_rows))
    for i in range(len(plan.units) - 2, -1, -1):
        unit, size = plan.units[i], plan.units[i + 1] - plan.units[i]
        adds_to = plan.adds_to[unit : unit + size]
        rows = plan.ih.first[i + 1] - plan.ih.first[i]
        slots = View(d_slots, 0, plan.slot_rows)
        _spread(steps, slots, adds_to, (0, tokens), View(back.gained, 0, size))
        for s in range(len(layout.start) - 1):
            first = s * plan.states * plan.units[-1] + unit
            carry = StateView(back.carry, first, 1, plan.units[-1])
            for n in range(layout.start[s + 1] - 1, layout.start[s] - 1, -1):
                before, after = _states(plan, layout, memory, i, s, n)
                act, d = _act(plan, layout, memory, i, s, n), View(back.d, rows * n, 1)
                gained = View(back.gained, size * n, 1)
                cell_step_back(plan.cell, act, before, after, carry, d, gained, adds_to)
                d_h = View(back.carry, first, 1)
                add_strips(strips, back.hh, i, size, d, d_h, memory.room)
        wanted = inputs or hears_slots(plan, i)
        _block_gradients(plan, sliced, layout, memory, back, i, gradient, wanted)
    if sliced is None:
        drop_absent(plan.ih, gradient)
        drop_absent(plan.hh, gradient)


@device
def _block_gradients(
    plan: Any,
    sliced: Any,
    layout: Any,
    memory: Any,
    back: Any,
    i: int,
    gradient: Array,
    wanted: bool,
) -> None:
    """What waits for all tokens of a block: gradients of its parameters, and of what it reads.

    The latter only if they are wanted.
    """
    steps, tokens = layout.steps, layout.start[-1]
    size = plan.units[i + 1] - plan.units[i]
    rows = plan.ih.first[i + 1] - plan.ih.first[i]
    d, heard = memory.table, back.heard
    zero(d, 0, rows * steps.tokens)
    _collect(steps, View(back.d, 0, rows), layout.numbers[:rows], (0, tokens), View(d, 0, rows))
    zero(heard, 0, size * steps.tokens)
    for s in range(len(layout.start) - 1):
        begin, end = layout.start[s], layout.start[s + 1]
        before, _ = _states(plan, layout, memory, i, s, begin)
        h = View(before.array, before.start, size)
        _collect(steps, h, layout.numbers[:size], (begin, end), View(heard, 0, size))
    for c in range(len(steps.width) if wanted else 0):
        width, at = steps.width[c], steps.token_at[c]
        d_c, d_x = View(d, rows * at, width), View(back.d_slots, plan.slot_rows * at, width)
        if sliced is None:
            add_sums(Terms(plan.ih_t, back.ih, d_c), i, d_x)
        else:
            add_slices(Terms(sliced.ih_t, back.ih, d_c), i, d_x)
    bias_gradients(plan, steps, i, rows, d, gradient)
    d_all = Series(d, 0, rows, steps.token_at, steps.width)
    h_all = Series(heard, 0, size, steps.token_at, steps.width)
    x_all = Series(memory.slots, 0, plan.slot_rows, steps.token_at, steps.width)
    if sliced is None:
        add_gradients(plan.hh, i, d_all, h_all, back.room, gradient)
        add_gradients(plan.ih, i, d_all, x_all, back.room, gradient)
    else:
        add_slice_gradients(sliced.hh, i, d_all, h_all, back.room, gradient)
        add_slice_gradients(sliced.ih, i, d_all, x_all, back.room, gradient)
