"""Memory that batches use again and again: allocating costs as much as the sums that fill it."""

import weakref
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

__all__ = ["Pool", "aligned", "carve", "fresh", "needed"]

Array = npt.NDArray[Any]
LINE = 16  # arrays start on a cache line: 16 numbers or more


class Pool:
    """Buffers that nothing uses at the moment.

    Any number of threads may take from it: it holds no lock, as a buffer may come back at any
    time, also while the same thread takes one.
    """

    def __init__(self) -> None:
        self.free: list[Array] = []
        self.kept = 2
        """So many buffers at most."""

    def keep(self, buffers: int) -> None:
        """Keep so many, if it keeps fewer."""
        self.kept = max(self.kept, buffers)

    def take(self, numbers: int, dtype: Any) -> Tensor:
        """A vector, not cleared. Its memory comes back once nothing refers to it any more.

        Args:
            numbers: its length.
            dtype: numpy's type of its numbers.
        """
        found: list[Array] = []
        while True:
            try:
                found.append(self.free.pop())
            except IndexError:
                break
        fitting = [buffer for buffer in found if buffer.dtype == dtype and len(buffer) >= numbers]
        if fitting:
            buffer = min(fitting, key=len)
            rest = [other for other in found if other is not buffer]
        else:
            buffer = fresh(numbers, dtype).numpy()
            rest = sorted(found, key=len)[len(found) >= self.kept :]
        for other in rest:
            self._give(other)
        lent = buffer[:numbers]
        weakref.finalize(lent, self._give, buffer).atexit = False
        return torch.from_numpy(lent)  # which alone refers to `lent`

    def zeros(self, numbers: int, dtype: Any) -> Array:
        """As `take`, cleared. Fresh pages of a large gradient would take longer than its sums."""
        found: Array = self.take(numbers, dtype).numpy()
        found.fill(0)
        return found

    def _give(self, buffer: Array) -> None:
        if len(self.free) < self.kept:
            self.free.append(buffer)

    def __deepcopy__(self, memo: Any) -> "Pool":
        return Pool()

    def __reduce__(self) -> Any:
        return Pool, ()


def fresh(numbers: int, dtype: Any) -> Tensor:
    """A new vector, not cleared, that starts on a cache line; `dtype` is numpy's."""
    return torch.empty(numbers, dtype=torch.from_numpy(np.empty(0, dtype)).dtype)


def needed(sizes: Sequence[int]) -> int:
    """Numbers in a vector that holds arrays of these sizes."""
    return sum(-(-size // LINE) * LINE for size in sizes)


def carve(memory: Tensor, sizes: Sequence[int]) -> list[Array]:
    """Arrays of these sizes, side by side in a vector of `needed(sizes)` numbers.

    They keep the vector's memory from coming back to its pool.
    """
    whole, arrays, start = memory.numpy(), [], 0
    for size in sizes:
        arrays.append(whole[start : start + size])
        start += -(-size // LINE) * LINE
    return arrays


def aligned(arrays: Sequence[Array]) -> list[Array]:
    """Copies that start on cache lines, as those in a run's memory do."""
    sizes = [len(array) for array in arrays]
    copies = carve(fresh(needed(sizes), arrays[0].dtype), sizes)
    for copy, array in zip(copies, arrays, strict=True):
        copy[:] = array
    return copies
