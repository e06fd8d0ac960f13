"""Which class is a sequence of numbers of? From your own file of arrays."""

import numpy as np

from sparsernn.data.arrays import Arrays, read_arrays

NAME = "own sequences"
INPUTS = "arrays"
TARGETS = "classes"
PARAMETERS = {
    "file": {
        "type": "file",
        "description": "Arrays of `numpy.savez`: `values`, numbers of shape (N, T, F): sequences, "
        "steps, features; `targets`, (N,), the class of each sequence, text or whole numbers; if "
        "you like `lengths`, (N,), the number of steps of each, and `split`, (N,), train or test.",
    }
}


def npz_classes(file: str, rng: np.random.Generator) -> Arrays:
    """The file as it is."""
    return read_arrays(file, classes=True)
