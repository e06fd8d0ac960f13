"""Optimisers and schedules of the learning rate: those of PyTorch, by their names and options."""

import inspect
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from types import ModuleType
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer, lr_scheduler
from torch.optim.lr_scheduler import LRScheduler, ReduceLROnPlateau

from sparsernn.errors import InputError, brief, cause

__all__ = ["ADAM", "ELEMENTWISE", "SettingError", "check", "new_optimiser", "new_schedule"]
__all__ += ["step_schedule"]

ADAM: Mapping[str, Any] = {"name": "Adam"}
"""What trains where nothing else is said."""
_BY_GRADIENTS = {"ASGD", "Adadelta", "Adagrad", "RMSprop", "Rprop", "SGD"}
_BY_MOMENTS = {"Adam", "AdamW", "Adamax", "NAdam", "RAdam"}
ELEMENTWISE = frozenset(_BY_GRADIENTS | _BY_MOMENTS)
"""Optimisers that take each number by itself, so that all parameters may be one vector."""
_REFUSED_OPTIMISERS = {
    "LBFGS": "It needs the loss several times a step.",
    "Muon": "It mixes the weights of a matrix, so those that the masks exclude would come back.",
    "SparseAdam": "It needs sparse gradients, and these are dense.",
}
_FUNCTIONS, _SCHEDULES = "It takes functions.", "It takes other schedules."
_REFUSED_SCHEDULES = {
    "LambdaLR": _FUNCTIONS,
    "MultiplicativeLR": _FUNCTIONS,
    "ChainedScheduler": _SCHEDULES,
    "SequentialLR": _SCHEDULES,
}
_NO_OPTIONS = {"params", "lr", "optimizer", "last_epoch", "scale_fn"}
_NO_OPTIONS |= {"foreach", "fused", "capturable", "differentiable", "maximize"}


class SettingError(InputError):
    """A setting of a training that is wrong.

    Args:
        key: the setting and, within it, the option.
        value: what it is.
        expected: what it may be.
        hint: what to do, in a sentence.
    """

    def __init__(self, key: tuple[str, ...], value: Any, expected: str, hint: str = "") -> None:
        text = f"{'.'.join(key)}: received {brief(value)}; expected {expected}. {hint}"
        super().__init__(text.rstrip())
        self.key, self.value, self.expected, self.hint = key, value, expected, hint


def new_optimiser(
    named: Mapping[str, Any], parameters: Sequence[nn.Parameter], lr: float, flat: bool = False
) -> Optimizer:
    """An optimiser of `torch.optim`.

    Args:
        named: its `name` and its options.
        parameters: what it changes.
        lr: learning rate.
        flat: whether there is one vector of parameters on the CPU, for which there is a kernel of
            Adam.

    Raises:
        SettingError: there is no such optimiser, or it has no such option.
    """
    kind, options = _found("optimizer", named, torch.optim, Optimizer, _REFUSED_OPTIMISERS)
    if flat and kind is torch.optim.Adam and options.keys() <= {"betas", "eps"}:
        from sparsernn.engine.adam import FusedAdam  # numba takes half a second to import

        return FusedAdam(parameters[0], lr, **options)
    if "fused" in inspect.signature(kind).parameters:
        options["fused"] = True
    optimiser: Optimizer = kind(parameters, lr=lr, **options)
    return optimiser


def new_schedule(named: Mapping[str, Any], optimiser: Optimizer) -> LRScheduler:
    """A schedule of `torch.optim.lr_scheduler`, to be stepped after each epoch.

    Args:
        named: its `name` and its options.
        optimiser: whose learning rate it sets.

    Raises:
        SettingError: there is no such schedule, or it has no such option.
    """
    kind, options = _found("lr_scheduler", named, lr_scheduler, LRScheduler, _REFUSED_SCHEDULES)
    schedule: LRScheduler = kind(optimiser, **options)
    return schedule


def check(
    optimizer: Mapping[str, Any],
    schedule: Mapping[str, Any] | None,
    lr: float,
    epochs: int,
    validated: bool,
) -> None:
    """Refuse what can't train, by a step of an example.

    Args:
        optimizer: name and options.
        schedule: name and options; None: the learning rate stays.
        lr: learning rate.
        epochs: number of epochs.
        validated: whether there is a validation set.

    Raises:
        SettingError: that.

    Example:
        >>> check({"name": "SGD", "momentun": 0.9}, None, 0.1, epochs=5, validated=False)
        Traceback (most recent call last):
        sparsernn.training.optimisers.SettingError: optimizer.momentun: received 0.9; expected one \
of the options of SGD: momentum, dampening, weight_decay, nesterov. Did you mean 'momentum'?
    """
    example = nn.Parameter(torch.zeros(2, 2))
    example.grad = torch.zeros(2, 2)
    with _refusing("optimizer", optimizer):
        optimiser = new_optimiser(optimizer, [example], lr)
        optimiser.step()
    if schedule is None:
        return
    with _refusing("lr_scheduler", schedule):
        made = new_schedule(schedule, optimiser)
        optimiser.step()
        step_schedule(made, 1.0)
    if isinstance(made, ReduceLROnPlateau) and not validated:
        hint = "Add early_stopping, as {share: 0.1, patience: 10}, or choose another schedule."
        expected = "a schedule that needs no validation loss where there is no early_stopping"
        raise SettingError(("lr_scheduler",), schedule, expected, hint)
    last = getattr(made, "total_steps", epochs)
    if last < epochs:
        hint = f"It ends after {last} epochs, one step each."
        expected = f"a schedule of at least the {epochs} epochs of the training"
        raise SettingError(("lr_scheduler",), schedule, expected, hint)


def step_schedule(schedule: LRScheduler, loss: float) -> None:
    """End an epoch: the loss is that on the validation set, if the schedule asks for one."""
    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(loss)
    else:
        schedule.step()


@contextmanager
def _refusing(key: str, named: Mapping[str, Any]) -> Iterator[None]:
    """Turn what torch raises about options within the block into a `SettingError`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            yield
        except InputError:
            raise
        except Exception as error:  # torch raises errors of many types
            expected = f"options that torch's {named['name']} takes"
            hint = f"It says: {cause(error).rstrip('.')}."
            raise SettingError((key,), dict(named), expected, hint) from None


def _found(
    key: str,
    named: Mapping[str, Any],
    module: ModuleType,
    base: type,
    refused: Mapping[str, str],
) -> tuple[Any, dict[str, Any]]:
    """The class of a name, and its options."""
    kinds = {
        name: kind
        for name, kind in vars(module).items()
        if inspect.isclass(kind) and issubclass(kind, base) and kind is not base
        if not name.startswith("_") and name not in refused
    }
    name, options = named.get("name"), {k: v for k, v in named.items() if k != "name"}
    if name not in kinds:
        hint = refused.get(str(name), _meant(str(name), kinds))
        raise SettingError((key, "name"), name, f"one of {', '.join(sorted(kinds))}", hint)
    _check_options(key, str(name), options, inspect.signature(kinds[name]).parameters)
    lists = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
    return kinds[name], lists


def _meant(word: str, names: Iterable[str]) -> str:
    """A question about the name that was probably meant, if there is one."""
    small = {name.lower(): name for name in names}
    near = get_close_matches(word.lower(), small, n=1, cutoff=0.6)
    return f"Did you mean {small[near[0]]!r}?" if near else ""


def _check_options(
    key: str, name: str, options: Mapping[str, Any], parameters: Mapping[str, inspect.Parameter]
) -> None:
    known = [option for option in parameters if option not in _NO_OPTIONS]
    for option, value in options.items():
        if option == "lr":
            raise SettingError((key, "lr"), value, "no lr here", "Set lr beside optimizer.")
        if option not in known:
            expected = f"one of the options of {name}: {', '.join(known)}"
            raise SettingError((key, option), value, expected, _meant(option, known))
        if isinstance(value, list) and not all(isinstance(v, int | float | None) for v in value):
            raise SettingError((key, option), value, "a list of numbers")
    needed = [o for o in known if parameters[o].default is inspect.Parameter.empty]
    missing = [option for option in needed if option not in options]
    if missing:
        found = {"name": name, **options}
        raise SettingError((key,), found, f"its option {', '.join(missing)} as well", "Add it.")
