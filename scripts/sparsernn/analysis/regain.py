"""How soon retraining regains a pruned network's accuracy, and how much can be pruned safely.

Both are counted over seeds, as survival tables are: a network that never regains still counts.
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
    "regained",
    "regained_by_epoch",
    "safe_percent",
    "safe_up_to",
]

NEVER = "never"
_ROUNDING = 1e-9  # decimals that differ by less are the same: one exactly at the level reaches it
_CASE = ["protocol", "cell", "schedule", "target", "percent"]
_NETWORK = [*_CASE, "seed"]


def reaches(accuracy: pd.Series, level: float) -> pd.Series:
    """Whether each accuracy is at the level or above; one that is missing is not."""
    return accuracy >= level - _ROUNDING


def first_reaching(curve: pd.Series, level: float) -> float:
    """The first epoch of a curve with at least this accuracy; infinite if there is none."""
    epochs = curve.index[reaches(curve, level)]
    return float(epochs.min()) if len(epochs) else math.inf


def safe_up_to(held: pd.Series) -> float:
    """The largest percentage up to which the accuracy held, at every percentage.

    Args:
        held: whether it did, by percentage.

    Returns:
        That percentage; 0 if accuracy was lost at the smallest.

    Example:
        >>> safe_up_to(pd.Series({10.0: True, 20.0: False, 30.0: True}))
        10.0
    """
    held = held.sort_index()
    safe = held.index[held.cummin()]
    return float(safe.max()) if len(safe) else 0.0


def regained(
    networks: pd.DataFrame,
    history: pd.DataFrame,
    dense: pd.DataFrame,
    within: float,
    thresholds: Sequence[float],
) -> pd.DataFrame:
    """When each pruned network is as accurate as each rule asks.

    Args:
        networks: of all rounds: protocol, cell, schedule, target, percent, seed, status.
        history: their test_acc by epoch; epoch 0 is right after pruning.
        dense: protocol, cell, seed and final test_acc of the dense networks.
        within: by the first rule, an accuracy this close to the dense network's.
        thresholds: further rules: accuracies of at least these values.

    Returns:
        One row a network and rule: first (the first epoch; infinite if there is none), and whether
        the network meets the rule right after pruning (pruned) and at the end (retrained).
    """
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


def _levels(
    dense: pd.DataFrame, within: float, thresholds: Sequence[float]
) -> Mapping[str, Mapping[tuple[str, str, int], float]]:
    """By rule, the accuracy that the pruned networks of each dense one must have."""
    finals = dense.set_index(["protocol", "cell", "seed"])["test_acc"]
    rules: dict[str, Mapping[tuple[str, str, int], float]] = {
        f"dense - {within:g}": (finals - within).to_dict()
    }
    for level in thresholds:
        rules[f"{level:g}"] = dict.fromkeys(finals.index, level)
    return rules


def _curves(networks: pd.DataFrame, history: pd.DataFrame) -> Iterator[tuple[tuple, pd.Series]]:
    """Each pruned network and its test accuracy by epoch: no epochs if it diverged at once."""
    by_network = dict(tuple(history.groupby(_NETWORK, sort=False)))
    for key in networks[_NETWORK].itertuples(index=False, name=None):
        rows = by_network.get(key)
        curve = pd.Series(dtype=float) if rows is None else rows.set_index("epoch")["test_acc"]
        yield key, curve


def epochs_to_regain(networks: pd.DataFrame) -> pd.DataFrame:
    """The first epoch of retraining at which the accuracy is high enough.

    Args:
        networks: from `regained`.

    Returns:
        By protocol, cell, schedule, target, percent and rule: number of seeds, how many of them
        regained, and the earliest, median and latest epoch, "never" included.
    """
    rows = []
    for key, group in networks.groupby([*_CASE, "rule"], sort=False):
        first = group["first"].to_numpy()
        ends = (first.min(), float(np.median(first)), first.max())
        rows.append((*key, len(first), int(np.isfinite(first).sum()), *map(_number, ends)))
    columns = [*_CASE, "rule", "seeds", "regained", "earliest", "median", "latest"]
    return pd.DataFrame(rows, columns=columns)


def _number(epoch: float) -> str:
    return NEVER if math.isinf(epoch) else f"{epoch:g}"


def regained_by_epoch(networks: pd.DataFrame, epochs: int) -> pd.DataFrame:
    """The survival table behind `epochs_to_regain`.

    Args:
        networks: from `regained`.
        epochs: the last epoch of retraining.

    Returns:
        By protocol, cell, schedule, target, percent, rule and epoch: number of seeds, and how many
        of them have met the rule by then.
    """
    rows = [
        (*key, epoch, len(group), int((group["first"] <= epoch).sum()))
        for key, group in networks.groupby([*_CASE, "rule"], sort=False)
        for epoch in range(epochs + 1)
    ]
    return pd.DataFrame(rows, columns=[*_CASE, "rule", "epoch", "seeds", "regained"])


def safe_percent(networks: pd.DataFrame) -> pd.DataFrame:
    """The largest percentage up to which every smaller one keeps the accuracy.

    Args:
        networks: from `regained`.

    Returns:
        By protocol, cell, schedule, target, rule, and when it is measured (right after pruning, or
        after retraining): number of seeds, and the least, median and most of their percentages; 0
        if accuracy is lost at the smallest.
    """
    rows = []
    case = [*_CASE[:-1], "rule"]
    for key, group in networks[networks["percent"] > 0].groupby(case, sort=False):
        for when in ("pruned", "retrained"):
            # Where a seed lacks a percentage, its accuracy did not hold.
            held = group.pivot(index="seed", columns="percent", values=when).eq(True)
            safe = [safe_up_to(one) for _, one in held.iterrows()]
            rows.append((*key, when, len(safe), min(safe), float(np.median(safe)), max(safe)))
    return pd.DataFrame(rows, columns=[*case, "measured", "seeds", "least", "median", "most"])
