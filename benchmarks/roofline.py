"""What the processor could do at best, and the least time that a network's sums would need.

References:
    Williams, Waterman and Patterson, Roofline, Communications of the ACM 52(4), 2009.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import torch

from sparsernn.engine.vectors import OPTIONS, load, splat, store
from sparsernn.speed.timing import median
from sparsernn.wiring.wiring import Wiring

__all__ = ["least_seconds", "peaks"]

Array = npt.NDArray[Any]
LANES = 16  # of float32, a cache line
TURNS = 20_000
EDGE = 6  # bytes: a weight, and the number of its source with 16 bits


@numba.njit(**OPTIONS)
def multiply(numbers: Array, turns: int) -> None:
    """Ten sums at once, each with one multiply-add a turn; AVX-512 has registers for all."""
    x = load(splat(16, numbers.dtype.type(0)), numbers, 0)
    a = b = c = d = e = f = g = h = i = j = x
    for _ in range(turns):
        a, b, c, d, e = a * x + x, b * x + x, c * x + x, d * x + x, e * x + x
        f, g, h, i, j = f * x + x, g * x + x, h * x + x, i * x + x, j * x + x
    store(a + b + c + d + e + f + g + h + i + j, numbers, 0)


@numba.njit(**OPTIONS)
def read(numbers: Array, turns: int) -> None:
    """Eight sums over an array, again and again."""
    zero = splat(16, numbers.dtype.type(0))
    a = b = c = d = e = f = g = h = zero
    for _ in range(turns):
        for at in range(0, len(numbers), 128):
            a, b = a + load(zero, numbers, at), b + load(zero, numbers, at + 16)
            c, d = c + load(zero, numbers, at + 32), d + load(zero, numbers, at + 48)
            e, f = e + load(zero, numbers, at + 64), f + load(zero, numbers, at + 80)
            g, h = g + load(zero, numbers, at + 96), h + load(zero, numbers, at + 112)
    store(a + b + c + d + e + f + g + h, numbers, 0)


@cache
def peaks() -> dict[str, float]:
    """Of one thread, a second: multiply-adds of float32; bytes from L1, and copied in memory."""
    line, first = np.ones(LANES, np.float32), torch.zeros(4096).numpy()  # 16 kB of whole lines
    whole = np.zeros(1 << 25, np.float32)  # 128 MB
    other = np.empty_like(whole)
    turns = TURNS // 64  # each reads 256 vectors
    return {
        "multiply-adds": 10 * LANES * TURNS / median(lambda: multiply(line, TURNS), 9),
        "L1": first.nbytes * turns / median(lambda: read(first, turns), 9),
        "memory": 2 * whole.nbytes / median(lambda: np.copyto(other, whole), 5),
    }


def least_seconds(wiring: Wiring, steps: int, batch: int, trained: bool) -> Mapping[str, float]:
    """The time that a network's sums need if nothing but one of the peaks holds them up.

    A call multiplies each weight with a state or an input of each sequence at each step, and a
    training call does so three times: on the way there, on the way back, and for the weights'
    gradients. From L1 come each edge, and a vector of its source for every 16 sequences; with one
    sequence, where the vectors are of rows, only the edge. From memory comes each edge at least
    once a pass, and each input and output.
    """
    passes = 3 if trained else 1
    vectors = 0 if batch == 1 else -(-batch // LANES)
    of_l1 = wiring.weights * steps * (4 * LANES * vectors + EDGE)
    values = steps * batch * (wiring.input_size + len(wiring.readout)) * 4
    work = {
        "multiply-adds": wiring.weights * steps * batch,
        "L1": of_l1,
        "memory": wiring.weights * EDGE + values,
    }
    return {name: passes * amount / peaks()[name] for name, amount in work.items()}
