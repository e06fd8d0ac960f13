"""The simple recurrent network with ReLU: h' = max(a + u, 0), as `torch.nn.RNNCell`."""

import torch
from torch import Tensor

from sparsernn.wiring.elementwise import Values, relu, where_positive, zeros_like

NAME = "RNN-ReLU"
GATES = 1


def rnn_relu(a: Tensor, u: Tensor, state: Values) -> Values:
    """One time step; see `sparsernn.wiring.cells`."""
    return (torch.relu(a + u),)


def forward(sums: Values, state: Values) -> tuple[Values, Values]:
    """Nothing to save, and the next (h,)."""
    return (), (relu(sums[0]),)


def backward(
    saved: Values, before: Values, after: Values, d_after: Values
) -> tuple[Values, Values]:
    """d_a = d_h' where h' > 0."""
    (h,), (d_h,) = after, d_after
    return (where_positive(h, d_h),), (zeros_like(d_h),)
