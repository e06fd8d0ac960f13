"""Which tensors the kernels can run. Light to import: it needs no numba."""

import torch
from torch import Tensor

from sparsernn.errors import InputError

__all__ = ["check"]


def check(*tensors: Tensor) -> None:
    """Refuse what the kernels can't run.

    Raises:
        InputError: not real numbers on the CPU of one type, float32 or float64; or under one of
            PyTorch's transformations that they have no rule for.
    """
    dtype = tensors[0].dtype
    wrong = next((t for t in tensors if t.dtype is not dtype or not t.is_cpu), None)
    if wrong is not None or dtype not in (torch.float32, torch.float64):
        wrong = tensors[0] if wrong is None else wrong
        raise InputError(
            f"the fused engine runs tensors of one type, float32 or float64, on the CPU; got "
            f"{wrong.dtype} on {wrong.device} beside {dtype} on {tensors[0].device}. Convert "
            "them, or build the network with engine='torch'."
        )
    if torch.is_autocast_enabled("cpu"):
        raise _foreign("autocast")
    if torch.jit.is_tracing():
        raise _foreign("torch.jit.trace")
    plain = Tensor.__torch_dispatch__
    kind = next((type(t) for t in tensors if type(t).__torch_dispatch__ is not plain), None)
    if kind is not None:
        raise _foreign(f"tensors of the type {kind.__name__}, as torch.export has them")
    if torch._C._functorch.peek_interpreter_stack() is not None:
        raise _foreign("the transformations of torch.func")
    if torch.autograd.forward_ad._current_level >= 0 and any(
        torch.autograd.forward_ad.unpack_dual(tensor).tangent is not None for tensor in tensors
    ):
        raise _foreign("forward-mode differentiation")


def _foreign(what: str) -> InputError:
    return InputError(
        f"the fused engine does not run under or with {what}. Leave it out, or build the network "
        "with engine='torch'."
    )
