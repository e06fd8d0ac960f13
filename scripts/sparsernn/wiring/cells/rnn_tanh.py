"""The simple recurrent network with tanh: h' = tanh(a + u), as `torch.nn.RNNCell`."""

import torch
from torch import Tensor

GATES = 1


def rnn_tanh(a: Tensor, u: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """One time step; see `sparsernn.wiring.cells`."""
    return (torch.tanh(a + u),)
