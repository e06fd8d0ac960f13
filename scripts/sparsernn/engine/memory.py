"""Memory that is used again: fresh pages cost as much as the sums that fill them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Lease", "Pool"]

Array = npt.NDArray[Any]
LINE = 16  # arrays start on a cache line: 16 numbers or more


class Pool:
    """Buffers that no batch uses at the moment; at most two, for the way there and back."""

    def __init__(self) -> None:
        self.free: list[Array] = []

    def take(self, sizes: Sequence[int], dtype: Any, form: Callable[..., Any]) -> "Lease":
        """Lease arrays, not cleared.

        Args:
            sizes: numbers in each.
            dtype: their type.
            form: makes one value of them all.
        """
        needed = sum(sizes) + LINE * len(sizes)
        fitting = [b for b in self.free if b.dtype == dtype and b.size >= needed]
        if fitting:
            buffer = min(fitting, key=len)
            self.free = [b for b in self.free if b is not buffer]
        else:
            buffer = np.empty(needed, dtype)
        arrays, start = [], 0
        for size in sizes:
            arrays.append(buffer[start : start + size])
            start += -(-size // LINE) * LINE
        return Lease(self, buffer, form(*arrays))

    def give(self, buffer: Array) -> None:
        """Take a buffer back; of more than two, the smallest is dropped."""
        self.free = sorted([*self.free, buffer], key=len)[-2:]

    def __deepcopy__(self, memo: Any) -> "Pool":
        return Pool()

    def __reduce__(self) -> Any:
        return Pool, ()


class Lease:
    """Arrays for one user, until the lease is dropped."""

    def __init__(self, pool: Pool, buffer: Array, value: Any) -> None:
        self.pool, self.buffer, self.value = pool, buffer, value

    def __del__(self) -> None:
        self.pool.give(self.buffer)
