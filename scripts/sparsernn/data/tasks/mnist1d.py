"""Which digit is it? MNIST-1D: forty numbers in a row, drawn from ten templates."""

import random
from types import SimpleNamespace

import numpy as np

from sparsernn.data.arrays import Arrays
from sparsernn.errors import InputError

NAME = "MNIST-1D"
INPUTS = "arrays"
TARGETS = "classes"


def mnist1d(count: int, rng: np.random.Generator) -> Arrays:
    """Sequences that the package mnist1d draws, as many of each digit; nothing is downloaded.

    References:
        S. Greydanus and D. Kobak, Scaling down deep learning with MNIST-1D, 2024.
    """
    try:
        from mnist1d.data import get_dataset_args, make_dataset
    except ImportError:
        raise InputError(
            "dataset.task: mnist1d needs the package mnist1d, which is not installed. Install it: "
            "pip install -r envs/requirements-tasks.txt"
        ) from None
    settings = get_dataset_args(as_dict=True) | {"seed": int(rng.integers(2**31))}
    before = random.getstate(), np.random.get_state()  # the package seeds the global ones
    found = make_dataset(SimpleNamespace(**settings | {"num_samples": count}))
    random.setstate(before[0])
    np.random.set_state(before[1])
    values = np.concatenate([found["x"], found["x_test"]])[:, :, None].astype(np.float32)
    digits = np.concatenate([found["y"], found["y_test"]]).astype(np.int64)
    return Arrays(values, np.full(len(values), values.shape[1]), digits, tuple("0123456789"))
