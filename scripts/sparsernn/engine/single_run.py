"""Sequences on their way through a network and back, one at a time; see `engine.singles`."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.batch import Steps, make_steps
from sparsernn.engine.kernel_plan import KernelPlan
from sparsernn.engine.memory import Pool, aligned, carve, fresh, needed
from sparsernn.engine.packed import Parameters
from sparsernn.engine.singles import CHUNK, backward_singles, forward_singles
from sparsernn.engine.slices import Sliced
from sparsernn.engine.strips import ROWS, Stripped

__all__ = ["SingleBack", "SingleLayout", "SingleMemory", "SingleRun", "single_steps"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


def single_steps(tokens: int) -> Steps:
    """So many tokens in chunks, as if each chunk were a step, and its tokens strings."""
    return make_steps(np.minimum(tokens - np.arange(0, tokens, CHUNK), CHUNK), True)


class SingleLayout(NamedTuple):
    """Sequences, one after another.

    Attributes:
        steps: chunks of their tokens.
        start: (sequences + 1,) first token of each sequence, and the number of all.
        at: places in the slots that are read out.
        rows: of the slots, that are read out at all steps of even sequences, (T, B, rows); or none.
        numbers: 0, 1, 2 and so on, for all rows of a block.
    """

    steps: Steps
    start: IntArray
    at: IntArray
    rows: IntArray
    numbers: IntArray


class SingleMemory(NamedTuple):
    """What a forward pass computes; of each block one part, token by token.

    Attributes:
        states: all outputs h, then further states (LSTM: c), of each token and before the first.
        act: sums; and after a token, what the cell saves for the way back.
        slots: of each chunk, (rows, tokens).
        bias: what each row's sum starts from.
        table: sums over slots of one block, (rows, tokens) of each chunk.
        room: for the rows of a strip.
        ih, hh: weights of all edges.
    """

    states: Array
    act: Array
    slots: Array
    bias: Array
    table: Array
    room: Array
    ih: Array
    hh: Array


class SingleBack(NamedTuple):
    """Room for the way back.

    Attributes:
        carry: (sequences, states, units) gradient of the states, of the token at hand.
        d_slots: as the slots.
        d: of one block's sums, token by token.
        gained: of one block's outputs, token by token.
        heard: one block's outputs at the token before, (units, tokens) of each chunk.
        room: for a tile of sums, or for the gradient of each edge of one kind.
        ih, hh: weights of all edges, from their other end.
    """

    carry: Array
    d_slots: Array
    d: Array
    gained: Array
    heard: Array
    room: Array
    ih: Array
    hh: Array


@dataclass(frozen=True)
class SingleRun:
    """Sequences on their way through a network; as `engine.run.Run`.

    Attributes:
        plan: the wiring, without letters.
        sliced: its sums in slices, where these are faster.
        stripped: those over units in strips.
        layout: the sequences.
        shape: of what is read out.
        pool: of memory.
        gradients: that of gradients, which live longer.
        parameters: those that the plan is for.
    """

    plan: KernelPlan
    sliced: Sliced | None
    stripped: Stripped
    layout: SingleLayout
    shape: tuple[int, ...]
    pool: Pool
    gradients: Pool
    parameters: Parameters

    @cached_property
    def _memory_sizes(self) -> tuple[int, ...]:
        plan, tokens = self.plan, int(self.layout.start[-1])
        units, padded = int(plan.units[-1]), self.layout.steps.tokens
        rows = plan.bias.shape[1]
        ih = len((plan if self.sliced is None else self.sliced).ih.source)
        return (
            plan.states * units * (tokens + len(self.layout.start) - 1),
            plan.saved_rows * units * tokens,
            plan.slot_rows * padded,
            rows,
            len(self.layout.numbers) * padded,
            ROWS,
            ih,
            len(self.stripped.hh.look),
        )

    @cached_property
    def _back_sizes(self) -> tuple[int, ...]:
        plan, padded = self.plan, self.layout.steps.tokens
        ih, edges = len((plan if self.sliced is None else self.sliced).ih_t.source), 0
        if self.sliced is not None:
            edges = max(len(self.sliced.ih.source), len(self.sliced.hh.source))
        return (
            (len(self.layout.start) - 1) * plan.states * int(plan.units[-1]),
            plan.slot_rows * padded,
            len(self.layout.numbers) * padded,
            plan.largest * padded,
            plan.largest * padded,
            max(ROWS, edges),
            ih,
            len(self.stripped.hh_t.look),
        )

    def take(self, dtype: Any) -> Tensor:
        """Memory for the forward pass; it has to live until the way back is done."""
        return self.pool.take(needed(self._memory_sizes), dtype)

    def memory(self, room: Tensor) -> SingleMemory:
        """What is in the room that `take` gave."""
        return SingleMemory._make(carve(room, self._memory_sizes))

    def own_memory(self, dtype: Any) -> SingleMemory:
        """As `memory`, in no pool."""
        return self.memory(fresh(needed(self._memory_sizes), dtype))

    def picked(self, memory: SingleMemory) -> dict[str, Any]:
        """Copies of the weights and biases that a run has left in its memory."""
        bias, ih, hh = aligned([memory.bias, memory.ih, memory.hh])
        return {"bias": bias, "ih": ih, "hh": hh}

    def back(self, dtype: Any) -> SingleBack:
        """Room for the way back."""
        sizes = self._back_sizes
        return SingleBack._make(carve(self.pool.take(needed(sizes), dtype), sizes))

    def forward(
        self, memory: SingleMemory, flat: Array, given: bool, picked: bool = False
    ) -> Array:
        """As `engine.run.Run.forward`."""
        output = np.empty(self.shape, flat.dtype)
        plan = self.plan, self.sliced, self.stripped.hh, self.layout
        forward_singles(flat.dtype, *plan, flat, given, picked, memory, output.ravel())
        return output

    def backward(
        self,
        memory: SingleMemory,
        flat: Array,
        d_output: Array,
        back: SingleBack,
        gradient: Array,
        given: bool = False,
        inputs: bool = True,
    ) -> None:
        """As `engine.run.Run.backward`; what `back` holds of the last states may be 0."""
        plan = self.plan, self.sliced, self.stripped.hh_t, self.layout
        batch = flat, memory, back, d_output.ravel()
        backward_singles(flat.dtype, *plan, *batch, gradient, inputs)

    def parted(self) -> tuple["SingleRun", Tensor]:
        """The run without its large array, and this, for PyTorch to keep as long as it must."""
        layout = self.layout._replace(at=self.layout.at[:0].copy())
        return replace(self, layout=layout), torch.from_numpy(self.layout.at)

    def joined(self, at: Tensor) -> "SingleRun":
        """The run that was `parted`."""
        return replace(self, layout=self.layout._replace(at=at.numpy()))
