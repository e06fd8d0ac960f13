"""Parts of a batch on several threads: kernels let go of Python's lock while they run."""

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

import numpy as np
import torch

from sparsernn.engine.cells import LANES

__all__ = ["PARTS", "columns_of", "on_threads"]

S = TypeVar("S")
T = TypeVar("T")
PARTS = 8
"""Into so many parts a batch is cut at most: more threads find no work."""


def columns_of(batch: int) -> list[slice]:
    """The columns of each part: a multiple of 16, but for the last.

    They do not depend on the number of threads, so that no result does.

    Example:
        >>> columns_of(40), len(columns_of(1000))
        ([slice(0, 16, None), slice(16, 32, None), slice(32, 40, None)], 8)
    """
    width = max(1, -(-batch // (PARTS * LANES))) * LANES
    return [slice(start, min(start + width, batch)) for start in range(0, batch, width)]


def on_threads(threads: int, do: Callable[[S], T], parts: Sequence[S]) -> list[T]:
    """What is done with each part, in their order, on so many threads at once."""
    if threads == 1 or len(parts) == 1:
        return [do(part) for part in parts]
    run: Iterable[T] = _executor(min(threads, PARTS), _flushes_denormals()).map(do, parts)
    return list(run)


def _flushes_denormals() -> bool:
    """Whether this thread takes numbers below 1e-38 for 0."""
    with np.errstate(under="ignore"):
        return float(np.float32(1e-38) * np.float32(0.1)) == 0


@cache
def _executor(threads: int, flush: bool) -> Executor:
    """Threads that compute like the one that asks for them."""
    return ThreadPoolExecutor(threads, "sparsernn", torch.set_flush_denormal, (flush,))


if hasattr(os, "register_at_fork"):  # a process that was forked has none of the threads
    os.register_at_fork(after_in_child=_executor.cache_clear)
