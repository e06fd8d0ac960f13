"""What the thesis's public repository keeps, and where in a checkout of it.

Light to import: the workflow lists its inputs with it.
"""

import os
from typing import NamedTuple

__all__ = [
    "CELLS",
    "NETWORK_KINDS",
    "TEST_STRINGS",
    "Saved",
    "missing_from",
    "replay_inputs",
    "saved_networks",
]

TEST_STRINGS = "Implementations/dataset/test_data.csv"
_EXPERIMENTS = "Implementations/experiments"
CELLS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
"""The cells that the thesis studied, whatever cells there are and a study has."""

NETWORK_KINDS = ("sparse", "dense", "pruned")
_FAMILIES = ("barabasi_albert", "watts_strogatz")
_GRAPHS = 100  # of a family, for each cell
_TARGETS = ("both", "i2h", "h2h")
_PERCENTS = range(10, 101, 10)


class Saved(NamedTuple):
    """One of the thesis's networks. Paths are relative to the checkout.

    Attributes:
        kind: "sparse" and "dense" ones are checkpoints; a "pruned" one was not saved, and is
            its dense checkpoint pruned again.
        cell: rnn_tanh, rnn_relu, lstm or gru.
        file: its weights.
        table: has its published accuracy.
        family: of its graph; "" if it has none.
        graph: number of its graph in the family; -1 if it has none.
        target: which weights were pruned; "" if none.
        percent: of these weights that were pruned; 0 if none.
    """

    kind: str
    cell: str
    file: str
    table: str
    family: str = ""
    graph: int = -1
    target: str = ""
    percent: int = 0

    @property
    def graph_file(self) -> str:
        """The pickle of its graph."""
        return f"{_EXPERIMENTS}/graphs/{self.cell.upper()}/{self.family}_{self.graph}.gpickle"


def saved_networks(kind: str, cell: str) -> list[Saved]:
    """All of the thesis's networks of a kind and cell: 200 sparse, 1 dense, 30 pruned.

    Example:
        >>> counts = [len(saved_networks(kind, "gru")) for kind in NETWORK_KINDS]
        >>> counts, 4 * sum(counts[:2])
        ([200, 1, 30], 804)
    """
    if kind == "sparse":
        folder = f"{_EXPERIMENTS}/state_dicts/structure/{cell.upper()}"
        table = f"{_EXPERIMENTS}/results/structure/{cell}.csv"
        return [
            Saved(kind, cell, f"{folder}/{family}_{graph}.pt", table, family, graph)
            for family in _FAMILIES
            for graph in range(_GRAPHS)
        ]
    file = f"{_EXPERIMENTS}/state_dicts/prune/{cell}.pt"
    table = f"{_EXPERIMENTS}/results/prune/{cell}.csv"
    if kind == "dense":
        return [Saved(kind, cell, file, table)]
    return [
        Saved(kind, cell, file, table, target=target, percent=percent)
        for target in _TARGETS
        for percent in _PERCENTS
    ]


def replay_inputs(checkout: str, kind: str, cell: str) -> list[str]:
    """The files that are there, of those that the networks of a kind and cell are read from."""
    names = {TEST_STRINGS: None}  # a dict keeps the order, and each once
    for saved in saved_networks(kind, cell):
        own = [saved.file, saved.table, *([saved.graph_file] if saved.family else [])]
        names |= dict.fromkeys(own)
    paths = (os.path.join(checkout, name) for name in names)
    return [path for path in paths if os.path.isfile(path)]


def missing_from(checkout: str) -> str | None:
    """The path of what no checkout can do without and this one lacks, None if nothing."""
    paths = [checkout, *(os.path.join(checkout, name) for name in (_EXPERIMENTS, TEST_STRINGS))]
    return next((path for path in paths if not os.path.exists(path)), None)
