"""A wired network over time as one differentiable operation, for sequences of any lengths."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.batch import Steps, even_steps, make_steps
from sparsernn.engine.kernel_plan import KernelPlan
from sparsernn.engine.run import Run, flatten, refuse_second_derivatives, split

__all__ = ["Recurrence", "Sequences"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


class Sequences(NamedTuple):
    """The sequences of a batch as columns, longest first; those of no step have none.

    Attributes:
        steps: their layout.
        order: (columns,) the sequence that each column holds.
        lengths: (columns,) number of its steps.
        shape: (T, B).
        even: whether all have T steps, and the columns are in the batch's order.
    """

    steps: Steps
    order: IntArray
    lengths: IntArray
    shape: tuple[int, int]
    even: bool

    @classmethod
    def of(cls, shape: tuple[int, int], lengths: IntArray | None, keep: bool) -> "Sequences":
        """Lay out (T, B) sequences; None: all have T steps. See `make_steps` for `keep`."""
        length, batch = shape
        if lengths is None or (lengths == length).all():
            steps = even_steps(length, batch, keep)
            return cls(steps, np.arange(batch), np.full(batch, length), shape, True)
        order = np.argsort(-lengths, kind="stable")[: int((lengths > 0).sum())]
        lengths = lengths[order]
        active = (lengths > np.arange(lengths[0])[:, None]).sum(1)
        # Of sequences that end early, the last states must outlive the steps after.
        return cls(make_steps(active, True), order, lengths, shape, False)

    def tokens(self) -> tuple[IntArray, IntArray]:
        """The step and the column of each token that is not padding."""
        going = np.arange(len(self.steps.width))[:, None] < self.lengths
        step, column = np.nonzero(going)
        return step, column

    def places(self, rows: int, which: IntArray) -> Array:
        """Where some rows of each token lie, in an array of so many rows a step."""
        steps = self.steps
        if self.even:
            at = rows * steps.token_at[:, None, None] + np.arange(self.shape[1])[:, None]
            return at + which * steps.width[0]
        step, column = self.tokens()
        return (rows * steps.token_at[step] + column)[:, None] + which * steps.width[step, None]

    def scattered(self, values: Array) -> Array:
        """Values of each token as (T, B, ...), with 0 where a sequence has ended."""
        if self.even:
            return values
        step, column = self.tokens()
        whole = np.zeros((*self.shape, values.shape[-1]), values.dtype)
        whole[step, self.order[column]] = values
        return whole

    def gathered(self, whole: Array) -> Array:
        """The values of each token, of (T, B, ...)."""
        if self.even:
            return whole
        step, column = self.tokens()
        return whole[step, self.order[column]]

    def states(self, plan: KernelPlan, after: bool) -> IntArray:
        """Places of the states (states, columns, units): the last of each sequence, or the first.

        A block's states lie together, at each step its units by the columns.
        """
        steps = self.steps
        sizes = np.diff(plan.units)
        size, first = np.repeat(sizes, sizes), np.repeat(plan.units[:-1], sizes)
        number = np.arange(plan.units[-1]) - first
        at, width = np.zeros_like(self.lengths), np.full_like(self.lengths, steps.width[0])
        if after:
            at, width = steps.state_at[self.lengths], steps.width[self.lengths - 1]
        column = np.arange(len(self.lengths))
        places = first * steps.state_columns + size * at[:, None] + number * width[:, None]
        kinds = np.arange(plan.states)[:, None, None] * plan.units[-1] * steps.state_columns
        return kinds + places + column[:, None]


class Recurrence(torch.autograd.Function):
    """(T, B, features), initial states (states, B, units) or None, and parameters → outputs, and
    last states."""

    @staticmethod
    def forward(
        ctx: Any,
        run: Run,
        sequences: Sequences,
        inputs: Tensor,
        first: Tensor | None,
        *parameters: Tensor,
    ) -> Any:
        """Outputs (T, B, rows), and last states (states, B, units)."""
        plan, flat = run.plan, flatten([*parameters, inputs.new_empty(0)])
        room = run.take(flat.numpy().dtype)
        memory = run.memory(room)
        _fill(memory.slots, inputs.numpy(), run, sequences)
        shape = plan.states, sequences.shape[1], int(plan.units[-1])
        last = np.zeros(shape, memory.states.dtype) if first is None else first.numpy().copy()
        if first is not None:
            for state in memory.states.reshape(plan.states, -1):
                for unit, end in zip(plan.units, plan.units[1:], strict=False):
                    begin = unit * sequences.steps.state_columns
                    state[begin : begin + (end - unit) * sequences.steps.width[0]] = 0
            memory.states[sequences.states(plan, False)] = last[:, sequences.order]
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
        run, sequences, columns = ctx.run.joined(*large), ctx.sequences, len(ctx.sequences.order)
        plan, weights = run.plan, flat.numpy()
        back, gradient = run.back(weights.dtype), np.zeros_like(weights)
        d_first = None
        if d_last is not None:
            last = back.last.reshape(plan.states, plan.units[-1], -1)
            last[:, :, :columns] = d_last.numpy()[:, sequences.order].transpose(0, 2, 1)
        d_read = np.zeros(run.shape, weights.dtype)
        if d_output is not None:
            d_read = np.ascontiguousarray(sequences.gathered(d_output.numpy()))
        run.backward(run.memory(room), weights, d_read, back, gradient, d_last is not None)
        if ctx.given:
            shape = plan.states, sequences.shape[1], int(plan.units[-1])
            found = np.zeros(shape, weights.dtype) if d_last is None else d_last.numpy().copy()
            carry = back.carry.reshape(plan.states, plan.units[-1], -1)
            found[:, sequences.order] = carry[:, :, :columns].transpose(0, 2, 1)
            d_first = torch.from_numpy(found)
        d_inputs = None
        if ctx.needs_input_grad[2]:
            rows = sequences.places(plan.slot_rows, np.arange(plan.input_rows))
            d_inputs = torch.from_numpy(sequences.scattered(back.d_slots[rows]))
        return None, None, d_inputs, d_first, *split(gradient, ctx.shapes)


def _fill(slots: Array, inputs: Array, run: Run, sequences: Sequences) -> None:
    """Put the inputs of each step into the slots, and 0 where there are none."""
    plan, steps, features = run.plan, sequences.steps, inputs.shape[2]
    if sequences.even:
        whole = slots[: plan.slot_rows * steps.tokens].reshape(len(inputs), plan.slot_rows, -1)
        whole[:, : plan.input_rows, inputs.shape[1] :] = 0
        whole[:, :features, : inputs.shape[1]] = inputs.transpose(0, 2, 1)
        return
    for t, width in enumerate(steps.width):
        begin, active = plan.slot_rows * steps.token_at[t], steps.active[t]
        rows = slots[begin : begin + plan.input_rows * width].reshape(plan.input_rows, width)
        rows[:, active:] = 0
        rows[:, :active] = inputs[t, sequences.order[:active]].T
