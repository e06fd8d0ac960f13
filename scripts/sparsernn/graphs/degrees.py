"""A family's parameters that depend on others, written as "n // 5" or "mean_degree // 2"."""

import re

from sparsernn.errors import InputError

__all__ = ["degree", "edges_of"]

_EXPRESSION = re.compile(r"\s*(n|mean_degree)\s*//\s*([1-9][0-9]*)\s*")


def degree(expression: int | str, n: int, mean_degree: float | None = None) -> int:
    """The value of such a parameter for a graph of n vertices.

    Args:
        expression: a number, or `n // d` or `mean_degree // d` with a whole number d.
        n: number of vertices.
        mean_degree: mean degree of the vertices, if the family has one.

    Raises:
        InputError: anything else.

    Example:
        >>> degree("n // 5", 23), degree(3, 23), degree("mean_degree // 2", 23, 6)
        (4, 3, 3)
    """
    if isinstance(expression, int) and not isinstance(expression, bool):
        return expression
    match = _EXPRESSION.fullmatch(expression) if isinstance(expression, str) else None
    if match is None:
        raise InputError(
            f"degree {expression!r} is neither a whole number nor of the form 'n // 5'. "
            "Write one of the two."
        )
    if match[1] == "n":
        return n // int(match[2])
    if mean_degree is None:
        raise InputError(f"degree {expression!r}: the family has no mean_degree. Give it one.")
    return int(mean_degree // int(match[2]))


def edges_of(n: int, mean_degree: float) -> int:
    """The number of edges of a graph of n vertices with this mean degree, rounded.

    Example:
        >>> edges_of(16, 4)
        32
    """
    return round(n * mean_degree / 2)
