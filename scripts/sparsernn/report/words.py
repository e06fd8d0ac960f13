"""What cells, families and properties are called in figures and tables for readers."""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["CELL_NAMES", "cell_name", "family_name", "property_name", "target_name"]

CELL_NAMES: Mapping[str, str] = MappingProxyType(
    {"rnn_tanh": "RNN-Tanh", "rnn_relu": "RNN-ReLU", "lstm": "LSTM", "gru": "GRU"}
)
# What else has a name that its file's name doesn't give: families, properties, cells.
_NAMES = {
    "barabasi_albert": "Barabási–Albert",
    "watts_strogatz": "Watts–Strogatz",
    "erdos_renyi": "Erdős–Rényi",
}
_TARGETS = {
    "both": "all recurrent weights",
    "i2h": "input-to-hidden weights",
    "h2h": "hidden-to-hidden weights",
}
_MOMENTS = {"mean": "mean", "var": "variance", "std": "standard deviation"}


def cell_name(cell: str) -> str:
    """A cell as readers know it.

    Example:
        >>> cell_name("rnn_tanh"), cell_name("my_cell")
        ('RNN-Tanh', 'my cell')
    """
    return CELL_NAMES.get(cell) or _named(cell)


def family_name(family: str) -> str:
    """A family of graphs as readers know it."""
    return _named(family)


def property_name(name: str) -> str:
    """A column of graph properties in words.

    Example:
        >>> property_name("nodes_betweenness_var"), property_name("source_nodes")
        ('nodes betweenness, variance', 'source nodes')
    """
    measure, _, moment = name.rpartition("_")
    if measure and moment in _MOMENTS:
        return f"{measure.replace('_', ' ')}, {_MOMENTS[moment]}"
    return _named(name)


def _named(name: str) -> str:
    return _NAMES.get(name, name.replace("_", " "))


def target_name(target: str) -> str:
    """The weights that a target of pruning names, in words."""
    return _TARGETS.get(target, target)
