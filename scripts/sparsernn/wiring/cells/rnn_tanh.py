"""The simple recurrent network with Tanh: h' = tanh(a + u), as `torch.nn.RNNCell`."""

import torch
from torch import Tensor

from sparsernn.wiring.elementwise import Values, tanh, zeros_like

NAME = "RNN-Tanh"
GATES = 1


def rnn_tanh(a: Tensor, u: Tensor, state: Values) -> Values:
    """One time step; see `sparsernn.wiring.cells`."""
    return (torch.tanh(a + u),)


def forward(sums: Values, state: Values) -> tuple[Values, Values]:
    """Nothing to save, and the next (h,)."""
    return (), (tanh(sums[0]),)


def backward(
    saved: Values, before: Values, after: Values, d_after: Values
) -> tuple[Values, Values]:
    """d_a = d_h' (1 - h'^2)."""
    (h,), (d_h,) = after, d_after
    return (d_h * (1.0 - h * h),), (zeros_like(d_h),)
