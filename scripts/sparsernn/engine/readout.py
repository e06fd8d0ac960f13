"""The read-out's products and the gradient's norm, with every sum in an order of its own.

BLAS would choose the order by the processor, and two processors would train two networks.
"""

import math
from typing import Any

import numpy.typing as npt

from sparsernn.engine.cache import kernel

__all__ = ["norm", "read_out", "read_out_back"]

Array = npt.NDArray[Any]


@kernel
def read_out(output: Array, weight: Array, bias: Array, logits: Array) -> None:
    """logits = output @ weight.T + bias; each sum is taken in four parts, by place modulo 4."""
    rows = output.shape[1]
    whole = rows - rows % 4
    for b in range(len(output)):
        for c in range(len(weight)):
            s0 = s1 = s2 = s3 = bias[c] * 0
            for r in range(0, whole, 4):
                s0 += output[b, r] * weight[c, r]
                s1 += output[b, r + 1] * weight[c, r + 1]
                s2 += output[b, r + 2] * weight[c, r + 2]
                s3 += output[b, r + 3] * weight[c, r + 3]
            for r in range(whole, rows):
                s0 += output[b, r] * weight[c, r]
            logits[b, c] = (s0 + s1) + (s2 + s3) + bias[c]


@kernel
def read_out_back(
    output: Array, weight: Array, d_logits: Array, d_output: Array, d_weight: Array, d_bias: Array
) -> None:
    """d_output = d_logits @ weight, d_weight = d_logits.T @ output and d_bias, in order."""
    d_output[:] = 0
    d_weight[:] = 0
    d_bias[:] = 0
    for b in range(len(output)):
        for c in range(len(weight)):
            d = d_logits[b, c]
            d_bias[c] += d
            for r in range(output.shape[1]):
                d_output[b, r] += d * weight[c, r]
                d_weight[c, r] += d * output[b, r]


@kernel
def squares(values: Array) -> Any:
    """The sum of squares, taken in eight parts, by place modulo 8."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = values[0] * 0
    whole = len(values) - len(values) % 8
    for k in range(0, whole, 8):
        s0 += values[k] * values[k]
        s1 += values[k + 1] * values[k + 1]
        s2 += values[k + 2] * values[k + 2]
        s3 += values[k + 3] * values[k + 3]
        s4 += values[k + 4] * values[k + 4]
        s5 += values[k + 5] * values[k + 5]
        s6 += values[k + 6] * values[k + 6]
        s7 += values[k + 7] * values[k + 7]
    for k in range(whole, len(values)):
        s0 += values[k] * values[k]
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))


def norm(values: Array) -> float:
    """The Euclidean norm of a vector."""
    return math.sqrt(squares(values.dtype, values))
