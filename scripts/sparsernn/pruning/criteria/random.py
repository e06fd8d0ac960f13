"""A control: as many weights go as by magnitude, but drawn at random."""

import numpy as np
import numpy.typing as npt

from sparsernn.errors import InputError

NAME = "random mask"

Weights = npt.NDArray[np.floating]


def random(weights: Weights, rng: np.random.Generator | None) -> Weights:
    """Deal the magnitudes out at random: the threshold, and so the number that go, stay the same.

    Raises:
        InputError: there is no `rng`.
    """
    if rng is None:
        raise InputError("criterion random: rng is None, expected a generator. Pass one.")
    return rng.permutation(np.abs(weights))
