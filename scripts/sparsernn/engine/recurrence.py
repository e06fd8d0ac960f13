"""A wired network over time as one differentiable operation, for sequences of any lengths."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.cache import kernel
from sparsernn.engine.run import Run, refuse_second_derivatives
from sparsernn.engine.sequences import Batched, Sequences
from sparsernn.engine.single_run import SingleRun

__all__ = ["Recurrence"]

Array = npt.NDArray[Any]


class Recurrence(torch.autograd.Function):
    """(T, B, features), initial states (states, B, units) or None, and parameters → outputs, and
    last states."""

    @staticmethod
    def forward(
        ctx: Any,
        run: Run | SingleRun,
        sequences: Sequences,
        inputs: Tensor,
        first: Tensor | None,
        *parameters: Tensor,
    ) -> Any:
        """Outputs (T, B, rows), and last states (states, B, units)."""
        plan, flat = run.plan, run.parameters.gathered(parameters)
        room = run.take(flat.numpy().dtype)
        memory: Any = run.memory(room)
        _fill(memory.slots, inputs.numpy(), run, sequences)
        shape = plan.states, sequences.shape[1], int(plan.units[-1])
        last = np.zeros(shape, memory.states.dtype) if first is None else first.numpy().copy()
        if first is not None:
            sequences.begin(plan, memory.states, last)
        output = run.forward(memory, flat.numpy(), first is not None)
        last[:, sequences.order] = memory.states[sequences.states(plan, True)]
        ctx.run, *large = run.parted()
        ctx.save_for_backward(room, flat, *large)
        ctx.sequences, ctx.given = sequences, first is not None
        ctx.shapes = [parameter.shape for parameter in parameters]
        ctx.set_materialize_grads(False)
        return torch.from_numpy(sequences.scattered(output)), torch.from_numpy(last)

    @staticmethod
    def backward(ctx: Any, d_output: Tensor | None, d_last: Tensor | None) -> Any:
        """Derivatives of what `forward` takes."""
        refuse_second_derivatives()
        room, flat, *large = ctx.saved_tensors
        run, sequences = ctx.run.joined(*large), ctx.sequences
        plan, weights = run.plan, flat.numpy()
        back, gradient = run.back(weights.dtype), np.zeros_like(weights)
        d_first = None
        sequences.end(plan, back, None if d_last is None else d_last.numpy())
        d_read = np.zeros(run.shape, weights.dtype)
        if d_output is not None:
            d_read = np.ascontiguousarray(sequences.gathered(d_output.numpy()))
        run.backward(run.memory(room), weights, d_read, back, gradient, d_last is not None)
        if ctx.given:
            shape = plan.states, sequences.shape[1], int(plan.units[-1])
            found = np.zeros(shape, weights.dtype) if d_last is None else d_last.numpy().copy()
            sequences.begun(plan, back, found)
            d_first = torch.from_numpy(found)
        d_inputs = None
        if ctx.needs_input_grad[2]:
            rows = sequences.places(plan.slot_rows, np.arange(plan.input_rows))
            d_inputs = torch.from_numpy(sequences.scattered(back.d_slots[rows]))
        return None, None, d_inputs, d_first, *run.parameters.scattered(gradient, ctx.shapes)


def _fill(slots: Array, inputs: Array, run: Run | SingleRun, sequences: Sequences) -> None:
    """Put the inputs of each step into the slots, and 0 where there are none."""
    plan, steps = run.plan, sequences.steps
    if sequences.even and isinstance(sequences, Batched):
        fill_even(slots.dtype, slots, np.ascontiguousarray(inputs), plan.slot_rows, steps.width[0])
        return
    for begin, width in zip(plan.slot_rows * steps.token_at, steps.width, strict=True):
        slots[begin : begin + plan.input_rows * width] = 0
    places = sequences.places(plan.slot_rows, np.arange(plan.input_rows))
    slots[places] = sequences.gathered(inputs)


@kernel
def fill_even(slots: Array, inputs: Array, slot_rows: int, width: int) -> None:
    """Put (T, B, features) inputs into the slots, in parts that fit the cache."""
    steps, batch, features = inputs.shape
    for t in range(steps):
        begin = t * slot_rows * width
        for first in range(0, features, 16):
            last = min(first + 16, features)
            for b in range(batch):
                for feature in range(first, last):
                    slots[begin + feature * width + b] = inputs[t, b, feature]
            for b in range(batch, width):
                for feature in range(first, last):
                    slots[begin + feature * width + b] = 0
