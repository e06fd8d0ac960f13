"""One batch on its way through a network and back."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.batch import Back, BatchLayout, Memory
from sparsernn.engine.kernel_plan import KernelPlan, Weights
from sparsernn.engine.kernels import backward, forward
from sparsernn.engine.memory import Pool, aligned, carve, fresh, needed
from sparsernn.engine.packed import ALL, Parameters
from sparsernn.engine.slices import Sliced
from sparsernn.errors import InputError

__all__ = ["Run", "refuse_second_derivatives"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]
_NONE = np.empty(0, np.int64)


@dataclass(frozen=True)
class Run:
    """One batch on its way through a network.

    Attributes:
        plan: the wiring.
        layout: the batch.
        shape: of what is read out.
        pool: of memory.
        gradients: that of gradients, which live longer.
        present: the letters that occur.
        sliced: the sums in slices, where these are faster; see `engine.strategy`.
        parameters: those that the plan is for.
    """

    plan: KernelPlan
    layout: BatchLayout
    shape: tuple[int, ...]
    pool: Pool
    gradients: Pool
    present: IntArray
    sliced: Sliced | None = None
    parameters: Parameters = ALL

    @cached_property
    def _memory_sizes(self) -> tuple[int, ...]:
        edges = self.plan.weight_sizes()
        if self.sliced is not None:
            edges = edges[0], len(self.sliced.ih.source), len(self.sliced.hh.source)
        return Memory.sizes(self.plan, self.layout.steps, int(self.layout.columns[0]), edges)

    @cached_property
    def _back_sizes(self) -> tuple[int, ...]:
        edges, dots = self.plan.weight_sizes(), 0
        if self.sliced is not None:
            dots = max(len(self.sliced.ih.source), len(self.sliced.hh.source))
            edges = edges[0], len(self.sliced.ih_t.source), len(self.sliced.hh_t.source)
        columns = int(self.layout.columns[0])
        return Back.sizes(self.plan, self.layout.steps, columns, edges, dots)

    def take(self, dtype: Any) -> Tensor:
        """Memory for the forward pass; it has to live until the way back is done."""
        return self.pool.take(needed(self._memory_sizes), dtype)

    def memory(self, room: Tensor) -> Memory:
        """What is in the room that `take` gave."""
        return Memory.of(carve(room, self._memory_sizes))

    def own_memory(self, dtype: Any) -> Memory:
        """As `memory`, in no pool."""
        return self.memory(fresh(needed(self._memory_sizes), dtype))

    def picked(self, memory: Memory) -> dict[str, Any]:
        """Copies of the weights and biases that a run has left in its memory."""
        bias, *weights = aligned([memory.bias, *memory.weights])
        return {"bias": bias, "weights": Weights(*weights)}

    def back(self, dtype: Any) -> Back:
        """Room for the way back."""
        sizes = self._back_sizes
        return Back.of(carve(self.pool.take(needed(sizes), dtype), sizes))

    def forward(self, memory: Memory, flat: Array, given: bool, picked: bool = False) -> Array:
        """What is read out.

        `given` says whether `memory` holds an initial state, and `picked` whether it holds the
        weights, as it does after a run with the same ones.
        """
        output = np.empty(self.shape, flat.dtype)
        read = output.ravel()
        plan = self.plan, self.sliced, self.layout
        forward(flat.dtype, *plan, flat, given, picked, memory, read)
        return output

    def backward(
        self,
        memory: Memory,
        flat: Array,
        d_output: Array,
        back: Back,
        gradient: Array,
        given: bool = False,
        inputs: bool = True,
    ) -> None:
        """`gradient` gains that of the parameters; `back` gets the others.

        `given` says whether `back` holds the gradient of the last states, and `inputs` whether that
        of the inputs is wanted.
        """
        batch = self.plan, self.sliced, self.layout, flat, given
        backward(flat.dtype, *batch, memory, back, d_output.ravel(), gradient, inputs)

    def by_letter(self, array: Array) -> Array:
        """An array of the letters' features as (features, columns)."""
        return array.reshape(self.plan.features, -1)

    def parted(self) -> tuple["Run", Tensor, Tensor]:
        """The run without its large arrays, and these, for PyTorch to keep as long as it must."""
        layout = self.layout._replace(codes=_NONE, at=_NONE)
        large = torch.from_numpy(self.layout.codes), torch.from_numpy(self.layout.at)
        return replace(self, layout=layout), *large

    def joined(self, codes: Tensor, at: Tensor) -> "Run":
        """The run that was `parted`."""
        layout = self.layout._replace(codes=codes.numpy(), at=at.numpy())
        return replace(self, layout=layout)


def refuse_second_derivatives() -> None:
    """Called on the way back, where PyTorch records it only to take its derivative.

    Raises:
        InputError: it does.
    """
    if torch.is_grad_enabled():
        raise InputError(
            "the fused engine has no second derivatives. Build the network with engine='torch', "
            "or leave out create_graph."
        )
