r"""The long short-term memory (input, forget, cell, output), as `torch.nn.LSTMCell`.

:math:`i, f, o = \sigma(a + u)`, :math:`g = \tanh(a + u)`, :math:`c' = f c + i g`,
:math:`h' = o \tanh c'`. Its state is (h, c).
"""

import torch
from torch import Tensor

GATES = 4
STATES = 2


def lstm(a: Tensor, u: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """One time step; see `sparsernn.wiring.cells`."""
    i, f, g, o = (a + u).chunk(4, 1)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c
