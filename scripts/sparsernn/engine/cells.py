"""The equations of the four cells and their derivatives, on vectors of lanes.

With a loss L, d_x stands for dL/dx. The derivatives of the gates are sigma' = sigma (1 - sigma) and
tanh' = 1 - tanh^2; both need only the value, so gates are kept and not their arguments.
"""

from typing import Any

from sparsernn.engine.vectors import device, relu, sigmoid, tanh, where_positive

__all__ = ["gru", "gru_back", "lstm", "lstm_back", "relu", "relu_back", "tanh", "tanh_back"]

Vector = Any
Vectors = tuple[Any, ...]


@device
def tanh_back(d_h: Vector, h: Vector) -> Vector:
    """h = tanh(a): d_a = d_h (1 - h^2)."""
    return d_h * (1.0 - h * h)


@device
def relu_back(d_h: Vector, h: Vector) -> Vector:
    """h = max(a, 0): d_a = d_h where h > 0."""
    return where_positive(h, d_h)


@device
def gru(a_r: Vector, a_z: Vector, a_n: Vector, u_n: Vector, h: Vector) -> Vectors:
    """r, z, n and the next h, from the sums and the h before."""
    r, z = sigmoid(a_r), sigmoid(a_z)
    n = tanh(a_n + r * u_n)
    return r, z, n, n + z * (h - n)


@device
def gru_back(d_h: Vector, r: Vector, z: Vector, n: Vector, u_n: Vector, h: Vector) -> Vectors:
    """d_a_r, d_a_z, d_a_n, d_u_n and the part of d_h before that does not pass the sums.

    From h' = (1 - z) n + z h: d_n = d_h' (1 - z), d_z = d_h' (h - n), and z d_h' reaches h.
    From n = tanh(a_n + r u_n): d_u_n = r d_a_n, d_r = u_n d_a_n.
    """
    d_n = d_h * (1.0 - z) * (1.0 - n * n)
    d_r = d_n * u_n * r * (1.0 - r)
    d_z = d_h * (h - n) * z * (1.0 - z)
    return d_r, d_z, d_n, d_n * r, d_h * z


@device
def lstm(a_i: Vector, a_f: Vector, a_g: Vector, a_o: Vector, c: Vector) -> Vectors:
    """i, f, g, o, the next c, tanh c and h, from the sums and the c before."""
    i, f, g, o = sigmoid(a_i), sigmoid(a_f), tanh(a_g), sigmoid(a_o)
    c = f * c + i * g
    tanh_c = tanh(c)
    return i, f, g, o, c, tanh_c, o * tanh_c


@device
def lstm_back(
    d_h: Vector,
    d_c: Vector,
    i: Vector,
    f: Vector,
    g: Vector,
    o: Vector,
    c: Vector,
    tanh_c: Vector,
) -> Vectors:
    """d_a_i, d_a_f, d_a_g, d_a_o and d_c before, from d_h and d_c as later steps have left it.

    From h' = o tanh c': d_o = d_h' tanh c', and d_c' gains d_h' o (1 - tanh^2 c').
    From c' = f c + i g: d_i = d_c' g, d_g = d_c' i, d_f = d_c' c, d_c = d_c' f.
    """
    d_c = d_c + d_h * o * (1.0 - tanh_c * tanh_c)
    d_i = d_c * g * i * (1.0 - i)
    d_f = d_c * c * f * (1.0 - f)
    d_g = d_c * i * (1.0 - g * g)
    d_o = d_h * tanh_c * o * (1.0 - o)
    return d_i, d_f, d_g, d_o, d_c * f
