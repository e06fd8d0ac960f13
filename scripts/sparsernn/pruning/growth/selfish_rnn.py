"""Selfish-RNN: weights come at random, and gates compete for the weights of their matrix."""

import numpy as np

NAME = "Selfish-RNN"
SCOPE = "uniform"


def selfish_rnn(count: int, rng: np.random.Generator) -> np.ndarray:
    """Score places at random.

    The smallest weights of a matrix go whatever their gate, so gates with large weights gain. The
    optimiser stays Adam; the paper's is a sparse variant of averaged gradient descent.

    References:
        S. Liu, D. C. Mocanu, Y. Pei and M. Pechenizkiy, Selfish sparse RNN training, ICML 2021.
    """
    return rng.random(count)
