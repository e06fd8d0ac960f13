"""What the claims measure: from a study's tables to a value with its interval.

A measure is a function of the study, the claim's cell and the claim's arguments.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from sparsernn.analysis.regain import first_reaching
from sparsernn.data.grammars import REBER
from sparsernn.thesis.repository import CELLS
from sparsernn.thesis.safe_share import (
    STEPS,
    TARGETS,
    cliff,
    lasting_safe_percent,
    least_lasting_safe_percent,
    least_safe_percent,
    safe_percent,
)
from sparsernn.thesis.study import (
    NotTestableError,
    Study,
    Value,
    at_epoch,
    near_dense,
    over_seeds,
    reached,
    share,
)

__all__ = ["MEASURES", "OF_PRUNING", "PRINTED", "regained_cases"]

PRINTED = (
    *("layers", "nodes", "edges", "source_nodes", "diameter", "density"),
    *("average_shortest_path_length", "eccentricity_var", "degree_var", "closeness_var"),
    *("nodes_betweenness_var", "edge_betweenness_var"),
)
"""The properties whose correlations the thesis prints, in its order."""


GRAPHS, HELD_OUT = "graphs", "graphs held out"
"""What the intervals of a correlation and of an R² are over."""


# Data set


def _strings(
    study: Study,
    cell: str,
    split: str = "all",
    valid: float | None = None,
    of: float | None = None,
) -> Value:
    rows = study.strings(split, of)
    return Value(len(rows) if valid is None else int((rows["valid"] == valid).sum()))


def _lengths(study: Study, split: str, of: float) -> pd.Series:
    return study.strings(split, of)["string"].str.len().value_counts().sort_index()


def _length(study: Study, cell: str, which: str, of: float, split: str = "all") -> Value:
    return Value(_chosen(_lengths(study, split, of), which))


def _strings_of_length(study: Study, cell: str, which: str, of: float, split: str = "all") -> Value:
    counts = _lengths(study, split, of)
    return Value(int(counts[_chosen(counts, which)]))


def _chosen(counts: pd.Series, which: str) -> int:
    ends = {"shortest": counts.index[0], "longest": counts.index[-1], "commonest": counts.idxmax()}
    return int(ends[which])


def _label_errors(study: Study, cell: str) -> Value:
    rows = study.strings()
    accepted = rows["string"].map(REBER.accepts)
    return Value(int((accepted != rows["valid"].astype(bool)).sum()))


def _letters(study: Study, cell: str, valid: float) -> Value:
    rows = study.strings()
    return Value(names=frozenset("".join(rows.loc[rows["valid"] == valid, "string"])))


# Dense networks


def _dense_accuracy(study: Study, cell: str, epoch: float, split: str = "test") -> Value:
    return share(study, at_epoch(study.dense(cell, f"{split}_acc"), epoch), split)


def _least_dense_accuracy(study: Study, cell: str, since: float, until: float) -> Value:
    curves = reached(study.dense(cell), until)
    return over_seeds(list(curves.loc[:, since:until].min(axis="columns")))


def _epochs_below(study: Study, cell: str, level: float, until: float) -> Value:
    curves = reached(study.dense(cell), until)
    return over_seeds(list((curves.loc[:, :until] < level).sum(axis="columns")))


def _last_epoch_below(study: Study, cell: str, level: float, until: float) -> Value:
    curves = reached(study.dense(cell), until)
    below = [curve.index[curve < level] for _, curve in curves.loc[:, :until].iterrows()]
    return over_seeds([float(epochs.max()) if len(epochs) else 0.0 for epochs in below])


# Pruning


def _accuracy(study: Study, cell: str, target: str, percent: float, epoch: float = 0) -> Value:
    if epoch == 0:
        return share(study, study.after_pruning(cell, target, percent), "test")
    return share(study, at_epoch(study.pruned(cell, target, percent), epoch), "test")


def _drop(study: Study, cell: str, target: str, before: float, at: float) -> Value:
    # No binomial interval: both accuracies are of the same strings, and which ones each network
    # gets wrong is not in the tables.
    first, second = (study.after_pruning(cell, target, percent) for percent in (before, at))
    lost = (first - second).dropna()
    if lost.empty:
        raise NotTestableError("no seed has both accuracies")
    return over_seeds(list(lost))


def _first_epoch(study: Study, cell: str, target: str, percent: float, level: float) -> Value:
    curves = study.pruned(cell, target, percent)
    first = [first_reaching(curve, level) for _, curve in curves.iterrows()]
    # One that was not seen to regain it may do so in any later epoch.
    earliest = [
        epoch if math.isfinite(epoch) else float(curve.dropna().index.max()) + 1
        for epoch, (_, curve) in zip(first, curves.iterrows(), strict=True)
    ]
    idle = first.count(0)
    doubt = f"never fell below {level:g}, so nothing to regain, in {idle} of {len(first)} networks"
    found = over_seeds(first)
    if len(first) > 1 or math.isinf(first[0]):
        over = "seeds" if len(first) > 1 else "epochs not trained"
        found = replace(found, low=min(earliest), high=max(first), over=over)
    return replace(found, doubt=doubt if idle else "")


def _best(study: Study, cell: str, target: str, percent: float, until: float) -> pd.Series:
    curves = reached(study.pruned(cell, target, percent), until)
    return curves.loc[:, 1:until].max(axis="columns")


def _best_accuracy(study: Study, cell: str, target: str, percent: float, until: float) -> Value:
    return over_seeds(list(_best(study, cell, target, percent, until)))


def _share_regained(study: Study, cell: str, epochs: float, until: float = 100) -> Value:
    """Of the cases in which pruning cost over a point, the share that so many epochs repair.

    Only percentages up to `until` count: a network without any of the target's weights (100 %) is
    a case of its own.
    """
    regained = regained_cases(study, epochs, until)
    if not regained:
        raise NotTestableError("pruning cost no network of the study more than a point")
    return over_seeds([float(np.mean(cases)) for cases in regained.values()])


def regained_cases(
    study: Study, epochs: float, until: float = 100, since: float = 0
) -> dict[Any, list[bool]]:
    """By seed, of the cases in which pruning cost over a point, whether so many epochs repair it.

    Args:
        study: of one protocol and schedule.
        epochs: epochs of retraining.
        until: the largest percentage that counts.
        since: the smallest one.
    """
    cases: dict[Any, list[bool]] = {}
    for name in CELLS:
        level = near_dense(study, name)
        for target in TARGETS:
            for percent in (p for p in STEPS if since <= p <= until):
                for seed, curve in study.pruned(name, target, percent).iterrows():
                    if seed in level and (first := first_reaching(curve, level[seed])) > 0:
                        cases.setdefault(seed, []).append(first <= epochs)
    return cases


def _recovery_gap(
    study: Study, cell: str, target: str, percent: float, until: float, high: str, low: str
) -> Value:
    best = {c: _best(study, c, target, percent, until) for c in f"{high}+{low}".split("+")}
    upper = pd.DataFrame({c: best[c] for c in high.split("+")}).dropna().min(axis="columns")
    lower = pd.DataFrame({c: best[c] for c in low.split("+")}).dropna().max(axis="columns")
    gaps = (upper - lower).dropna()
    if gaps.empty:
        raise NotTestableError("no seed has all these cells")
    return over_seeds(list(gaps))


def _parameters_removed(study: Study, cell: str, target: str, percent: float) -> Value:
    pruned = study.rows("pruning", cell=cell, target=target, percent=percent, status="ok")
    left = pruned.set_index("seed")["parameters"]
    whole = study.rows("dense", cell=cell).set_index("seed")["parameters"]
    return over_seeds(list((1 - left / whole).dropna()))


# Correlation and prediction


def _correlation(study: Study, cell: str, property: str) -> Value:
    row = study.rows("correlations", cell=cell, property=property).iloc[0]
    if math.isnan(row["r"]):
        raise NotTestableError(f"no correlation: {row['note']}")
    doubt = "the interval includes 0" if row["low"] <= 0 <= row["high"] else ""
    return Value(row["r"], row["low"], row["high"], doubt, over=GRAPHS)


def _essential(study: Study, cell: str, level: float) -> Value:
    found = {name: _correlation(study, cell, name) for name in PRINTED}
    chosen = {name for name, r in found.items() if round(abs(r.value), 2) >= level}
    unsure = {
        name
        for name, r in found.items()
        if max(abs(r.low), abs(r.high)) >= level
        and (r.doubt or min(abs(r.low), abs(r.high)) < level)
    }
    return Value(names=frozenset(chosen), unsure=frozenset(unsure))


def _shared_essentials(study: Study, cell: str, level: float, cells: float) -> Value:
    sets = [_essential(study, name, level).names or frozenset() for name in CELLS]
    times = {name: sum(name in chosen for chosen in sets) for name in PRINTED}
    return Value(names=frozenset(name for name, count in times.items() if count == cells))


def _r2(study: Study, cell: str, regressor: str, features: str = "all") -> Value:
    where = {"cell": cell, "regressor": regressor, "features": features}
    row = study.rows("feature_sets", **where).iloc[0]
    if math.isnan(row["low"]):
        raise NotTestableError(f"no R² with an interval: {row['note']}")
    drawn = row["seeds_low"] < row["seeds_high"]
    seeds = (row["seeds_low"], row["seeds_high"]) if drawn else None
    return Value(row["r2"], row["low"], row["high"], seeds=seeds, over=HELD_OUT)


def _best_r2(study: Study, cell: str) -> Value:
    regressors = study.rows("feature_sets", cell=cell, features="all")["regressor"]
    return Value(max(_r2(study, cell, name).value for name in regressors))


def _strongest_r2(study: Study, cell: str) -> Value:
    """The best regressor's R², with its interval. Of "all" cells, the best of any."""
    cells = CELLS if cell == "all" else [cell]
    found = [
        _r2(study, name, regressor)
        for name in cells
        for regressor in study.rows("feature_sets", cell=name, features="all")["regressor"]
    ]
    return max(found, key=lambda value: value.value)


_PRUNING_MEASURES: dict[str, Callable[..., Value]] = {
    "accuracy": _accuracy,
    "drop": _drop,
    "first_epoch": _first_epoch,
    "best_accuracy": _best_accuracy,
    "cliff": cliff,
    "safe_percent": safe_percent,
    "least_safe_percent": least_safe_percent,
    "lasting_safe_percent": lasting_safe_percent,
    "least_lasting_safe_percent": least_lasting_safe_percent,
    "share_regained": _share_regained,
    "recovery_gap": _recovery_gap,
    "parameters_removed": _parameters_removed,
}
OF_PRUNING = frozenset(_PRUNING_MEASURES)
"""The measures of pruned networks, which depend on the schedule of pruning."""
MEASURES: Mapping[str, Callable[..., Value]] = MappingProxyType(
    {
        "strings": _strings,
        "length": _length,
        "strings_of_length": _strings_of_length,
        "label_errors": _label_errors,
        "letters": _letters,
        "dense_accuracy": _dense_accuracy,
        "least_dense_accuracy": _least_dense_accuracy,
        "epochs_below": _epochs_below,
        "last_epoch_below": _last_epoch_below,
        **_PRUNING_MEASURES,
        "correlation": _correlation,
        "essential": _essential,
        "shared_essentials": _shared_essentials,
        "r2": _r2,
        "best_r2": _best_r2,
        "strongest_r2": _strongest_r2,
    }
)
