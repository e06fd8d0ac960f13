"""The criterion of the thesis: the weights of least magnitude go."""

import numpy as np

NAME = "smallest weights"


def magnitude(weights: np.ndarray, rng: np.random.Generator | None) -> np.ndarray:
    """Score each weight by its absolute value.

    References:
        S. Han et al., Learning both weights and connections for efficient neural networks, 2015.
    """
    return np.abs(weights)
