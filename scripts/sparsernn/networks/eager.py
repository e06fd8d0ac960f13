"""What PyTorch may do around a module's `forward`: hooks, other classes, and its compiler."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from torch import nn
from torch.nn.modules import module as modules

__all__ = ["is_plain", "uncompiled"]

P = ParamSpec("P")
T = TypeVar("T")
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def is_plain(module: nn.Module, kind: type[nn.Module]) -> bool:
    """Whether calling a module runs the `forward` of its kind, and nothing else.

    Hooks, also those of all modules, a class with a `forward` of its own, and one that was set on
    the module make a difference; parametrised weights don't.
    """
    return (
        isinstance(module, kind)
        and type(module).forward is kind.forward
        and "forward" not in vars(module)
        and not any(getattr(module, name) for name in _HOOKS)
        and not any(getattr(modules, f"_global{name}") for name in _HOOKS)
    )


def uncompiled(function: Callable[P, T]) -> Callable[P, T]:
    """Let `torch.compile` run a function as it is, and compile what is around it.

    As `torch.compiler.disable`, which takes a second to import the compiler, used or not.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        compiler: Any = sys.modules.get("torch._dynamo")
        if compiler is None:
            return function(*args, **kwargs)
        return compiler.disable(function)(*args, **kwargs)

    call._torchdynamo_disable = True  # type: ignore[attr-defined]
    return call
