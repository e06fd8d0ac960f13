"""The fused engine: compiled kernels behind PyTorch's automatic differentiation, on the CPU."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.errors import InputError
from sparsernn.fused_batch import Memory, Steps, make_steps, pack_letters
from sparsernn.fused_kernels import backward, forward
from sparsernn.fused_plan import ROWS, Plan, make_plan
from sparsernn.wiring import Wiring

__all__ = ["Engine"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


class _Pool:
    """Memory that is used again: fresh pages cost as much as the sums that fill them."""

    def __init__(self) -> None:
        self.free: list[Array] = []

    def take(self, sizes: Sequence[int], dtype: Any) -> "_Lease":
        """Arrays of these sizes, not cleared, until the lease is dropped."""
        return _Lease(self, sizes, dtype)

    def __deepcopy__(self, memo: Any) -> "_Pool":
        return _Pool()

    def __reduce__(self) -> Any:
        return _Pool, ()


class _Lease:
    def __init__(self, pool: _Pool, sizes: Sequence[int], dtype: Any) -> None:
        # Each array starts on a cache line.
        starts = np.cumsum([0, *(-(-size // 16) * 16 for size in sizes)])
        fits = [b for b in pool.free if b.dtype == dtype and b.size >= starts[-1]]
        self.pool = pool
        if fits:
            self.buffer = min(fits, key=len)
            pool.free = [b for b in pool.free if b is not self.buffer]
        else:
            # It replaces a smaller one, so that memory stays bounded by what is needed at once.
            pool.free = pool.free[1:]
            self.buffer = np.empty(int(starts[-1]), dtype)
        self.arrays = [
            self.buffer[start : start + size] for start, size in zip(starts, sizes, strict=False)
        ]

    def __del__(self) -> None:
        self.pool.free.append(self.buffer)


@dataclass
class _Run:
    """One pass of one batch.

    Attributes:
        plan: the wiring.
        steps: the batch's shape.
        codes: each token's column of `letters`.
        letters: from the first input, the columns that codes refer to, or None (features).
        lstm: whether there are cells.
        pool: of memory.
        read: from slots, and the gradient of what was read, to that of the slots.
        lease: of the forward pass's memory, kept for the way back.
    """

    plan: Plan
    steps: Steps
    codes: IntArray
    present: IntArray | None
    lstm: bool
    rows: int
    batch: int
    at: IntArray  # (…) places in the slots that are read out
    pool: _Pool
    lease: _Lease | None = None

    def table_size(self, columns: int) -> int:
        """Numbers in the largest block's table of letters."""
        return int(np.diff(self.plan.units).max()) * self.rows * columns

    def states(self, array: Array) -> list[Array]:
        """Each block's (H, width) part of an array of one column a string."""
        full, units = int(self.steps.width[0]), self.plan.units
        return [
            array[first * full : last * full].reshape(last - first, full)
            for first, last in zip(units, units[1:], strict=False)
        ]


class _Recurrence(torch.autograd.Function):
    """Inputs (embedding table or features), initial states and parameters → outputs, states."""

    @staticmethod
    def forward(ctx: Any, run: _Run, inputs: Tensor, states: int, *tensors: Tensor) -> Any:
        plan, steps = run.plan, run.steps
        given, parameters = tensors[:states], tensors[states:]
        flat = torch.cat([p.reshape(-1) for p in parameters] + [inputs.new_zeros(1)]).numpy()
        columns = 16 if run.present is None else -(-len(run.present) // 16) * 16
        sizes = Memory.sizes(plan, steps, run.rows, run.lstm)
        run.lease = run.pool.take((*sizes, run.table_size(columns)), flat.dtype)
        *arrays, table = run.lease.arrays
        memory = Memory(*arrays)
        memory.slots.fill(0)
        if run.present is None:
            letters = np.zeros((1, columns), flat.dtype)
            slots = memory.slots.reshape(len(steps.width), plan.slot_rows, -1)
            slots[:, : plan.input_rows, : run.batch] = inputs.numpy().transpose(0, 2, 1)
        else:
            letters = np.zeros((inputs.shape[1], columns), flat.dtype)
            letters[:, : len(run.present)] = inputs.numpy()[run.present].T
        _start(run, memory, [t.numpy() for t in given])
        forward(
            flat.dtype, plan, steps, plan.weights(flat), plan.biases(flat), run.codes,
            letters.ravel(), columns, table, memory,
        )
        ctx.run, ctx.flat, ctx.letters, ctx.memory = run, flat, letters, memory
        ctx.shapes = inputs.shape, states, [p.shape for p in parameters]
        ctx.set_materialize_grads(False)
        output = torch.from_numpy(memory.slots[run.at])
        return (output, *(_end(run, memory) if run.present is None else ()))

    @staticmethod
    def backward(ctx: Any, d_output: Tensor | None, *d_states: Tensor | None) -> Any:
        if torch.is_grad_enabled():
            raise InputError(
                "the fused engine has no second derivatives. Build the network with "
                "engine='torch', or leave out create_graph."
            )
        run, flat = ctx.run, ctx.flat
        plan, steps, dtype = run.plan, run.steps, flat.dtype
        shape, states, shapes = ctx.shapes
        columns = ctx.letters.shape[1]
        full, units = int(steps.width[0]), int(plan.units[-1])
        largest = int(np.diff(plan.units).max())
        sizes = (
            plan.slot_rows * steps.tokens, units * full, units * full,
            run.rows * largest * steps.tokens, run.table_size(columns),
        )
        lease = run.pool.take(sizes, dtype)
        d_slots, carry_h, carry_c, d, table = lease.arrays
        for array in (d_slots, carry_h, carry_c):
            array.fill(0)
        if d_output is not None:
            np.add.at(d_slots, run.at, d_output.numpy())
        _put(run, (carry_h, carry_c), [None if d is None else d.numpy() for d in d_states])
        gradient = np.zeros(len(flat), dtype)
        d_letters = np.zeros_like(ctx.letters)
        backward(
            dtype, plan, steps, plan.weights(flat, True), run.codes, ctx.letters.ravel(),
            make_steps(np.array([columns]), True), table, ctx.memory,
            d_slots, carry_h, carry_c, d, d_letters.ravel(), gradient,
        )
        d_inputs = None
        if ctx.needs_input_grad[1]:
            d_inputs = np.zeros(shape, dtype)
            if run.present is None:
                slots = d_slots.reshape(len(steps.width), plan.slot_rows, -1)
                d_inputs[:] = slots[:, : plan.input_rows, : run.batch].transpose(0, 2, 1)
            else:
                d_inputs[run.present] = d_letters[:, : len(run.present)].T
            d_inputs = torch.from_numpy(d_inputs)
        d_given = _get(run, (carry_h, carry_c)) if states else []
        whole = torch.from_numpy(gradient[:-1]).split([s.numel() for s in shapes])
        parts = [part.view(s) for part, s in zip(whole, shapes, strict=True)]
        return None, d_inputs, None, *d_given, *parts


def _start(run: _Run, memory: Memory, given: list[Array]) -> None:
    """Write the initial state (zeros by default) to where the first step looks for it."""
    full = int(run.steps.width[0])
    per_block = 2 if run.lstm else 1
    for kind, array in enumerate((memory.h, memory.c)[:per_block]):
        for i, (first, last) in enumerate(zip(run.plan.units, run.plan.units[1:], strict=False)):
            begin = first * run.steps.state_columns
            part = array[begin : begin + (last - first) * full]
            part.fill(0)
            if given:
                part.reshape(last - first, full)[:, : run.batch] = given[per_block * i + kind].T


def _end(run: _Run, memory: Memory) -> list[Tensor]:
    """The states after the last step: h or h, c of each block, (B, H)."""
    width, at, result = int(run.steps.width[-1]), int(run.steps.state_at[-1]), []
    for first, last in zip(run.plan.units, run.plan.units[1:], strict=False):
        begin = first * run.steps.state_columns + (last - first) * at
        for array in (memory.h, memory.c) if run.lstm else (memory.h,):
            part = array[begin : begin + (last - first) * width].reshape(last - first, width)
            result.append(torch.from_numpy(part[:, : run.batch].T.copy()))
    return result


def _put(run: _Run, carries: tuple[Array, Array], d_states: Sequence[Array | None]) -> None:
    """Write the gradients of the last states."""
    per_block = 2 if run.lstm else 1
    for kind, carry in enumerate(carries[:per_block]):
        for part, d in zip(run.states(carry), d_states[kind::per_block], strict=False):
            if d is not None:
                part[:, : run.batch] = d.T


def _get(run: _Run, carries: tuple[Array, Array]) -> list[Tensor]:
    """The gradients of the initial states, as `_end` orders states."""
    kinds = [run.states(carry) for carry in (carries if run.lstm else carries[:1])]
    return [
        torch.from_numpy(part[:, : run.batch].T.copy())
        for parts in zip(*kinds, strict=True)
        for part in parts
    ]


class Engine:
    """Runs one wiring on the CPU.

    Args:
        wiring: with the masks that are in force.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.pool = _Pool()
        self._plans: dict[bool, Plan] = {}

    def _plan(self, letters: bool) -> Plan:
        if letters not in self._plans:
            self._plans[letters] = make_plan(self.wiring, letters)
        return self._plans[letters]

    @property
    def looks_up(self) -> bool:
        """Whether input features need not exist one by one: nobody but blocks touches them."""
        wiring = self.wiring
        touched = [wiring.readout, *(block.adds_to for block in wiring.blocks)]
        return bool(min(np.min(slots, initial=wiring.slots) for slots in touched)
                    >= wiring.input_size)

    def letters(
        self, embedding: Tensor, codes: Tensor, lengths: Tensor, parameters: Sequence[Tensor]
    ) -> Tensor:
        """The (B, readout) outputs of strings at the step that the wiring reads.

        Args:
            embedding: (letters, input features).
            codes: (T, B) letters.
            lengths: (B,) number of letters.
            parameters: of the blocks, in order.
        """
        check(embedding, *parameters)
        keep = torch.is_grad_enabled()
        last_letter = self.wiring.readout_step == "last_letter"
        batch = pack_letters(codes.numpy(), lengths.numpy(), len(embedding), last_letter, keep)
        plan, steps, last = self._plan(True), batch.steps, batch.last[:, None]
        rows = self.wiring.readout - self.wiring.input_size
        at = plan.slot_rows * steps.token_at[last] + rows * steps.width[last]
        at += np.arange(len(last))[:, None]
        places = np.empty_like(at)
        places[batch.order] = at
        run = self._run(plan, steps, batch.codes, batch.present, codes.shape[1], places)
        return _Recurrence.apply(run, embedding, 0, *parameters)[0]

    def features(
        self,
        inputs: Tensor,
        state: Sequence[Sequence[Tensor]] | None,
        readout: IntArray,
        parameters: Sequence[Tensor],
    ) -> tuple[Tensor, tuple[tuple[Tensor, ...], ...]]:
        """The (T, B, readout) outputs at all steps, and each block's last state.

        Args:
            inputs: (T, B, input features).
            state: each block's initial state, or zeros.
            readout: the slots to return.
            parameters: of the blocks, in order.
        """
        given = [tensor for block in state or () for tensor in block]
        check(inputs, *given, *parameters)
        length, batch, _ = inputs.shape
        plan = self._plan(False)
        steps = make_steps(np.full(length, batch), torch.is_grad_enabled())
        at = plan.slot_rows * steps.token_at[:, None, None] + np.arange(batch)[:, None]
        at = at + readout * steps.width[0]
        run = self._run(plan, steps, np.zeros(0, np.int64), None, batch, at)
        output, *flat = _Recurrence.apply(run, inputs, len(given), *given, *parameters)
        each = 2 if run.lstm else 1
        return output, tuple(tuple(flat[i : i + each]) for i in range(0, len(flat), each))

    def _run(self, plan: Plan, steps: Steps, codes: IntArray, present: Any, batch: int, at: Any
             ) -> _Run:
        cell = self.wiring.cell
        return _Run(plan, steps, codes, present, cell == "lstm", ROWS[cell], batch, at, self.pool)


def check(*tensors: Tensor) -> None:
    """Refuse what the kernels can't run.

    Raises:
        InputError: not on the CPU, not float32 or float64, or of mixed types.
    """
    dtype = tensors[0].dtype
    wrong = next(
        (t for t in tensors if t.device.type != "cpu" or t.dtype != dtype or t.is_sparse), None
    )
    if wrong is None and dtype in (torch.float32, torch.float64):
        if torch.is_autocast_enabled("cpu"):
            raise InputError("the fused engine doesn't run under autocast. Leave it, or build the "
                             "network with engine='torch'.")
        return
    wrong = tensors[0] if wrong is None else wrong
    raise InputError(
        f"the fused engine runs tensors of one type, float32 or float64, on the CPU; got "
        f"{wrong.dtype} on {wrong.device} beside {dtype} on {tensors[0].device}. Convert them, or "
        "build the network with engine='torch'."
    )
