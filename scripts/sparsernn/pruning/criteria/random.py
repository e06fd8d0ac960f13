"""A control: as many weights go as by magnitude, but drawn at random."""

import numpy as np

from sparsernn.errors import InputError

NAME = "random mask"


def random(weights: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    """Deal the magnitudes out at random, so that as many weights go as by magnitude."""
    if rng is None:
        raise InputError("criterion random: rng is None, expected a generator. Pass one.")
    return rng.permutation(np.abs(weights))
