"""Measuring two things in turn, on one thread, and saying on what machine."""

import os
import statistics
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
import torch

from sparsernn.files.environment import machine, versions

__all__ = ["alternate", "conditions", "median", "row", "sgemm_rate"]

Row = dict[str, Any]


LEAST = 0.05  # seconds that are measured at once: steps follow each other, as in training


def seconds(function: Callable[[], Any]) -> float:
    """Wall time of one call, of as many in a row as fill `LEAST`."""
    start, calls = perf_counter(), 0
    while calls == 0 or perf_counter() - start < LEAST:
        function()
        calls += 1
    return (perf_counter() - start) / calls


def alternate(
    ours: Callable[[], Any], other: Callable[[], Any], pairs: int
) -> tuple[float, float, float]:
    """Medians of seconds of A, of B, and of B / A pair by pair, over A, B, A, B … in turn.

    Neighbours in time share what else the machine does, so the ratio is of pairs.
    """
    ours(), other()
    times = [(seconds(ours), seconds(other)) for _ in range(pairs)]
    ratio = statistics.median(b / a for a, b in times)
    return statistics.median(a for a, _ in times), statistics.median(b for _, b in times), ratio


def median(function: Callable[[], Any], times: int) -> float:
    """Median of seconds, after one call that doesn't count."""
    function()
    return statistics.median(seconds(function) for _ in range(times))


def row(
    benchmark: str,
    cell: str,
    case: str,
    ours: float,
    other: float = float("nan"),
    ratio: float = float("nan"),
) -> Row:
    """One line of the summary."""
    return {
        "benchmark": benchmark,
        "cell": cell,
        "case": case,
        "seconds_ours": ours,
        "seconds_other": other,
        "ratio": ratio,
    }


def sgemm_rate(size: int = 768) -> float:
    """Float operations a second of the machine's own single-precision matrix product."""
    a, b = (np.random.default_rng(i).random((size, size), np.float32) for i in range(2))
    return 2 * size**3 / median(lambda: a @ b, 9)


def conditions() -> dict[str, Any]:
    """What the numbers were measured on, and with."""
    return {
        **machine(),
        **versions(["torch", "numba"]),
        "threads": torch.get_num_threads(),
        "load": list(os.getloadavg()),
        "sgemm_gflops": round(sgemm_rate() / 1e9, 1),
    }
