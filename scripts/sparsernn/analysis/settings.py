"""What all analyses share: responses, intervals, and where random numbers come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sparsernn.analysis.resampling import Resampling
from sparsernn.data.own_names import MEASURED
from sparsernn.seeds import numpy_generator

__all__ = ["RESPONSES", "Settings", "own_responses", "responses_of"]

RESPONSES = ("test_loss", "error_area", "test_acc", "late_test_acc", "wrong_m1", "epochs_to_99")
"""What is explained, where a study has it: log-loss (nats a string) and accuracy after the last
epoch, the area under the curve of the error, the accuracy over the last five epochs, the errors on
the decoy that is hardest, and the epoch of the first accuracy of .99."""


@dataclass(frozen=True)
class Settings:
    """How a study is analysed.

    Attributes:
        seed: root of the random numbers.
        confidence: coverage of the intervals.
        resamples: samples of each bootstrap and permutation test.
        levels: −1 or 1 for each field, by the variant of a design.
        methods: settings of ways to a sparse network, by their names.
        task: what networks learn; None: strings of the Reber grammar, or a user's own.
    """

    seed: int
    confidence: float = 0.95
    resamples: int = 2000
    levels: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    task: str | None = None

    def resampling(self, question: str) -> Resampling:
        """The random numbers of one question, so that another changes none of them."""
        rng = numpy_generator(self.seed, f"analysis/{question}")
        return Resampling(rng, self.resamples, self.confidence)


def responses_of(networks: pd.DataFrame, wanted: Sequence[str] | None = None) -> list[str]:
    """The responses that a study has: those with a value in at least half of the networks.

    Args:
        networks: one row a network.
        wanted: names of columns; None: `RESPONSES`, and the metrics of the task's file.
    """
    if wanted is None:
        return [*responses_of(networks, RESPONSES), *own_responses(networks)]
    return [name for name in wanted if name in networks and networks[name].notna().mean() >= 0.5]


def own_responses(networks: pd.DataFrame) -> list[str]:
    """Those that are metrics of the task's file, in the order of the file.

    Example:
        >>> own_responses(pd.DataFrame({"test_acc": [0.9], "test_f1": [0.8]}))
        ['test_f1']
    """
    anyway = {f"test_{name}" for name in MEASURED}
    own = [name for name in networks if name.startswith("test_") and name not in anyway]
    return responses_of(networks, own)
