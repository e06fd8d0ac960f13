"""Which class is a time series of? From files of the UCR and UEA archive (.ts)."""

import numpy as np

from sparsernn.data.arrays import Arrays
from sparsernn.data.time_series import joined, read_series

NAME = "time series"
INPUTS = "arrays"
TARGETS = "classes"
PARAMETERS = {
    "train": {
        "type": "file",
        "description": "A file of labelled time series in the format of the UCR and UEA archive, "
        "as JapaneseVowels_TRAIN.ts, for training.",
    },
    "test": {"type": "file", "description": "Such a file for the test."},
}


def time_series(train: str, test: str, rng: np.random.Generator) -> Arrays:
    """Both files as they are; of equal or unequal lengths, with one dimension or several."""
    return joined(read_series(train), read_series(test))
