"""Parts of arrays as values in compiled code. They become part of the code that reads them."""

from typing import Any, NamedTuple

__all__ = ["Series", "StateView", "Terms", "View"]

Array = Any


class View(NamedTuple):
    """Rows in an array at one time step: row r begins at start + r * stride."""

    array: Array
    start: int
    stride: int


class StateView(NamedTuple):
    """As `View`, of each of several states: state s begins `s * apart` after the first."""

    array: Array
    start: int
    stride: int
    apart: int


class Series(NamedTuple):
    """Rows in an array at all time steps.

    Those of step t begin at start + rows * at[t], `width[t]` apart.
    """

    array: Array
    start: int
    rows: int
    at: Array
    width: Array


class Terms(NamedTuple):
    """What sums are taken of: `weights` of `edges`, times the rows of `x` that the edges read."""

    edges: Any
    weights: Array
    x: View
