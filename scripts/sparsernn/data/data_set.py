"""The data set of a study, from its settings."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sparsernn.data.arrays import Arrays
from sparsernn.data.datasets import make_strings, read_strings, split_strings
from sparsernn.data.derived import derive
from sparsernn.data.own_baselines import check_baselines
from sparsernn.data.own_metrics import check_metrics
from sparsernn.data.strings import labels_of
from sparsernn.data.task_data import Split, make_task, repeats
from sparsernn.seeds import numpy_generator

__all__ = ["described", "make_data"]


def make_data(dataset: Mapping[str, Any], seed: int) -> pd.DataFrame | Arrays:
    """The examples of a task, of a user's file, or of the Reber grammar and its decoys.

    Args:
        dataset: the settings that the data depend on.
        seed: root of the random numbers.
    """
    settings = dict(dataset)
    duplicates = settings.pop("duplicates", "keep")
    if "task" in settings:
        name, split = settings["task"]["name"], Split(settings["test_share"], duplicates)
        data = make_task(settings["task"], split, numpy_generator(seed, f"task/{name}"))
        check_baselines(name, data)
        check_metrics(name, data)
        return data
    rng, one_side = numpy_generator(seed, "strings"), duplicates == "one_side"
    own, how = settings.pop("strings"), settings.pop("derive")
    if own is not None:
        strings = read_strings(own, settings["test_share"], rng, one_side)
    else:
        strings = make_strings(**settings, rng=rng)
        if one_side:
            strings = split_strings(strings, settings["test_share"], rng, one_side)
    return strings if how is None else derive(strings, how)


def described(data: pd.DataFrame | Arrays) -> str:
    """What is in a data set, for the log."""
    if isinstance(data, Arrays):
        what = f"{len(data)} sequences of {data.features} values a step"
    else:
        labels = labels_of(data)
        counts = {} if labels is None else labels.value_counts().to_dict()
        what = ", ".join([f"{len(data)} strings", *(f"{n} {name}" for name, n in counts.items())])
    return f"{what}; {repeats(data)} examples of the test set are in the training set, too"
