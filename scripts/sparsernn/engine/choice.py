"""What can run a network, and which cells each can run. Light to import."""

from typing import Literal, get_args

from sparsernn.errors import InputError

__all__ = ["ENGINES", "FUSED_CELLS", "Engine", "check_engine", "engine_of"]

Engine = Literal["fused", "torch"]
ENGINES: tuple[Engine, ...] = get_args(Engine)
FUSED_CELLS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
"""The cells that the fused engine has kernels of; torch runs every cell."""


def engine_of(choice: str, cell: str) -> str:
    """The engine that runs a cell where a configuration says `choice`.

    Example:
        >>> engine_of("fastest", "gru"), engine_of("fastest", "my_cell"), engine_of("torch", "gru")
        ('fused', 'torch', 'torch')
    """
    if choice != "fastest":
        return choice
    return "fused" if cell in FUSED_CELLS else "torch"


def check_engine(engine: str, cell: str) -> None:
    """Refuse an unknown engine, or one that doesn't have the cell.

    Raises:
        InputError: that.
    """
    if engine not in ENGINES:
        raise InputError(f"engine is {engine!r}; expected one of {', '.join(ENGINES)}.")
    if engine == "fused" and cell not in FUSED_CELLS:
        raise InputError(
            f"the fused engine has no kernels of the cell {cell!r}, only of "
            f"{', '.join(FUSED_CELLS)}. Use engine 'torch', or write them: docs/studies.md says "
            "where."
        )
