"""Labelled time series in the text format of the UCR and UEA archive (.ts).

Lines of `@` say what follows; after `@data` a line has the values of each dimension, separated by
commas, and then the class; colons are in between.

References:
    A. Bagnall et al., The UEA multivariate time series classification archive, 2018.
"""

from collections.abc import Sequence
from os import PathLike
from typing import NamedTuple

import numpy as np

from sparsernn.data.arrays import Arrays
from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes

__all__ = ["Series", "joined", "read_series"]

MAX_BYTES = 2**28


class Series(NamedTuple):
    """Time series of a file.

    Attributes:
        path: the file.
        values: of each series, (T, F).
        classes: the name of each one's class.
    """

    path: str
    values: list[np.ndarray]
    classes: list[str]


def read_series(path: str | PathLike[str]) -> Series:
    """Read a file of labelled time series.

    Raises:
        InputError: a line is not as described; the message names it.
    """
    content = read_bytes(path, MAX_BYTES, "a file of time series (.ts)")
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 ({cause(error)}); expected text. Save it so."
        ) from None
    begins = [i for i, line in enumerate(lines) if line.strip().lower() == "@data"]
    if not begins:
        raise InputError(f"{path}: no line @data; expected a file in the .ts format. Add the line.")
    values, classes = [], []
    for number, line in enumerate(lines[begins[0] + 1 :], start=begins[0] + 2):
        if line.strip() and not line.startswith("#"):
            *dimensions, label = line.strip().split(":")
            values.append(_values(f"{path}, line {number}", dimensions))
            classes.append(label)
            _check_same(f"{path}, line {number}", values)
    if not values:
        raise InputError(f"{path}: no series below @data; expected some. Add them.")
    return Series(str(path), values, classes)


def _values(where: str, dimensions: Sequence[str]) -> np.ndarray:
    """(T, F) values of a series."""
    try:
        columns = [[float(number) for number in text.split(",")] for text in dimensions]
    except ValueError as error:
        raise InputError(
            f"{where}: {cause(error)}; expected numbers between commas, dimensions between colons, "
            "and the class at last. Missing values and time stamps are not read. Replace them."
        ) from None
    lengths = {len(column) for column in columns}
    if len(lengths) != 1:
        raise InputError(
            f"{where}: dimensions of {brief(sorted(lengths))} values; expected as many of each, "
            "one dimension or more. Correct the line."
        )
    array = np.array(columns, np.float64).T
    if not (np.abs(array) < 1e38).all():  # NaN isn't, either
        raise InputError(
            f"{where}: numbers that are not finite, or beyond 1e38; expected finite ones. Replace "
            "them."
        )
    return array.astype(np.float32)


def _check_same(where: str, values: list[np.ndarray]) -> None:
    if values[-1].shape[1] != values[0].shape[1]:
        raise InputError(
            f"{where}: {values[-1].shape[1]} dimensions, the first series has "
            f"{values[0].shape[1]}; expected as many in each. Correct the line."
        )


def joined(train: Series, test: Series) -> Arrays:
    """The series of two files as arrays, split.

    Raises:
        InputError: they have other numbers of dimensions.
    """
    series = [*train.values, *test.values]
    features = series[0].shape[1]
    if test.values[0].shape[1] != features:
        raise InputError(
            f"{test.path}: {test.values[0].shape[1]} dimensions, {train.path} has {features}; "
            "expected as many in both. Give the two files of one data set."
        )
    lengths = np.array([len(one) for one in series])
    values = np.zeros((len(series), lengths.max(), features), np.float32)
    for row, one in zip(values, series, strict=True):
        row[: len(one)] = one
    names, numbers = np.unique([*train.classes, *test.classes], return_inverse=True)
    split = np.repeat(["train", "test"], [len(train.values), len(test.values)])
    return Arrays(values, lengths, numbers.astype(np.int64), tuple(map(str, names)), split)
