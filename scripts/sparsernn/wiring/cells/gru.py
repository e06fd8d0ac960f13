r"""The gated recurrent unit (reset, update, new), as `torch.nn.GRUCell`.

:math:`r, z = \sigma(a + u)`, :math:`n = \tanh(a_n + r u_n)`, :math:`h' = n + z (h - n)`.
"""

import torch
from torch import Tensor

from sparsernn.wiring.elementwise import Values, sigmoid, tanh

NAME = "GRU"
GATES = 3
RECURRENT_SUMS = (0, 1, 3)  # u_n is a sum of its own, as r multiplies it


def gru(a: Tensor, u: Tensor, state: Values) -> Values:
    """One time step; see `sparsernn.wiring.cells`."""
    a_r, a_z, a_n = a.chunk(3, 1)
    u_r, u_z, u_n = u.chunk(3, 1)
    n = torch.tanh(a_n + torch.sigmoid(a_r + u_r) * u_n)
    return (n + torch.sigmoid(a_z + u_z) * (state[0] - n),)


def forward(sums: Values, state: Values) -> tuple[Values, Values]:
    """(r, z, n, u_n), and the next (h,)."""
    a_r, a_z, a_n, u_n = sums
    (h,) = state
    r, z = sigmoid(a_r), sigmoid(a_z)
    n = tanh(a_n + r * u_n)
    return (r, z, n, u_n), (n + z * (h - n),)


def backward(
    saved: Values, before: Values, after: Values, d_after: Values
) -> tuple[Values, Values]:
    """Derivatives by the sums, and by h.

    From h' = (1 - z) n + z h: d_n = d_h' (1 - z), d_z = d_h' (h - n), and z d_h' reaches h.
    From n = tanh(a_n + r u_n): d_u_n = r d_a_n, d_r = u_n d_a_n.
    """
    r, z, n, u_n = saved
    (h,), (d_h,) = before, d_after
    d_n = d_h * (1.0 - z) * (1.0 - n * n)
    d_r = d_n * u_n * r * (1.0 - r)
    d_z = d_h * (h - n) * z * (1.0 - z)
    return (d_r, d_z, d_n, d_n * r), (d_h * z,)
