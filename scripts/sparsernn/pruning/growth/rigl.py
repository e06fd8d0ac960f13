"""RigL: weights come where the loss is steepest."""

import numpy as np

NAME = "RigL"
SCOPE = "uniform"


def rigl(count: int, rng: np.random.Generator, gradients: np.ndarray) -> np.ndarray:
    """Score places by the magnitude of the gradient, on the batch of the step.

    References:
        U. Evci et al., Rigging the lottery: making all tickets winners, ICML 2020.
    """
    return np.abs(gradients)
