"""A wired network over time as one differentiable operation, for sequences of any lengths."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.run import Run, refuse_second_derivatives
from sparsernn.engine.sequences import Sequences
from sparsernn.engine.single_run import SingleRun
from sparsernn.engine.workers import on_threads

__all__ = ["Part", "Recurrence", "forward_part", "joined", "run_parts"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
_NONE = np.empty(0, np.int64)


class Part(NamedTuple):
    """Columns of a batch that run together.

    Attributes:
        run: what runs them.
        sequences: their layout.
        columns: which they are.
        inputs_at: places of the inputs in the slots; None: of an even batch, for which
            `Sequences.fill` needs none.
        last_at: places of the last states.
    """

    run: Run | SingleRun
    sequences: Sequences
    columns: slice
    inputs_at: IntArray | None
    last_at: IntArray

    @classmethod
    def of(cls, run: Run | SingleRun, sequences: Sequences, columns: slice) -> "Part":
        """Columns that a run is for."""
        plan, inputs_at = run.plan, None
        if not sequences.even:
            inputs_at = sequences.places(plan.slot_rows, np.arange(plan.input_rows))
        return cls(run, sequences, columns, inputs_at, sequences.states(plan, True))


def run_parts(
    threads: int,
    parts: list[Part],
    inputs: Tensor,
    first: Tensor | None,
    parameters: Sequence[Tensor],
) -> tuple[Tensor, Tensor, Tensor, list[Tensor]]:
    """The parameters that count; outputs, last states, and memory for the way back of each part."""
    flat = parts[0].run.parameters.gathered(parameters)
    batch = flat.numpy(), inputs.numpy(), None if first is None else first.numpy()
    done = on_threads(threads, lambda part: _forward(part, *batch), parts)
    rooms, outputs, lasts = zip(*done, strict=True)
    return flat, torch.from_numpy(joined(outputs)), torch.from_numpy(joined(lasts)), [*rooms]


class Recurrence(torch.autograd.Function):
    """A number of threads, parts of a batch, (T, B, features), initial states (states, B, units) or
    None, and parameters → outputs, and last states."""

    @staticmethod
    def forward(
        ctx: Any,
        threads: int,
        parts: list[Part],
        inputs: Tensor,
        first: Tensor | None,
        *parameters: Tensor,
    ) -> Any:
        """Outputs (T, B, rows), and last states (states, B, units)."""
        flat, output, last, rooms = run_parts(threads, parts, inputs, first, parameters)
        ctx.parts, ctx.kept, tensors = [], [], [flat]
        for part, room in zip(parts, rooms, strict=True):
            if part.sequences.even:  # it has no large arrays
                ctx.parts.append(part)
                ctx.kept.append(0)
                tensors.append(room)
                continue
            run, *large = part.run.parted()
            ctx.parts.append(part._replace(run=run, inputs_at=None, last_at=_NONE))
            ctx.kept.append(len(large))
            tensors += [room, *large]
        ctx.save_for_backward(*tensors)
        ctx.threads, ctx.given = threads, first is not None
        ctx.shapes = [parameter.shape for parameter in parameters]
        ctx.set_materialize_grads(False)
        return output, last

    @staticmethod
    def backward(ctx: Any, d_output: Tensor | None, d_last: Tensor | None) -> Any:
        """Derivatives of what `forward` takes."""
        refuse_second_derivatives()
        flat, *tensors = ctx.saved_tensors
        given: list[tuple[Part, Tensor]] = []
        at = 0
        for part, kept in zip(ctx.parts, ctx.kept, strict=True):
            room, *large = tensors[at : at + 1 + kept]
            part = part._replace(run=part.run.joined(*large)) if large else part
            given.append((part, room))
            at += 1 + kept
        d_read, d_states = (None if d is None else d.numpy() for d in (d_output, d_last))
        weights, wanted = flat.numpy(), (ctx.needs_input_grad[2], ctx.given)

        def back(of: tuple[Part, Tensor]) -> tuple[Array, Array | None, Array | None]:
            return _backward(*of, weights, d_read, d_states, wanted)

        done = on_threads(ctx.threads, back, given)
        (gradient, *others), *of_batch = zip(*done, strict=True)
        for other in others:  # in this order, whichever was ready first
            gradient += other
        d_batch = [None if d[0] is None else torch.from_numpy(joined(d)) for d in of_batch]
        run = given[0][0].run
        of_parameters = run.parameters.scattered(gradient, ctx.shapes, run.gradients)
        return None, None, *d_batch, *of_parameters


def joined(parts: tuple[Array, ...]) -> Array:
    """The columns of all parts, side by side."""
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


def _forward(
    part: Part, flat: Array, inputs: Array, first: Array | None
) -> tuple[Tensor, Array, Array]:
    """Memory for the way back, outputs and last states of a part."""
    room = part.run.take(flat.dtype)
    return room, *forward_part(part, part.run.memory(room), flat, inputs, first)


def forward_part(
    part: Part, memory: Any, flat: Array, inputs: Array, first: Array | None, picked: bool = False
) -> tuple[Array, Array]:
    """Outputs and last states of a part.

    Args:
        part: columns of the batch.
        memory: of its run.
        flat: the parameters.
        inputs: of the batch.
        first: its initial states, or None.
        picked: whether the memory holds all weights, of a run with the same ones.
    """
    run, sequences, columns = part.run, part.sequences, part.columns
    plan = run.plan
    _fill(memory.slots, inputs[:, columns], part)
    shape = plan.states, sequences.shape[1], int(plan.units[-1])
    last = np.zeros(shape, flat.dtype) if first is None else first[:, columns].copy()
    if first is not None:
        sequences.begin(plan, memory.states, last)
    output = run.forward(memory, flat, first is not None, picked)
    last[:, sequences.order] = memory.states[part.last_at]
    return sequences.scattered(output), last


def _backward(
    part: Part,
    room: Tensor,
    flat: Array,
    d_output: Array | None,
    d_last: Array | None,
    wanted: tuple[bool, bool],
) -> tuple[Array, Array | None, Array | None]:
    """Gradients of the parameters, of the inputs and of the initial states of a part.

    Args:
        part: its run is joined.
        room: what `_forward` returned.
        flat: the parameters.
        d_output: gradient of the batch's outputs, or None.
        d_last: of its last states, or None.
        wanted: whether those of the inputs and of the initial states are.
    """
    run: Any = part.run
    sequences, columns = part.sequences, part.columns
    plan, dtype = run.plan, flat.dtype
    back, gradient = run.back(dtype), run.gradients.zeros(len(flat), dtype)
    last = None if d_last is None else d_last[:, columns]
    sequences.end(plan, back, last)
    if d_output is None:
        d_read = np.zeros(run.shape, dtype)
    else:
        d_read = np.ascontiguousarray(sequences.gathered(d_output[:, columns]))
    run.backward(run.memory(room), flat, d_read, back, gradient, last is not None, wanted[0])
    d_inputs = d_first = None
    if wanted[1]:
        shape = plan.states, sequences.shape[1], int(plan.units[-1])
        d_first = np.zeros(shape, dtype) if last is None else last.copy()
        sequences.begun(plan, back, d_first)
    if wanted[0]:
        d_inputs = _read(back.d_slots, part)
    return gradient, d_inputs, d_first


def _fill(slots: Array, inputs: Array, part: Part) -> None:
    """Put the inputs of each step into the slots, and 0 where there are none."""
    plan, sequences = part.run.plan, part.sequences
    steps = sequences.steps
    if part.inputs_at is None:
        sequences.fill(plan, inputs, slots)
        return
    for begin, width in zip(plan.slot_rows * steps.token_at, steps.width, strict=True):
        slots[begin : begin + plan.input_rows * width] = 0
    slots[part.inputs_at] = sequences.gathered(inputs)


def _read(slots: Array, part: Part) -> Array:
    """The first slots of each step as (T, B, features): `_fill` the other way round."""
    plan, sequences = part.run.plan, part.sequences
    if sequences.even:
        return sequences.read_slots(plan, slots)
    rows = sequences.places(plan.slot_rows, np.arange(plan.input_rows))
    return sequences.scattered(slots[rows])
