"""What can run a network, and which cells each can run. Light to import."""

from functools import cache
from typing import Literal, get_args

from sparsernn.errors import InputError
from sparsernn.plugins import defines, names

__all__ = ["ENGINES", "Engine", "check_engine", "engine_of", "fused_cells"]

Engine = Literal["fused", "torch"]
ENGINES: tuple[Engine, ...] = get_args(Engine)


@cache
def fused_cells() -> tuple[str, ...]:
    """The cells whose files have equations for the fused engine; torch runs every cell."""
    return tuple(cell for cell in names("cells") if defines("cells", cell, "forward", "backward"))


def engine_of(choice: str, cell: str) -> str:
    """The engine that runs a cell where a configuration says `choice`.

    Example:
        >>> engine_of("fastest", "gru"), engine_of("fastest", "my_cell"), engine_of("torch", "gru")
        ('fused', 'torch', 'torch')
    """
    if choice != "fastest":
        return choice
    return "fused" if cell in fused_cells() else "torch"


def check_engine(engine: str, cell: str) -> None:
    """Refuse an unknown engine, or one that can't run the cell.

    Raises:
        InputError: that.
    """
    if engine not in ENGINES:
        raise InputError(f"engine is {engine!r}; expected one of {', '.join(ENGINES)}.")
    if engine == "fused" and cell not in fused_cells():
        raise InputError(
            f"the fused engine has no kernels of the cell {cell!r}, only of "
            f"{', '.join(fused_cells())}. Use engine 'torch', or write them: docs/studies.md says "
            "how."
        )
