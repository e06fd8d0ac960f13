"""The figures of the study: each a function of tidy tables that returns a figure and its data.

Nothing is computed here but the choice of rows and, over seeds, medians and ranges. Titles and
captions are those of the same names in `sparsernn.report.captions.KINDS`.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sparsernn.report.figures.graphs import (
    accuracy_against,
    accuracy_by_family,
    correlation_heatmap,
    layers_against_nodes,
    properties_by_family,
)
from sparsernn.report.figures.prediction import ols_coefficients, prediction_r2
from sparsernn.report.figures.pruning import pruning_accuracy, pruning_regain
from sparsernn.report.figures.replay import replay_accuracy
from sparsernn.report.figures.training import (
    dataset_counts,
    dataset_lengths,
    dataset_letters,
    dense_training,
)
from sparsernn.report.style import Drawn, save

__all__ = [
    "FIGURES",
    "accuracy_against",
    "accuracy_by_family",
    "correlation_heatmap",
    "dataset_counts",
    "dataset_lengths",
    "dataset_letters",
    "dense_training",
    "layers_against_nodes",
    "ols_coefficients",
    "prediction_r2",
    "properties_by_family",
    "pruning_accuracy",
    "pruning_regain",
    "replay_accuracy",
    "save",
]

FIGURES: Mapping[str, Callable[..., Drawn]] = MappingProxyType(
    {
        function.__name__: function
        for function in (
            dataset_counts,
            dataset_lengths,
            dataset_letters,
            properties_by_family,
            layers_against_nodes,
            dense_training,
            pruning_accuracy,
            pruning_regain,
            accuracy_by_family,
            correlation_heatmap,
            accuracy_against,
            prediction_r2,
            ols_coefficients,
            replay_accuracy,
        )
    }
)
