"""Whether the weights of one network fit another."""

from collections.abc import Mapping

import torch
from torch import Tensor

from sparsernn.errors import brief

__all__ = ["differences"]


def differences(state_dict: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> list[str]:
    """What keeps a state dict from taking the place of another, a phrase each."""
    found = [f"{name} is missing" for name in expected.keys() - state_dict.keys()]
    found += [f"{brief(name)} is unknown" for name in state_dict.keys() - expected.keys()]
    for name in expected.keys() & state_dict.keys():
        ours, theirs = expected[name], state_dict[name]
        if not isinstance(theirs, Tensor):
            found.append(f"{name} is {brief(theirs)}, expected a tensor")
        elif theirs.shape != ours.shape:
            found.append(f"{name} is {tuple(theirs.shape)}, expected {tuple(ours.shape)}")
        elif theirs.layout != torch.strided or _kind(theirs) != _kind(ours):
            found.append(f"{name} is of {theirs.dtype}, expected {ours.dtype}")
    return found


def _kind(tensor: Tensor) -> torch.dtype | str:
    return "floating" if tensor.is_floating_point() else tensor.dtype
