"""Sequences of any lengths as the kernels lay them out: side by side, or one after another."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sparsernn.engine.batch import Back, Steps, even_steps, make_steps
from sparsernn.engine.kernel_plan import KernelPlan
from sparsernn.engine.single_run import SingleBack, single_steps
from sparsernn.engine.singles import CHUNK
from sparsernn.engine.transposes import fill_even, read_even

__all__ = ["Batched", "Sequences", "Single"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sequences:
    """The sequences of a batch as columns.

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

    @property
    def read(self) -> tuple[int, ...]:
        """The shape of what is read of a slot: of each token."""
        return self.shape if self.even else (int(self.lengths.sum()),)

    def tokens(self) -> tuple[IntArray, IntArray]:
        """The step and the column of each token that is not padding."""
        going = np.arange(self.shape[0])[:, None] < self.lengths
        step, column = np.nonzero(going)
        return step, column

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

    @abstractmethod
    def fill(self, plan: KernelPlan, inputs: Array, slots: Array) -> None:
        """Put even (T, B, F) inputs into the first slots of each token, and 0 beside."""

    @abstractmethod
    def read_slots(self, plan: KernelPlan, slots: Array) -> Array:
        """`fill` the other way round."""

    @abstractmethod
    def places(self, rows: int, which: IntArray) -> IntArray:
        """Where some rows of each token lie, in an array of so many rows a step."""

    @abstractmethod
    def states(self, plan: KernelPlan, after: bool) -> IntArray:
        """Places of the states (states, columns, units): the last of each sequence, or the first.

        A block's states lie together.
        """

    @abstractmethod
    def begin(self, plan: KernelPlan, states: Array, first: Array) -> None:
        """Write the initial states (states, B, units) into an array of states."""

    @abstractmethod
    def end(self, plan: KernelPlan, back: Any, d_last: Array | None) -> None:
        """Write the gradient of the last states (states, B, units) where the way back takes it."""

    @abstractmethod
    def begun(self, plan: KernelPlan, back: Any, d_first: Array) -> None:
        """Read that of the initial states; of sequences of no step, `d_first` stays as it is."""


class Batched(Sequences):
    """Side by side, longest first; those of no step are left out."""

    @classmethod
    def of(cls, shape: tuple[int, int], lengths: IntArray | None, keep: bool) -> "Batched":
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

    def fill(self, plan: KernelPlan, inputs: Array, slots: Array) -> None:
        """See `Sequences`."""
        batch = np.ascontiguousarray(inputs).ravel(), *inputs.shape[1:]
        fill_even(slots.dtype, *batch, slots, plan.slot_rows, self.steps.width[0])

    def read_slots(self, plan: KernelPlan, slots: Array) -> Array:
        """See `Sequences`."""
        inputs = np.empty((*self.shape, plan.input_rows), slots.dtype)
        size = plan.slot_rows, self.steps.width[0]
        read_even(slots.dtype, slots, *size, inputs.ravel(), *inputs.shape[1:])
        return inputs

    def places(self, rows: int, which: IntArray) -> IntArray:
        """See `Sequences`."""
        steps = self.steps
        if self.even:
            at = rows * steps.token_at[:, None, None] + np.arange(self.shape[1])[:, None]
            return at + which * steps.width[0]
        step, column = self.tokens()
        return (rows * steps.token_at[step] + column)[:, None] + which * steps.width[step, None]

    def states(self, plan: KernelPlan, after: bool) -> IntArray:
        """See `Sequences`: at each step a block's units by the columns."""
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

    def begin(self, plan: KernelPlan, states: Array, first: Array) -> None:
        """See `Sequences`."""
        for state in states.reshape(plan.states, -1):
            for unit, end in zip(plan.units, plan.units[1:], strict=False):
                begin = unit * self.steps.state_columns
                state[begin : begin + (end - unit) * self.steps.width[0]] = 0
        states[self.states(plan, False)] = first[:, self.order]

    def end(self, plan: KernelPlan, back: Back, d_last: Array | None) -> None:
        """See `Sequences`."""
        if d_last is not None:
            last = back.last.reshape(plan.states, plan.units[-1], -1)
            last[:, :, : len(self.order)] = d_last[:, self.order].transpose(0, 2, 1)

    def begun(self, plan: KernelPlan, back: Back, d_first: Array) -> None:
        """See `Sequences`."""
        carry = back.carry.reshape(plan.states, plan.units[-1], -1)
        d_first[:, self.order] = carry[:, :, : len(self.order)].transpose(0, 2, 1)


class Single(Sequences):
    """One after another, each with all its tokens; see `engine.singles`."""

    @classmethod
    def of(cls, shape: tuple[int, int], lengths: IntArray | None) -> "Single":
        """Lay out (T, B) sequences; None: all have T steps."""
        each = np.full(shape[1], shape[0]) if lengths is None else lengths
        even = bool((each == shape[0]).all())
        return cls(single_steps(int(each.sum())), np.arange(shape[1]), each, shape, even)

    @property
    def start(self) -> IntArray:
        """The first token of each sequence, and the number of all."""
        return np.append(0, np.cumsum(self.lengths))

    def fill(self, plan: KernelPlan, inputs: Array, slots: Array) -> None:
        """See `Sequences`."""
        tokens = np.ascontiguousarray(inputs.swapaxes(0, 1)).reshape(-1, inputs.shape[-1])
        for first, width in self._chunks():
            chunk, own = tokens[first : first + CHUNK], slots[plan.slot_rows * first :]
            fill_even(slots.dtype, chunk.ravel(), *chunk.shape, own, plan.slot_rows, width)

    def read_slots(self, plan: KernelPlan, slots: Array) -> Array:
        """See `Sequences`."""
        tokens = np.empty((self.shape[0] * self.shape[1], plan.input_rows), slots.dtype)
        for first, width in self._chunks():
            chunk, own = tokens[first : first + CHUNK], slots[plan.slot_rows * first :]
            read_even(slots.dtype, own, plan.slot_rows, width, chunk.ravel(), *chunk.shape)
        return np.ascontiguousarray(
            tokens.reshape(*self.shape[::-1], plan.input_rows).swapaxes(0, 1)
        )

    def _chunks(self) -> Any:
        """The first token of each chunk, and its width."""
        return zip(self.steps.token_at, self.steps.width, strict=True)

    def places(self, rows: int, which: IntArray) -> IntArray:
        """See `Sequences`."""
        steps, start = self.steps, self.start
        if self.even:
            token = start[:-1] + np.arange(self.shape[0])[:, None]
        else:
            step, column = self.tokens()
            token = start[column] + step
        chunk, at = np.divmod(token, steps.width[0])
        return (rows * steps.token_at[chunk] + at)[..., None] + which * steps.width[chunk, None]

    def states(self, plan: KernelPlan, after: bool) -> IntArray:
        """See `Sequences`: a token's units side by side."""
        sizes, start = np.diff(plan.units), self.start
        size, first = np.repeat(sizes, sizes), np.repeat(plan.units[:-1], sizes)
        columns = start[-1] + len(self.lengths)
        at = start[:-1] + np.arange(len(self.lengths)) + (self.lengths if after else 0)
        places = first * columns + size * at[:, None] + np.arange(plan.units[-1]) - first
        return np.arange(plan.states)[:, None, None] * plan.units[-1] * columns + places

    def begin(self, plan: KernelPlan, states: Array, first: Array) -> None:
        """See `Sequences`."""
        states[self.states(plan, False)] = first

    def end(self, plan: KernelPlan, back: SingleBack, d_last: Array | None) -> None:
        """See `Sequences`."""
        back.carry[:] = 0 if d_last is None else d_last.transpose(1, 0, 2).ravel()

    def begun(self, plan: KernelPlan, back: SingleBack, d_first: Array) -> None:
        """See `Sequences`."""
        carry = back.carry.reshape(len(self.lengths), plan.states, -1)
        d_first[:] = carry.transpose(1, 0, 2)
