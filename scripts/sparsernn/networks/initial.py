"""Initial weights, drawn with the same bits on every processor.

PyTorch's own functions round, and for normal numbers compute, differently by the processor's
instructions. Here it gives only uniform numbers in [0, 1) of double precision, which are exact.
"""

from statistics import NormalDist

import numpy as np
import torch
from torch import Tensor

from sparsernn.errors import InputError

__all__ = ["normal_", "scale_to_radius_", "uniform_"]

_NO_RADIUS = 1e-7  # about what eigenvalues that are 0 come out as, compared with the weights
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


@torch.no_grad()
def scale_to_radius_(weight: Tensor, size: int, radius: float) -> None:
    """Multiply each gate's (size, size) part so that its largest absolute eigenvalue is `radius`.

    The eigenvalues are LAPACK's, of double precision: their last digits, and so those of the
    weights, may depend on the processor.

    Raises:
        InputError: a part whose eigenvalues are all 0, to rounding.
    """
    if weight.is_meta:
        return
    for part in weight.split(size):
        matrix = part.double().cpu().numpy()
        largest = float(np.abs(np.linalg.eigvals(matrix)).max())
        if largest <= _NO_RADIUS * np.abs(matrix).max():
            raise InputError(
                f"spectral_radius is {radius}, but the recurrent weights to begin with have the "
                f"spectral radius {largest:.1g}, which is 0 to rounding. Change the weights, or "
                "leave spectral_radius out."
            )
        part.copy_(torch.from_numpy(matrix * (radius / largest)))
