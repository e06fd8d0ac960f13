"""Which digit is it? Small pictures of handwritten digits, a row of eight pixels at each step."""

import numpy as np

from sparsernn.data.arrays import Arrays

NAME = "handwritten digits"
INPUTS = "arrays"
TARGETS = "classes"


def digits(rng: np.random.Generator) -> Arrays:
    """The 1,797 pictures that scikit-learn brings along: 8 steps of 8 values from 0 to 16.

    References:
        E. Alpaydin and C. Kaynak, Optical recognition of handwritten digits, 1998.
    """
    from sklearn.datasets import load_digits

    found = load_digits()
    values = found.images.astype(np.float32)
    lengths = np.full(len(values), values.shape[1])
    return Arrays(values, lengths, found.target.astype(np.int64), tuple("0123456789"))
