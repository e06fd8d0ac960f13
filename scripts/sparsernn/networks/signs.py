"""Recurrent weights that keep their signs, whatever trains them: a parametrisation of PyTorch's."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from sparsernn.errors import InputError

__all__ = ["KeptSigns", "keep_signs", "kept_signs", "stored"]


class KeptSigns(nn.Module):
    """A weight as its sign times the absolute value of the parameter that is trained.

    So no step of any optimiser changes a sign; a step across zero comes back from it. Gradients are
    exact, and nothing has to be done after a step. Where the sign is 0, the weight is free: it is
    the parameter.

    Args:
        signs: 1, -1 or 0 for each weight.

    References:
        H. F. Song, G. R. Yang and X.-J. Wang, PLoS Computational Biology 12, 2016 (there with the
        rectified parameter, which gets no gradient below zero, in place of its absolute value).
    """

    signs: Tensor

    def __init__(self, signs: npt.NDArray[np.int8]) -> None:
        super().__init__()
        self.register_buffer("signs", torch.tensor(signs))

    def forward(self, parameter: Tensor) -> Tensor:
        """The weight."""
        return torch.where(self.signs == 0, parameter, self.signs * parameter.abs())

    def right_inverse(self, weight: Tensor) -> Tensor:
        """The parameter of a weight that is assigned: the weight itself.

        Raises:
            InputError: its signs are others.
        """
        wrong = self.signs * weight.detach() < 0
        if not wrong.is_meta and wrong.any():
            raise InputError(
                f"weight_hh: {int(wrong.sum())} of {wrong.numel()} weights have another sign than "
                "the one that they keep; expected those of parametrizations.weight_hh[0].signs. "
                "Correct them, or build the network without signs."
            )
        return weight


@torch.no_grad()
def keep_signs(block: nn.Module, signs: npt.NDArray[np.int8]) -> None:
    """Let `weight_hh` of a block keep these signs; weights that have others are turned around."""
    module, weight = KeptSigns(signs), block.get_parameter("weight_hh")
    weight.copy_(module(weight))
    parametrize.register_parametrization(block, "weight_hh", module)


def kept_signs(block: nn.Module, name: str) -> KeptSigns | None:
    """What keeps the signs of a weight, if that is all that it is computed by."""
    parts: Any = getattr(block, "parametrizations", {})
    if name in parts and len(parts[name]) == 1 and isinstance(parts[name][0], KeptSigns):
        return parts[name][0]
    return None


def stored(block: nn.Module, name: str) -> Any:
    """The tensor that is trained: of a weight that keeps its signs, the parameter."""
    parts: Any = getattr(block, "parametrizations", {})
    return getattr(block, name, None) if kept_signs(block, name) is None else parts[name].original
