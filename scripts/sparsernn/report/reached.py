"""How good networks are at the end of their training: which column says so, and in what words."""

from typing import NamedTuple

import pandas as pd

from sparsernn.analysis.settings import own_responses

__all__ = ["Measure", "measure"]

_LATE = 5  # epochs that columns `late_…` are means of


class Measure(NamedTuple):
    """A column of networks and how its values are told.

    Attributes:
        column: its name.
        name: what is measured.
        scale: what values are multiplied by.
        digits: decimals after that.
        unit: of differences after that; empty if they have none.
        when: of which epochs it is.
    """

    column: str
    name: str
    scale: float
    digits: int
    unit: str
    when: str

    @property
    def axis(self) -> str:
        """The label of an axis.

        Example:
            >>> measure(pd.DataFrame({"epochs": [15], "test_acc": [0.9]})).axis
            'test accuracy in %'
        """
        return f"test {self.name}{' in %' * (self.scale == 100)}"


def measure(networks: pd.DataFrame) -> Measure:
    """The first metric of the task's file; without one the accuracy, or the error of numbers.

    The mean of the last five epochs changes less by chance; but of a short training it tells how
    fast a network learns, and not what it reaches.

    Args:
        networks: column epochs, and those of outcomes.

    Example:
        >>> measure(pd.DataFrame({"epochs": [15, 1], "late_test_acc": [0.9, 0.8]})).column
        'late_test_acc'
        >>> measure(pd.DataFrame({"epochs": [5, 1], "test_nrmse": [0.9, 0.8]}))[:2]
        ('test_nrmse', 'error (NRMSE)')
        >>> measure(pd.DataFrame({"epochs": [15], "test_acc": [0.9], "test_f1_score": [0.8]}))[:2]
        ('test_f1_score', 'f1 score')
    """
    if own := own_responses(networks):
        name = own[0].removeprefix("test_").replace("_", " ")
        return Measure(own[0], name, 1, 3, "", "that after the last epoch")
    start, when = "late_test_", "the mean of the last five epochs"
    if networks["epochs"].max() < 2 * _LATE:
        start, when = "test_", "that after the last epoch, as trainings have fewer than ten"
    if {"test_nrmse", "late_test_nrmse"} & set(networks):
        return Measure(f"{start}nrmse", "error (NRMSE)", 1, 3, "", when)
    return Measure(f"{start}acc", "accuracy", 100, 1, "points", when)
