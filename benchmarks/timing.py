"""Measuring two things in turn, on one thread, and saying on what machine."""

import os
import statistics
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from sparsernn.files.environment import machine, versions
from sparsernn.speed.timing import in_turn, median, ratio

__all__ = ["alternate", "conditions", "row", "sgemm_rate"]

Row = dict[str, Any]


def alternate(
    ours: Callable[[], Any], other: Callable[[], Any], pairs: int
) -> tuple[float, float, float]:
    """Medians of seconds of A, of B, and of B / A pair by pair, over A, B, A, B … in turn."""
    a, b = in_turn([ours, other], pairs)
    return statistics.median(a), statistics.median(b), ratio(b, a)


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
