"""One batch on its way through a network and back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.batch import Back, BatchLayout, Memory
from sparsernn.engine.kernel_plan import KernelPlan
from sparsernn.engine.kernels import backward, forward
from sparsernn.engine.memory import Pool, carve, needed
from sparsernn.errors import InputError

__all__ = ["Run", "flatten", "refuse_second_derivatives", "split"]

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
        present: the letters that occur.
    """

    plan: KernelPlan
    layout: BatchLayout
    shape: tuple[int, ...]
    pool: Pool
    present: IntArray

    def _sizes(self, kind: type[Memory] | type[Back]) -> tuple[int, ...]:
        return kind.sizes(self.plan, self.layout.steps, int(self.layout.columns[0]))

    def take(self, dtype: Any) -> Tensor:
        """Memory for the forward pass; it has to live until the way back is done."""
        return self.pool.take(needed(self._sizes(Memory)), dtype)

    def memory(self, room: Tensor) -> Memory:
        """What is in the room that `take` gave."""
        return Memory.of(carve(room, self._sizes(Memory)))

    def back(self, dtype: Any) -> Back:
        """Room for the way back."""
        sizes = self._sizes(Back)
        return Back.of(carve(self.pool.take(needed(sizes), dtype), sizes))

    def forward(self, memory: Memory, flat: Array, given: bool) -> Array:
        """What is read out; `given` says whether `memory` holds an initial state."""
        output = np.empty(self.shape, flat.dtype)
        forward(flat.dtype, self.plan, self.layout, flat, given, memory, output.ravel())
        return output

    def backward(
        self,
        memory: Memory,
        flat: Array,
        d_output: Array,
        back: Back,
        gradient: Array,
        given: bool = False,
    ) -> None:
        """`gradient` gains that of the parameters; `back` gets the others.

        `given` says whether `back` holds the gradient of the last states.
        """
        d_output = d_output.ravel()
        backward(flat.dtype, self.plan, self.layout, flat, given, memory, back, d_output, gradient)

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


def flatten(parameters: Sequence[Tensor], copy: bool = True) -> Tensor:
    """All parameters in one vector; with `copy` a new one, which later steps don't change."""
    if len(parameters) == 1 and not copy:
        return parameters[0].detach().reshape(-1)
    return torch.cat([parameter.reshape(-1) for parameter in parameters])


def split(gradient: Array, shapes: Sequence[torch.Size]) -> list[Tensor]:
    """Parts of a vector, of these shapes."""
    if len(shapes) == 1:
        return [torch.from_numpy(gradient).view(shapes[0])]
    parts = torch.from_numpy(gradient).split([shape.numel() for shape in shapes])
    return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
