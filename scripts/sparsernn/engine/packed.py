"""The parameters that count, in one vector: of a large sparse network most don't exist.

Copying all of them, and their gradient, would cost as much as the sums.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.cache import kernel
from sparsernn.engine.kernel_plan import Edges, KernelPlan
from sparsernn.engine.memory import Pool, carve, needed
from sparsernn.engine.vectors import item, put

__all__ = ["ALL", "Packed", "Parameters", "flatten", "pack", "split"]

Array = npt.NDArray[Any]
IntArray = npt.NDArray[np.int64]


@kernel
def gather(numbers: Array, places: IntArray, found: Array) -> None:
    """found[:] = numbers[places], for places that aren't negative."""
    for k in range(len(places)):
        put(found, k, item(numbers, item(places, k)))


@kernel
def scatter(numbers: Array, places: IntArray, into: Array) -> None:
    """into[places] = numbers, for places that aren't negative."""
    for k in range(len(places)):
        put(into, item(places, k), item(numbers, k))


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


class All:
    """All parameters."""

    def gathered(self, parameters: Sequence[Tensor]) -> Tensor:
        """All in one new vector."""
        return flatten([*parameters, parameters[0].new_empty(0)])

    def scattered(self, vector: Array, shapes: Sequence[torch.Size], pool: Pool) -> list[Tensor]:
        """Parts of a vector, of these shapes."""
        return split(vector, shapes)


ALL = All()


class Packed(NamedTuple):
    """Which numbers of each parameter are in the vector.

    Attributes:
        places: of each parameter, in its flattened form.
        first: (parameters + 1,) where each one's numbers begin in the vector.
    """

    places: tuple[IntArray, ...]
    first: IntArray

    def gathered(self, parameters: Sequence[Tensor]) -> Tensor:
        """The vector."""
        parts = [part.detach().numpy().reshape(-1) for part in parameters]
        vector = np.empty(self.first[-1], parts[0].dtype)
        for part, places, begin, end in self._each(parts):
            if end - begin == len(part):
                vector[begin:end] = part
            else:
                gather(vector.dtype, part, places, vector[begin:end])
        return torch.from_numpy(vector)

    def scattered(self, vector: Array, shapes: Sequence[torch.Size], pool: Pool) -> list[Tensor]:
        """Parameters with the numbers of a vector, and 0 elsewhere, in memory of a pool."""
        sizes = [shape.numel() for shape in shapes]
        parts = carve(torch.from_numpy(pool.zeros(needed(sizes), vector.dtype)), sizes)
        for part, places, begin, end in self._each(parts):
            if end - begin == len(part):
                part[:] = vector[begin:end]
            else:
                scatter(vector.dtype, vector[begin:end], places, part)
        return [
            torch.from_numpy(part).view(shape) for part, shape in zip(parts, shapes, strict=True)
        ]

    def _each(self, parts: Sequence[Array]) -> Any:
        return zip(parts, self.places, self.first[:-1], self.first[1:], strict=True)


Parameters: TypeAlias = All | Packed


def pack(plan: KernelPlan, sizes: Sequence[int]) -> tuple[KernelPlan, Packed]:
    """A plan without letters for a vector of the parameters that it uses; and which these are.

    Args:
        plan: for all parameters.
        sizes: of the parameters, in order.
    """
    used = np.zeros(plan.parameters, bool)
    for edges in (plan.ih, plan.hh):
        used[edges.position] = True
    used[plan.bias[plan.bias >= 0]] = True
    rank = np.cumsum(used) - 1
    ends = np.cumsum(sizes)
    parts = np.split(used, ends[:-1])
    places = tuple(np.flatnonzero(part) for part in parts)
    first = np.append(0, np.cumsum([len(each) for each in places]))

    def ranked(edges: Edges) -> Edges:
        return edges._replace(position=rank[edges.position])

    packed = plan._replace(
        bias=np.where(plan.bias >= 0, rank[plan.bias], -1),
        parameters=int(first[-1]),
        ih=ranked(plan.ih),
        hh=ranked(plan.hh),
        ih_t=ranked(plan.ih_t),
        hh_t=ranked(plan.hh_t),
    )
    return packed, Packed(places, first)
