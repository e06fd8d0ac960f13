"""How a study computes: the same numbers whatever the machine's number of cores."""

import torch

__all__ = ["fix_arithmetic"]


def fix_arithmetic() -> None:
    """Compute on one thread, with torch's deterministic algorithms; numbers below 1e-38 are zero.

    Call it first in every process that runs networks: it changes settings of the process. The
    gradients of a network that has stopped making errors become that small, and processors take
    ten times as long with them.
    """
    torch.set_num_threads(1)
    # Not `use_deterministic_algorithms`, which imports the compiler and takes a second.
    torch.set_deterministic_debug_mode("error")
    torch.set_flush_denormal(True)
