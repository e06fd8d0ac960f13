"""Measuring things in turn, so that whatever else the machine does touches all of them alike."""

import statistics
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

__all__ = ["in_turn", "median", "ratio"]

LEAST = 0.05  # seconds that are measured at once: calls follow each other, as in use


def seconds(function: Callable[[], Any]) -> float:
    """Wall time of one call, of as many in a row as fill `LEAST`."""
    start, calls = perf_counter(), 0
    while calls == 0 or perf_counter() - start < LEAST:
        function()
        calls += 1
    return (perf_counter() - start) / calls


def in_turn(functions: Sequence[Callable[[], Any]], rounds: int) -> list[list[float]]:
    """Seconds of a call of each function in each round: A, B, C, A, B, C, and so on.

    Each is called once before, which doesn't count.
    """
    for function in functions:
        function()
    measured = [[seconds(function) for function in functions] for _ in range(rounds)]
    return [list(times) for times in zip(*measured, strict=True)]


def ratio(of: Sequence[float], to: Sequence[float]) -> float:
    """How many times as long one took as another: the median over rounds.

    Neighbours in time share what else the machine does, so the ratio is taken round by round.
    """
    return statistics.median(a / b for a, b in zip(of, to, strict=True))


def median(function: Callable[[], Any], times: int) -> float:
    """Median of the seconds of a call, after one that doesn't count."""
    return statistics.median(in_turn([function], times)[0])
