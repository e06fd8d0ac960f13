"""What can run a network, and which cells each can run. Light to import."""

from functools import cache
from typing import Any, Literal, get_args

from sparsernn.errors import InputError, brief, cause
from sparsernn.plugins import defines, names

__all__ = ["ENGINES", "Engine", "check_compiler", "check_engine", "check_threads", "engine_of"]
__all__ += ["fused_cells"]

Engine = Literal["fused", "torch"]
ENGINES: tuple[Engine, ...] = get_args(Engine)


@cache
def fused_cells() -> tuple[str, ...]:
    """The cells whose files have equations for the fused engine; torch runs every cell."""
    return tuple(cell for cell in names("cells") if defines("cells", cell, "forward", "backward"))


def engine_of(choice: str, cell: str, leaky: bool = False) -> str:
    """The engine that runs a cell, with a leak or without, where a configuration says `choice`.

    Example:
        >>> engine_of("fastest", "gru"), engine_of("fastest", "my_cell"), engine_of("torch", "gru")
        ('fused', 'torch', 'torch')
    """
    if choice != "fastest":
        return choice
    return "fused" if cell in fused_cells() and not leaky else "torch"


def check_engine(engine: str, cell: str, leaky: bool = False) -> None:
    """Refuse an unknown engine, or one that can't run the cell, or a leak.

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
    if engine == "fused" and leaky:
        raise InputError(
            "the fused engine has no leak, and units of this network have a leak below 1. Use "
            "engine 'torch', or leave the leak out."
        )


def check_threads(threads: int | None, engine: str) -> None:
    """Refuse anything but a whole number of threads, or None, and an engine that takes none.

    Raises:
        InputError: that.
    """
    if threads is None:
        return
    if type(threads) is not int or threads < 1:
        raise InputError(
            f"threads is {brief(threads)}; expected an int above 0, or None. Give one."
        )
    if engine != "fused":
        raise InputError(
            f"threads is {threads}, which only the fused engine takes. Use engine='fused', or set "
            "threads to None and torch.set_num_threads to the number."
        )


def check_compiler() -> None:
    """Refuse the fused engine where numba can't compile its kernels.

    Raises:
        InputError: that.
    """
    try:
        import numba
    except ImportError as error:
        raise InputError(
            f"the fused engine needs numba, which can't be imported ({cause(error)}). Install it "
            "with pip install numba, or build the network with engine='torch'."
        ) from None
    config: Any = numba.config
    if config.DISABLE_JIT:
        raise InputError(
            "the fused engine needs numba's compiler, which NUMBA_DISABLE_JIT switches off. Unset "
            "it before Python starts, or build the network with engine='torch'."
        )
