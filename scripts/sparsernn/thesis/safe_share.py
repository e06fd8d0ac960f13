"""How much can be pruned, and where accuracy falls: by first failure, and as a whole curve.

By first failure, one accuracy that is below the level ends the safe share, however little it is
below, and whatever larger percentages give. The other two measures first fit the curve that never
rises with the percentage (isotonic regression), which undoes such a failure.
"""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from sparsernn.analysis.cliff import falling, half_way
from sparsernn.analysis.regain import reaches, safe_up_to
from sparsernn.thesis.repository import CELLS
from sparsernn.thesis.study import (
    GRID,
    NotTestableError,
    Study,
    Value,
    near_dense,
    over_seeds,
)

__all__ = ["STEPS", "TARGETS", "cliff", "lasting_safe_percent", "least_lasting_safe_percent"]
__all__ += ["least_safe_percent", "safe_percent"]

STEPS = [float(percent) for percent in range(10, 101, 10)]
TARGETS = ("both", "i2h", "h2h")
_PLOTTED = {"rnn_tanh": 0.92}  # accuracy that the thesis's plots mark; 0.95 for the other cells
_Safe = Callable[[pd.Series, float], float]  # from accuracies by percentage, and a level


def _plotted_level(study: Study, cell: str) -> pd.Series:
    """The accuracy that the thesis's plots mark, by seed."""
    return pd.Series(_PLOTTED.get(cell, 0.95), index=study.dense(cell).index)


# Costing little: at most a point of the dense network's accuracy, or nothing in the thesis's plots.
_RULES: Mapping[str, Callable[[Study, str], pd.Series]] = MappingProxyType(
    {"dense": near_dense, "plots": _plotted_level}
)


def safe_percent(study: Study, cell: str, target: str, rule: str) -> Value:
    """The largest percentage up to which every one costs little."""
    return over_seeds(list(_safe(study, cell, target, rule, _unbroken)))


def lasting_safe_percent(study: Study, cell: str, target: str, rule: str) -> Value:
    """The largest percentage that costs little on the curve that never rises."""
    return over_seeds(list(_safe(study, cell, target, rule, _lasting)))


def least_safe_percent(study: Study, cell: str, rule: str) -> Value:
    """The least of `safe_percent` over all cells and targets."""
    least = _least(study, rule, _unbroken)
    # The share at which accuracy falls lies between the last percent that held and the next one.
    over = "seeds and the step of percentages" if len(least) > 1 else GRID
    ends = (float(least.min()), float(least.max()) + 10)
    return Value(float(least.median()), *ends, over=over, draws=tuple(least))


def least_lasting_safe_percent(study: Study, cell: str, rule: str) -> Value:
    """The least of `lasting_safe_percent` over all cells and targets."""
    return over_seeds(list(_least(study, rule, _lasting)))


def cliff(study: Study, cell: str, target: str) -> Value:
    """The half-way point of `sparsernn.analysis.cliff`, from the dense network (0 %) to 100 %.

    It is infinite if the network loses two points or less in all.
    """
    accuracy = _after_pruning(study, cell, target)
    dense = study.dense(cell).ffill(axis="columns").iloc[:, -1].reindex(accuracy.index)
    whole = accuracy.assign(**{"0": dense}).rename(columns={"0": 0.0}).dropna()
    if whole.empty:
        raise NotTestableError("no seed has all percentages and its dense network")
    percent = np.array([0.0, *STEPS])
    points = [half_way(percent, curve[percent].to_numpy()) for _, curve in whole.iterrows()]
    return over_seeds([math.inf if math.isnan(point) else point for point in points])


def _unbroken(accuracy: pd.Series, level: float) -> float:
    return safe_up_to(reaches(accuracy, level))


def _lasting(accuracy: pd.Series, level: float) -> float:
    known = accuracy.sort_index().dropna()
    fitted = pd.Series(falling(known.to_numpy()), index=known.index)
    return safe_up_to(reaches(fitted, level).reindex(accuracy.index, fill_value=False))


def _after_pruning(study: Study, cell: str, target: str) -> pd.DataFrame:
    """Accuracy right after pruning: a row a seed, a column a percentage."""
    return pd.DataFrame({p: study.after_pruning(cell, target, p) for p in STEPS})


def _safe(study: Study, cell: str, target: str, rule: str, safe: _Safe) -> pd.Series:
    """By seed, the largest percent up to which pruning costs little; see `_RULES`.

    A network without an accuracy, as it had diverged before, cost too much.
    """
    accuracy = _after_pruning(study, cell, target)
    level = _RULES[rule](study, cell).reindex(accuracy.index)
    return pd.Series({seed: safe(one, level[seed]) for seed, one in accuracy.iterrows()})


def _least(study: Study, rule: str, safe: _Safe) -> pd.Series:
    cases = [(name, target) for name in CELLS for target in TARGETS]
    found = pd.DataFrame({case: _safe(study, *case, rule, safe) for case in cases}).dropna()
    if found.empty:
        raise NotTestableError("no seed has all cells and targets")
    return found.min(axis="columns")
