"""SET, sparse evolutionary training: weights come at random, and each gate keeps its number."""

import numpy as np

NAME = "SET"
SCOPE = "gate"


def set(count: int, rng: np.random.Generator) -> np.ndarray:
    """Score places at random.

    The share of weights that go falls along half a cosine, as for the other rules here; the paper
    keeps it.

    References:
        D. C. Mocanu et al., Scalable training of artificial neural networks with adaptive sparse
        connectivity inspired by network science, Nature Communications 9, 2018.
    """
    return rng.random(count)
