"""What PyTorch may do around a module's `forward`: hooks, other classes, and its compiler."""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from torch import nn
from torch.nn.modules import module as modules
from torch.nn.utils.prune import BasePruningMethod

__all__ = ["is_plain", "no_global_hooks", "uncompiled"]

P = ParamSpec("P")
T = TypeVar("T")
_HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def is_plain(module: nn.Module, kind: type[nn.Module], pruned: bool = False) -> bool:
    """Whether calling a module runs the `forward` of its kind, and nothing else.

    Hooks, a class with a `forward` of its own, and one that was set on the module make a
    difference; parametrised weights don't, nor, if it may be `pruned`, the hooks by which
    `torch.nn.utils.prune` does that. Hooks of all modules: see `no_global_hooks`.
    """
    own = module.__dict__
    before = own[_HOOKS[1]]
    if pruned and all(isinstance(hook, BasePruningMethod) for hook in before.values()):
        before = None
    return (
        isinstance(module, kind)
        and type(module).forward is kind.forward
        and "forward" not in own
        and not (own[_HOOKS[0]] or before or own[_HOOKS[2]] or own[_HOOKS[3]])
    )


def no_global_hooks() -> bool:
    """Whether there are no hooks of all modules, as profilers register them."""
    return not any(getattr(modules, f"_global{name}") for name in _HOOKS)


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
