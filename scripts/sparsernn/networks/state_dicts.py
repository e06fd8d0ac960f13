"""Whether the weights of one network fit another, and a network with saved weights."""

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch
from torch import Tensor, nn

from sparsernn.errors import InputError, brief
from sparsernn.networks.block import RecurrentBlock

__all__ = ["differences", "loaded"]

Module = TypeVar("Module", bound=nn.Module)


def differences(state_dict: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> list[str]:
    """What keeps a state dict from taking the place of another, a phrase each.

    Numbers may be of any floating-point type, and masks of these or of True and False.
    """
    found = [f"{name} is missing" for name in expected.keys() - state_dict.keys()]
    found += [f"{brief(name)} is unknown" for name in state_dict.keys() - expected.keys()]
    for name in expected.keys() & state_dict.keys():
        ours, theirs = expected[name], state_dict[name]
        if not isinstance(theirs, Tensor):
            found.append(f"{name} is {brief(theirs)}, expected a tensor")
        elif theirs.shape != ours.shape:
            found.append(f"{name} is {tuple(theirs.shape)}, expected {tuple(ours.shape)}")
        elif theirs.layout != torch.strided or _kind(theirs) not in (_kind(ours), _kind_too(name)):
            found.append(f"{name} is of {theirs.dtype}, expected {ours.dtype}")
    return found


def _kind(tensor: Tensor) -> torch.dtype | str:
    return "floating" if tensor.is_floating_point() else tensor.dtype


def _kind_too(name: str) -> str | None:
    """Of a mask that holds numbers."""
    return "floating" if name.rpartition(".")[2].startswith("mask_") else None


def loaded(
    made: Callable[[], Module], state_dict: Mapping[str, Tensor], where: str, what: str
) -> Module:
    """A module with saved weights and masks.

    Args:
        made: makes the module, of any weights.
        state_dict: as from `state_dict()`; its tensors are copied.
        where, what: what the weights come from and what they should be of, for messages.

    Raises:
        InputError: they are those of another cell, graph or size.
    """
    with torch.device("meta"):  # shapes alone: the file may not bear out the memory they take
        expected = made().state_dict()
    problems = differences(state_dict, expected)
    if problems:
        raise InputError(
            f"{where}: not the weights of {what}: {'; '.join(sorted(problems)[:3])} "
            f"({len(problems)} differences). Load it into the cell and wiring it was made for."
        )
    module = made()
    # Without attributes that a file may give the dictionary; assigned, so that types are kept.
    state = {name: tensor.detach().clone() for name, tensor in state_dict.items()}
    module.load_state_dict(state, assign=True)
    for block in module.modules():
        if isinstance(block, RecurrentBlock):
            block.apply_masks()
    return module
