"""Functions of each number: what the kernel equations of cells are written with.

They take tensors; `engine.vectors` gives them to compiled code, for vectors of lanes.
"""

from typing import TypeAlias

from torch import Tensor, relu, sigmoid, tanh, where, zeros_like

__all__ = ["Values", "relu", "sigmoid", "tanh", "where_positive", "zeros_like"]

Values: TypeAlias = tuple[Tensor, ...]


def where_positive(a: Tensor, b: Tensor) -> Tensor:
    """The numbers of `b` where `a` is above zero, else zero; `b` also where `a` is NaN."""
    return where(a <= 0, zeros_like(b), b)
