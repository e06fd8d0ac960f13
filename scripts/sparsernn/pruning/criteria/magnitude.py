"""The criterion of the thesis: the weights of least magnitude go."""

import numpy as np
import numpy.typing as npt

NAME = "smallest weights"

Weights = npt.NDArray[np.floating]


def magnitude(weights: Weights, rng: np.random.Generator | None) -> Weights:
    """Score each weight by its absolute value.

    References:
        S. Han et al., Learning both weights and connections for efficient neural networks, 2015.
    """
    return np.abs(weights)
