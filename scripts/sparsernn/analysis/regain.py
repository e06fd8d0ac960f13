"""How soon retraining regains a pruned network's accuracy, and how much can be pruned safely.

Both are counted over seeds, as survival tables are: a network that never regains is not left out.
What "regained" and "safe" mean is defined here for tables, claims and answers alike.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

__all__ = [
    "NEVER",
    "epochs_to_regain",
    "first_reaching",
    "reaches",
    "regained_by_epoch",
    "safe_percent",
    "safe_up_to",
]

NEVER = "never"
_ROUNDING = 1e-9  # a difference of decimals that is exactly at the level has reached it
_NETWORK = ["protocol", "cell", "schedule", "target", "percent", "seed"]
_CASE = _NETWORK[:-1]


def reaches(accuracy: pd.Series, level: float) -> pd.Series:
    """Whether each accuracy is at the level or above; one that is missing is not."""
    return accuracy >= level - _ROUNDING


def first_reaching(curve: pd.Series, level: float) -> float:
    """The first epoch of a curve with at least this accuracy; infinite if none was seen."""
    epochs = curve.index[reaches(curve, level)]
    return float(epochs.min()) if len(epochs) else math.inf


def safe_up_to(kept: pd.Series) -> float:
    """The largest percentage at which, as at every smaller one, accuracy was kept.

    Args:
        kept: whether it was, by percentage.

    Returns:
        That percentage; 0 if the smallest already costs too much.

    Example:
        >>> safe_up_to(pd.Series({10.0: True, 20.0: False, 30.0: True}))
        10.0
    """
    kept = kept.sort_index()
    safe = kept.index[kept.cummin()]
    return float(safe.max()) if len(safe) else 0.0


def _levels(
    dense: pd.DataFrame, within: float, thresholds: Sequence[float]
) -> Mapping[str, Mapping[tuple[str, str, int], float]]:
    """By rule, the accuracy that each dense network's pruned ones have to have."""
    finals = dense.set_index(["protocol", "cell", "seed"])["test_acc"]
    rules: dict[str, Mapping[tuple[str, str, int], float]] = {
        f"dense - {within:g}": (finals - within).to_dict()
    }
    for level in thresholds:
        rules[f"{level:g}"] = dict.fromkeys(finals.index, level)
    return rules


def _curves(networks: pd.DataFrame, history: pd.DataFrame) -> Iterator[tuple[tuple, pd.Series]]:
    """Each pruned network and its test accuracy by epoch; none where it diverged at once."""
    by_network = dict(tuple(history.groupby(_NETWORK, sort=False)))
    for key in networks[_NETWORK].itertuples(index=False, name=None):
        rows = by_network.get(key)
        curve = pd.Series(dtype=float) if rows is None else rows.set_index("epoch")["test_acc"]
        yield key, curve


def _each(
    networks: pd.DataFrame,
    history: pd.DataFrame,
    dense: pd.DataFrame,
    within: float,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """One row for each network and rule: first epoch that meets it (inf: none), and both ends."""
    status = networks.set_index(_NETWORK)["status"]
    rows = []
    for rule, levels in _levels(dense, within, thresholds).items():
        for key, curve in _curves(networks, history):
            protocol, cell, *_, seed = key
            level = levels.get((protocol, cell, seed), math.inf)
            first, fine = first_reaching(curve, level), reaches(curve, level)
            retrained = bool(len(fine) and fine.iloc[-1] and status[key] == "ok")
            rows.append((*key, rule, first, first == 0, retrained))
    return pd.DataFrame(rows, columns=[*_NETWORK, "rule", "first", "pruned", "retrained"])


def _number(value: float) -> str:
    return NEVER if math.isinf(value) else f"{value:g}"


def epochs_to_regain(
    networks: pd.DataFrame,
    history: pd.DataFrame,
    dense: pd.DataFrame,
    within: float,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """The first epoch of retraining at which the accuracy is high enough.

    Args:
        networks: of all rounds: protocol, cell, schedule, target, percent, seed, status.
        history: their test_acc by epoch; epoch 0 is right after pruning.
        dense: protocol, cell, seed and final test_acc of the dense networks.
        within: the accuracy counts as regained this close to the dense network's.
        thresholds: or, as rules of their own, at these values or above.

    Returns:
        By protocol, cell, schedule, target, percent and rule: seeds, how many of them regained,
        and the earliest, median and latest epoch, "never" included.
    """
    each = _each(networks, history, dense, within, thresholds)
    rows = []
    for key, group in each.groupby([*_CASE, "rule"], sort=False):
        first = group["first"].to_numpy()
        ends = (first.min(), float(np.median(first)), first.max())
        rows.append((*key, len(first), int(np.isfinite(first).sum()), *map(_number, ends)))
    columns = [*_CASE, "rule", "seeds", "regained", "earliest", "median", "latest"]
    return pd.DataFrame(rows, columns=columns)


def regained_by_epoch(
    networks: pd.DataFrame,
    history: pd.DataFrame,
    dense: pd.DataFrame,
    within: float,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """The survival table behind `epochs_to_regain`: seeds that have regained, epoch by epoch.

    Returns:
        By protocol, cell, schedule, target, percent, rule and epoch: seeds, and how many of them
        have met the rule by then.
    """
    each = _each(networks, history, dense, within, thresholds)
    last = int(history["epoch"].max()) if len(history) else 0
    rows = [
        (*key, epoch, len(group), int((group["first"] <= epoch).sum()))
        for key, group in each.groupby([*_CASE, "rule"], sort=False)
        for epoch in range(last + 1)
    ]
    return pd.DataFrame(rows, columns=[*_CASE, "rule", "epoch", "seeds", "regained"])


def safe_percent(
    networks: pd.DataFrame,
    history: pd.DataFrame,
    dense: pd.DataFrame,
    within: float,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """The largest percentage up to which every smaller one keeps the accuracy.

    Returns:
        By protocol, cell, schedule, target, rule, and when it is measured (right after pruning, or
        after retraining): seeds, and the least, median and most of their percentages; 0 if the
        smallest percentage already costs too much.
    """
    each = _each(networks, history, dense, within, thresholds)
    each = each[each["percent"] > 0]
    rows = []
    case = ["protocol", "cell", "schedule", "target", "rule"]
    for key, group in each.groupby(case, sort=False):
        for when in ("pruned", "retrained"):
            # A seed that lacks a percentage has not kept its accuracy there.
            kept = group.pivot(index="seed", columns="percent", values=when).eq(True)
            safe = [safe_up_to(one) for _, one in kept.iterrows()]
            rows.append((*key, when, len(safe), min(safe), float(np.median(safe)), max(safe)))
    return pd.DataFrame(rows, columns=[*case, "measured", "seeds", "least", "median", "most"])
