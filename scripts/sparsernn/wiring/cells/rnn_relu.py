"""The simple recurrent network with ReLU: h' = max(a + u, 0), as `torch.nn.RNNCell`."""

import torch
from torch import Tensor

GATES = 1


def rnn_relu(a: Tensor, u: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """One time step; see `sparsernn.wiring.cells`."""
    return (torch.relu(a + u),)
