"""What runs a network's sums: the one place that chooses.

There are three kinds:

- *Tiles* (`engine.sums`): rows that read the same sources share each load. They are best where most
  rows have such neighbours, as in dense matrices (and those filled up to dense ones, see
  `edge_lists.FILLED_FROM`), and fast enough for networks whose rows are short.
- *Slices* (`engine.slices`): four rows of any sources at once, with sources of 16 bits, and
  gradients of weights that are gathered step by step. They are best for large sparse networks: a
  tile would be one row there, whose additions wait for each other.
- *Strips* (`engine.strips`): sixteen rows of one sequence at once, for batches of few sequences in
  large networks, dense ones too. Side by side, these would be rounded up to 16.

The networks of the thesis, of 50 units or fewer a layer, are below `UNITS`.

Layers with most of their weights are PyTorch's where its own kernels are faster (`engine.layers`).
"""

from typing import NamedTuple

import numpy as np

from sparsernn.engine.cells import LANES
from sparsernn.engine.edge_lists import FILLED_FROM
from sparsernn.engine.kernel_plan import Edges, KernelPlan
from sparsernn.engine.slices import SOURCES

__all__ = ["UNITS", "Layer", "by_torch", "is_sparse", "mostly_absent", "one_by_one"]

UNITS = 100
"""Slices and strips are for networks with a block of so many units;"""

EDGES = 6.0
"""slices, if each row that has any edges has so many on average,"""

ALONE = 0.5
"""and this share of edges is of rows that have no neighbour with the same sources."""


def is_sparse(plan: KernelPlan) -> bool:
    """Whether a plan's sums are taken in slices."""
    kinds = plan.ih, plan.hh
    counts = np.concatenate([np.diff(edges.start) for edges in kinds])
    total = counts.sum()
    alone = sum(_alone(edges) for edges in kinds)
    rows = max(plan.slot_rows, len(plan.ih.into), int(plan.units[-1]))
    if plan.largest < UNITS or rows > SOURCES:
        return False
    return bool(total > EDGES * np.count_nonzero(counts) and alone > ALONE * total)


COPIED = 1 << 16
"""So few parameters are all copied."""


def mostly_absent(plan: KernelPlan) -> bool:
    """Whether only those parameters are copied that the sums use, and only their gradients kept."""
    return plan.parameters > COPIED and 2 * sum(plan.weight_sizes()) < plan.parameters


SEQUENCES = 4
"""Strips are for so many sequences at most,"""

TOKENS = 4096
"""and for so many of their steps in all, as they keep what each step computes."""


def one_by_one(plan: KernelPlan, steps: int, sequences: int) -> bool:
    """Whether sequences run one after another, instead of side by side."""
    few = sequences <= SEQUENCES and steps * sequences <= TOKENS
    return few and plan.largest >= UNITS and plan.units[-1] <= SOURCES


LEAST, MIDDLE, LARGE = 32, 100, 200
"""Units of a layer: fewer than the first are never PyTorch's."""


class Layer(NamedTuple):
    """A layer that PyTorch has, too.

    Attributes:
        cell: one of PyTorch's.
        units: their number.
        share: of the weights that exist.
        double: whether numbers are float64, in which PyTorch's LSTM has no kernel for all steps.
    """

    cell: str
    units: int
    share: float
    double: bool = False


def by_torch(layer: Layer, sequences: int, trained: bool) -> bool:
    """Whether PyTorch's own kernels run such layers faster than ours.

    Measured with 1, 4, 8 and 32 sequences and 64 to 512 units. Where a quarter of the weights or
    more exist, kernels count the others as zeros, too.

    Args:
        layer: any of them.
        sequences: in the batch.
        trained: whether derivatives may be asked for.

    Example:
        >>> lstm, gru = Layer("lstm", 512, 1.0), Layer("gru", 512, 1.0)
        >>> by_torch(lstm, 32, trained=True), by_torch(gru, 32, trained=True)
        (True, False)
        >>> by_torch(lstm, 1, trained=False), by_torch(Layer("lstm", 512, 0.1), 1, trained=False)
        (True, False)
    """
    cell, units, share, double = layer
    single, few = sequences <= SEQUENCES, sequences < LANES  # which leave lanes empty
    if cell == "lstm" and LEAST <= units < MIDDLE and single and not double:
        return True
    if units < LEAST or share < FILLED_FROM:
        return False
    if double:
        return not (single and trained)
    if cell == "lstm":
        return True
    return few and units >= LARGE and not (single and trained)


def _alone(edges: Edges) -> int:
    """Edges of rows that are in no tile: a tile's first row has its size, and the others 1."""
    starts = np.flatnonzero(edges.group > 1)
    in_tile = np.zeros(len(edges.group) + 1, np.int64)
    np.add.at(in_tile, starts, 1)
    np.add.at(in_tile, starts + edges.group[starts], -1)
    return int(np.diff(edges.start)[np.cumsum(in_tile)[:-1] == 0].sum())
