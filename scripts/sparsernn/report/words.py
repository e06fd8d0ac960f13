"""What cells, families, properties, schedules and targets are called for readers, in which order
cells come, and how numbers are printed.

Light to import: the workflow reads it, and tables need no matplotlib.
"""

from typing import TYPE_CHECKING

from sparsernn.plugins import display_name, names
from sparsernn.thesis.repository import CELLS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["baseline_name", "cell_name", "cells_of", "family_name", "field_name", "number"]
__all__ += ["property_name", "response_name", "schedule_name", "target_name", "way_name"]

_TARGETS = {
    "both": "all recurrent weights",
    "i2h": "input-to-hidden weights",
    "h2h": "hidden-to-hidden weights",
}
_FIELDS = {
    "edges": "what edges are",
    "gate_masks": "masks of gates",
    "skips": "edges that skip layers",
    "embedding_size": "embedding size",
    "readout": "vertices that are read out",
    "readout_step": "step that is read out",
    "vertex_order": "order of vertices",
}
_RESPONSES = {
    "test_loss": "the loss",
    "log_test_loss": "the logarithm of the loss",
    "error_area": "the area under the curve of the error over epochs",
    "test_acc": "the accuracy",
    "late_test_acc": "the accuracy over the last five epochs",
    "wrong_m1": "the errors on decoy m1",
    "epochs_to_99": "the epochs until an accuracy of 99 %",
}
_BASELINES = {
    "one class": "a constant answer",
    "length": "a rule that sees only the length of a string",
    "letter counts": "a model that sees only how often each letter occurs",
    "strict bigrams": "a rule that rejects pairs of letters not seen in valid strings",
    "bigrams present": "a model that sees only which pairs of letters occur",
}
_MOMENTS = {"mean": "mean", "var": "variance", "std": "standard deviation"}


def baseline_name(name: str) -> str:
    """A trivial baseline in words.

    Example:
        >>> baseline_name("one class"), baseline_name("last step")
        ('a constant answer', 'the baseline “last step”')
    """
    return _BASELINES.get(name, f"the baseline “{name}”")


def cell_name(cell: str) -> str:
    """A cell as readers know it.

    Example:
        >>> cell_name("rnn_tanh"), cell_name("my_cell")
        ('RNN-Tanh', 'my cell')
    """
    return display_name("cells", cell)


def cells_of(*frames: "pd.DataFrame") -> list[str]:
    """The cells in some tables: the four in their usual order, then others by name."""
    present = {str(cell) for frame in frames for cell in frame["cell"].unique()}
    return [cell for cell in CELLS if cell in present] + sorted(present - set(CELLS))


def family_name(family: str) -> str:
    """A family of graphs as readers know it."""
    return display_name("families", family)


def field_name(field: str) -> str:
    """A field of a protocol in words.

    Example:
        >>> field_name("readout_step"), field_name("my_field")
        ('step that is read out', 'my field')
    """
    return _FIELDS.get(field, field.replace("_", " "))


def response_name(response: str) -> str:
    """What is measured of a network, in words; of a metric of one's own, its name.

    Example:
        >>> response_name("error_area"), response_name("test_f1_score")
        ('the area under the curve of the error over epochs', 'f1 score')
    """
    return _RESPONSES.get(response, response.removeprefix("test_").replace("_", " "))


def number(value: float, digits: int = 2) -> str:
    """A number as it is printed: a true minus sign, and none before zero.

    Example:
        >>> number(-0.456), number(-0.001)
        ('−0.46', '0.00')
    """
    return f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def property_name(name: str) -> str:
    """A column of graph properties in words.

    Example:
        >>> property_name("nodes_betweenness_var"), property_name("source_nodes")
        ('nodes betweenness, variance', 'source nodes')
    """
    measure, _, moment = name.rpartition("_")
    if measure and moment in _MOMENTS:
        return f"{measure.replace('_', ' ')}, {_MOMENTS[moment]}"
    return display_name("measures", name)


def schedule_name(schedule: str) -> str:
    """A schedule of pruning, or a control, as readers know it.

    Example:
        >>> schedule_name("one_shot"), schedule_name("random")
        ('one-shot', 'random mask')
    """
    return "one-shot" if schedule == "one_shot" else display_name("criteria", schedule)


def way_name(way: str) -> str:
    """A way to a sparse network, where several are compared.

    Example:
        >>> way_name("one_shot"), way_name("rewound_late"), way_name("rigl")
        ('magnitude', 'rewound late', 'RigL')
    """
    if way in names("growth"):
        return display_name("growth", way)
    return "magnitude" if way == "one_shot" else schedule_name(way)


def target_name(target: str) -> str:
    """The weights that a target of pruning names, in words."""
    return _TARGETS.get(target, target)
