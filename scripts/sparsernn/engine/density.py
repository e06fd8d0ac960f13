"""From which size a network is large, and from which share of its weights a matrix dense."""

__all__ = ["UNITS", "filled_from"]

UNITS = 100
"""Blocks of so many units make a network large."""


def filled_from(units: int) -> float:
    """The share of a matrix's weights from which it counts as dense, the others as zeros.

    Rows of a tile take an edge in a third of the time; in a large network, slices take it as fast.

    Args:
        units: of the network's largest block.
    """
    return 0.25 if units < UNITS else 0.65
