r"""The gated recurrent unit (reset, update, new), as `torch.nn.GRUCell`.

:math:`r, z = \sigma(a + u)`, :math:`n = \tanh(a_n + r u_n)`, :math:`h' = n + z (h - n)`.
"""

import torch
from torch import Tensor

GATES = 3


def gru(a: Tensor, u: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """One time step; see `sparsernn.wiring.cells`."""
    a_r, a_z, a_n = a.chunk(3, 1)
    u_r, u_z, u_n = u.chunk(3, 1)
    n = torch.tanh(a_n + torch.sigmoid(a_r + u_r) * u_n)
    return (n + torch.sigmoid(a_z + u_z) * (state[0] - n),)
