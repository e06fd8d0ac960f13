"""Which numbers follow from a sequence, or from each of its steps? From your own file of arrays."""

import numpy as np

from sparsernn.data.arrays import Arrays, read_arrays

NAME = "own sequences"
INPUTS = "arrays"
TARGETS = "numbers"
PARAMETERS = {
    "file": {
        "type": "file",
        "description": "Arrays of `numpy.savez`: `values`, numbers of shape (N, T, F): sequences, "
        "steps, features; `targets`, numbers of shape (N,) or (N, D) for each sequence, or "
        "(N, T, D) for each step; if you like `lengths`, (N,), the number of steps of each, and "
        "`split`, (N,), train or test.",
    }
}


def npz_numbers(file: str, rng: np.random.Generator) -> Arrays:
    """The file as it is."""
    return read_arrays(file, classes=False)
