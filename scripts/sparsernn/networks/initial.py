"""Initial weights, drawn with the same bits on every processor.

PyTorch's own functions round, and for normal numbers compute, differently by the processor's
instructions. Here it gives only uniform numbers in [0, 1) of double precision, which are exact.
"""

from statistics import NormalDist

import torch
from torch import Tensor

__all__ = ["normal_", "uniform_"]

_HALF_A_STEP = 2.0**-54  # the numbers are multiples of 2**-53


def uniform_(weight: Tensor, bound: float, generator: torch.Generator | None) -> None:
    """Fill with numbers of U(-bound, bound)."""
    drawn = _drawn(weight, generator)
    _fill(weight, drawn.mul_(2 * bound).sub_(bound))


def normal_(weight: Tensor, generator: torch.Generator | None) -> None:
    """Fill with numbers of N(0, 1), by the inverse of its distribution function."""
    drawn = _drawn(weight, generator).add_(_HALF_A_STEP)
    inverse = NormalDist().inv_cdf
    values = [inverse(share) for share in drawn.flatten().tolist()]
    _fill(weight, torch.tensor(values, dtype=torch.float64, device="cpu").view(drawn.shape))


def _drawn(weight: Tensor, generator: torch.Generator | None) -> Tensor:
    device = "cpu" if generator is None else generator.device
    drawn = torch.rand(weight.shape, generator=generator, dtype=torch.float64, device=device)
    return drawn.cpu()


@torch.no_grad()
def _fill(weight: Tensor, values: Tensor) -> None:
    if not weight.is_meta:
        weight.copy_(values)
