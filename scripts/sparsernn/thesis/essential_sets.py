"""Sets of properties whose |r| is at least a level, when every r has an error.

A property is surely in the set if Fisher's interval of its r lies beyond the level, surely out if
the interval stays below it, and undecided otherwise. Two sets disagree only where one study has a
property surely in and the other surely out.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from scipy import stats

from sparsernn.thesis.agreement import AGREES, CANNOT_TELL, DISAGREES, LEAST_RATE, Agreement

__all__ = ["Member", "by_sets", "member"]

_HALF_DIGIT = 0.005  # r is rounded to two decimals before it is held against the level


class Member(NamedTuple):
    """What a study says of one property.

    Attributes:
        chosen: whether its estimate is in the set.
        sure: True if surely in, False if surely out, None if undecided.
        chance: how likely another run of the same size puts it into the set.
    """

    chosen: bool
    sure: bool | None
    chance: float


def member(
    found: Mapping[str, tuple[float, int]], level: float, cells: int, confidence: float
) -> Member:
    """Whether a property is essential for exactly so many cells.

    Args:
        found: by cell, its r, and the number of graphs.
        level: of |r|.
        cells: how many cells it must be essential for.
        confidence: of the intervals.

    Example:
        >>> member({"gru": (0.74, 200), "lstm": (0.39, 200)}, 0.4, 1, 0.95).sure is None
        True
    """
    chosen = least = most = 0
    counts = np.ones(1)  # how likely the property is essential for 0, 1, ... cells
    for r, graphs in found.values():
        error = 1 / math.sqrt(graphs - 3)
        z, border = math.atanh(abs(r)), math.atanh(level)
        half = float(stats.norm.ppf((1 + confidence) / 2)) * error
        chosen += round(abs(r), 2) >= level
        least += z - half >= border
        most += z + half >= border
        p = float(stats.norm.sf((math.atanh(level - _HALF_DIGIT) - z) / error))
        counts = np.convolve(counts, [1 - p, p])
    sure = True if least == most == cells else None
    if not least <= cells <= most:
        sure = False
    return Member(chosen == cells, sure, float(counts[cells]))


def by_sets(thesis: Mapping[str, Member], ours: Mapping[str, Member]) -> Agreement:
    """Do two studies find the same set, as far as they can tell?

    The self-replication rate is how often two runs of our study would find the same set, if the
    errors of the properties were independent.
    """
    names = [name for name in thesis if name in ours]
    rate = math.prod(ours[n].chance ** 2 + (1 - ours[n].chance) ** 2 for n in names)
    against = [n for n in names if {thesis[n].sure, ours[n].sure} == {True, False}]
    undecided = [n for n in names if None in (thesis[n].sure, ours[n].sure)]
    differ = [n for n in names if thesis[n].chosen != ours[n].chosen]
    if against:
        return Agreement(DISAGREES, f"surely different: {' '.join(against)}", rate)
    reason = f"undecided: {' '.join(undecided) or 'none'}"
    if differ or rate < LEAST_RATE:
        words = f"differ in {' '.join(differ)}" if differ else "the same estimates"
        return Agreement(CANNOT_TELL, f"{words}; {reason}", rate)
    return Agreement(AGREES, f"the same set; {reason}", rate)
