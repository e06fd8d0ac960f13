"""Deep rewiring: weights walk at random, and go where they would change their sign."""

import numpy as np

NAME = "DeepR"
SCOPE = "uniform"
EVERY = 1
SHRINK = 1e-5
NOISE = SHRINK / 3  # the ratio that the paper's temperature gives


def deep_r(count: int, rng: np.random.Generator) -> np.ndarray:
    """Score places at random: a posterior over wirings is sampled, and no place is preferred.

    Beside the optimiser's step, each weight loses `SHRINK` of its magnitude at each step, and gains
    a normal number of standard deviation `NOISE`. The optimiser is Adam in the place of plain
    gradient descent.

    References:
        G. Bellec, D. Kappel, W. Maass and R. Legenstein, Deep rewiring: training very sparse deep
        networks, ICLR 2018.
    """
    return rng.random(count)


def move(weights: np.ndarray, signs: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """What weights become after a step."""
    return weights - SHRINK * signs + NOISE * rng.standard_normal(weights.shape)


def goes(weights: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """Whether each weight has changed its sign."""
    return weights * signs < 0
