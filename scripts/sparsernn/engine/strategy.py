"""What runs a network's sums: the one place that chooses.

There are three kinds:

- *Tiles* (`engine.sums`): rows that read the same sources share each load. They are best where most
  rows have such neighbours, as in dense matrices (and those filled up to dense ones, see
  `density.filled_from`), and fast enough for networks whose rows are short.
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
from sparsernn.engine.density import UNITS, filled_from
from sparsernn.engine.kernel_plan import Edges, KernelPlan
from sparsernn.engine.slices import SOURCES

__all__ = ["UNITS", "Layer", "by_torch", "is_sparse", "mostly_absent", "one_by_one"]

EDGES = 6.0
"""Slices and strips are for large networks; slices, if rows with edges have so many on average,"""

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


SMALLEST, LARGE = 32, 200
"""Units of a layer: those of fewer than the first are never PyTorch's."""


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

    Measured with 1, 4, 8 and 32 sequences, 64 to 512 units, and 20 to 100 % of the weights.

    Args:
        layer: any of them.
        sequences: in the batch.
        trained: whether derivatives may be asked for.

    Example:
        >>> lstm, half = Layer("lstm", 512, 1.0), Layer("lstm", 512, 0.5)
        >>> by_torch(lstm, 32, trained=True), by_torch(half, 32, trained=True)
        (True, False)
        >>> by_torch(half, 8, trained=False), by_torch(half, 1, trained=False)
        (True, False)
    """
    cell, units, share, double = layer
    single = sequences <= SEQUENCES
    if units < SMALLEST:
        return False
    if units >= UNITS:
        return share >= _dense_from(layer, sequences, trained)
    if share < filled_from(units):
        return cell == "lstm" and single and not double
    if double:
        return not (single and trained)
    return cell == "lstm"


def _dense_from(layer: Layer, sequences: int, trained: bool) -> float:
    """The share of weights from which PyTorch runs a large layer faster."""
    cell, units, _, double = layer
    single = sequences <= SEQUENCES
    lanes = sequences / (-(-sequences // LANES) * LANES)  # the share of them that is not empty
    never = 2.0
    if double:
        if single:
            return never if trained else 0.5 / sequences
        return min(lanes, 0.7) if trained else 0.3 * lanes
    if cell == "lstm":
        return max(0.65 / sequences, 0.3) if single else 0.55 * lanes
    if single:
        return never if trained or units < LARGE else 0.65
    return 1.1 * lanes if sequences < LANES and units >= LARGE else never


def _alone(edges: Edges) -> int:
    """Edges of rows that are in no tile: a tile's first row has its size, and the others 1."""
    starts = np.flatnonzero(edges.group > 1)
    in_tile = np.zeros(len(edges.group) + 1, np.int64)
    np.add.at(in_tile, starts, 1)
    np.add.at(in_tile, starts + edges.group[starts], -1)
    return int(np.diff(edges.start)[np.cumsum(in_tile)[:-1] == 0].sum())
