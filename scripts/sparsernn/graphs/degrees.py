"""A family's parameters that depend on the number of vertices, written as "n // 5"."""

import re

from sparsernn.errors import InputError

__all__ = ["degree"]

_EXPRESSION = re.compile(r"\s*n\s*//\s*([1-9][0-9]*)\s*")


def degree(expression: int | str, n: int) -> int:
    """The value of such a parameter for a graph of n vertices.

    Args:
        expression: a number, or `n // d` with a whole number d.
        n: number of vertices.

    Raises:
        InputError: anything else.

    Example:
        >>> degree("n // 5", 23), degree(3, 23)
        (4, 3)
    """
    if isinstance(expression, int) and not isinstance(expression, bool):
        return expression
    match = _EXPRESSION.fullmatch(expression) if isinstance(expression, str) else None
    if match is None:
        raise InputError(
            f"degree {expression!r} is neither a whole number nor of the form 'n // 5'. "
            "Write one of the two."
        )
    return n // int(match[1])
