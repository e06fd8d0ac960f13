r"""The long short-term memory (input, forget, cell, output), as `torch.nn.LSTMCell`.

:math:`i, f, o = \sigma(a + u)`, :math:`g = \tanh(a + u)`, :math:`c' = f c + i g`,
:math:`h' = o \tanh c'`. Its state is (h, c).
"""

import torch
from torch import Tensor

from sparsernn.wiring.elementwise import Values, sigmoid, tanh, zeros_like

NAME = "LSTM"
GATES = 4
STATES = 2


def lstm(a: Tensor, u: Tensor, state: Values) -> Values:
    """One time step; see `sparsernn.wiring.cells`."""
    i, f, g, o = (a + u).chunk(4, 1)
    c = torch.sigmoid(f) * state[1] + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


def forward(sums: Values, state: Values) -> tuple[Values, Values]:
    """(i, f, g, o, tanh c'), and the next (h, c)."""
    a_i, a_f, a_g, a_o = sums
    _, c = state
    i, f, g, o = sigmoid(a_i), sigmoid(a_f), tanh(a_g), sigmoid(a_o)
    c_next = f * c + i * g
    tanh_c = tanh(c_next)
    return (i, f, g, o, tanh_c), (o * tanh_c, c_next)


def backward(
    saved: Values, before: Values, after: Values, d_after: Values
) -> tuple[Values, Values]:
    """Derivatives by the sums, and by h and c; h reaches the next step through the sums alone.

    From h' = o tanh c': d_o = d_h' tanh c', and d_c' gains d_h' o (1 - tanh^2 c').
    From c' = f c + i g: d_i = d_c' g, d_g = d_c' i, d_f = d_c' c, d_c = d_c' f.
    """
    i, f, g, o, tanh_c = saved
    _, c = before
    d_h, d_c = d_after
    d_c = d_c + d_h * o * (1.0 - tanh_c * tanh_c)
    d_i = d_c * g * i * (1.0 - i)
    d_f = d_c * c * f * (1.0 - f)
    d_g = d_c * i * (1.0 - g * g)
    d_o = d_h * tanh_c * o * (1.0 - o)
    return (d_i, d_f, d_g, d_o), (zeros_like(d_h), d_c * f)
