"""Arms compared in pairs: the same seed, or the same graph and start, under two conditions.

It serves arms of pruning (paired by seed) and graphs against their nulls (paired by graph and
start, after `average_copies`). What cannot be computed is NaN, and a note says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from sparsernn.analysis.cases import CASE, blank, is_constant, observations, require
from sparsernn.analysis.intervals import mean_interval, median_interval
from sparsernn.analysis.resampling import Resampling, adjust_within
from sparsernn.errors import InputError

__all__ = ["Pairing", "average_copies", "compare_arms", "differences", "sign_flip_p"]

_PAIRS = ["protocol", "cell", "response", "arm", "reference"]
_RESULT = ["pairs", "clusters", "mean", "low", "high", "median", "median_low", "median_high"]
_RESULT += ["share_above", "share_equal", "p_value", "p_adjusted", "note"]
_LEAST = 6  # pairs; of five, all of one sign have p = 2 / 2⁵ = .0625


@dataclass(frozen=True)
class Pairing:
    """Which networks are compared with which.

    Attributes:
        contrasts: pairs of an arm and the arm that it is compared with, by their names in the
            column "arm".
        unit: columns that the two networks of a pair share, such as seed, or family, graph, seed.
        cluster: columns of `unit` within which differences are averaged first, such as family and
            graph if pairs are starts; none if each pair stands for itself.
        by: columns of `unit` within which arms are compared separately, such as percent.

    Raises:
        InputError: a column of `cluster` or `by` is not in `unit`.
    """

    contrasts: Sequence[tuple[str, str]]
    unit: Sequence[str]
    cluster: Sequence[str] = ()
    by: Sequence[str] = ()

    def __post_init__(self) -> None:
        alien = [name for name in (*self.cluster, *self.by) if name not in self.unit]
        if alien:
            raise InputError(f"{', '.join(alien)} is not in unit {list(self.unit)}; add it there.")


def average_copies(
    table: pd.DataFrame, responses: Sequence[str], unit: Sequence[str]
) -> pd.DataFrame:
    """Replace the copies of one original by their mean.

    Several random graphs that are the null of one graph say together what one would say with less
    noise; they are not several pairs.

    Args:
        table: one row a network; its column "arm" tells originals from copies.
        responses: columns to average, over the networks with status "ok".
        unit: columns that identify the original, and what else a pair shares.

    Returns:
        One row a protocol, cell, arm and unit: the means, copies (how many networks they are of)
        and status "ok".

    Raises:
        InputError: a column is missing.
    """
    key = [*CASE, "arm", *unit]
    require(table, [*key, "status", *responses], "the table of networks")
    groups = table[table["status"] == "ok"].groupby(key, sort=False, dropna=False)
    means = groups[list(responses)].mean()
    return means.assign(copies=groups.size(), status="ok").reset_index()


def differences(table: pd.DataFrame, responses: Sequence[str], pairing: Pairing) -> pd.DataFrame:
    """The difference of two arms in each pair.

    Args:
        table: one row a network, with arm and status; at most one with status "ok" for each
            protocol, cell, arm and unit.
        responses: names of columns.
        pairing: which networks are compared with which.

    Returns:
        One row a protocol, cell, response, contrast and pair: arm, reference, the columns of the
        unit, and difference (arm minus reference). Networks without a partner are left out.

    Raises:
        InputError: a column is missing, or a pair has several networks in one arm.
    """
    key = ["arm", *pairing.unit]
    tables = [pd.DataFrame(columns=[*_PAIRS, *pairing.unit, "difference"])]
    for case, networks in observations(table, responses, key):
        if networks.duplicated(key).any():
            raise InputError(
                f"{case} has several networks with the same {', '.join(key)}; expected one. Add "
                "the column in which they differ to `unit`, or use `average_copies`."
            )
        values = networks.set_index(key)["y"].unstack("arm")
        for one, reference in pairing.contrasts:
            pair = values.reindex(columns=[one, reference]).dropna()
            found = (pair[one] - pair[reference]).rename("difference").reset_index()
            tables.append(found.assign(**case, arm=one, reference=reference))
    filled = [found for found in tables[1:] if len(found)]
    return pd.concat(filled or tables, ignore_index=True)[list(tables[0].columns)]


def compare_arms(
    table: pd.DataFrame, responses: Sequence[str], pairing: Pairing, resampling: Resampling
) -> pd.DataFrame:
    """Compare arms in pairs.

    Args:
        table: as for `differences`.
        responses: names of columns.
        pairing: which networks are compared with which.
        resampling: of signs; its confidence is that of the intervals.

    Returns:
        One row a protocol, cell, response, value of `by` and contrast: pairs, clusters; of the
        differences, or of their means in each cluster, mean, low and high (Student's t), median,
        median_low and median_high (two of the ordered values; see `sparsernn.analysis.intervals`),
        share_above (in how many the arm is higher), share_equal, p_value (sign-flip permutation of
        the mean, two-sided); p_adjusted (Holm, over all contrasts and values of `by` of a protocol,
        cell and response), note.

    Raises:
        InputError: a column is missing, or a pair has several networks in one arm.
    """
    pairs, rows = differences(table, responses, pairing), []
    for case, networks in observations(table, responses, ["arm", *pairing.unit]):
        for values in _values(networks, pairing.by):
            for one, reference in pairing.contrasts:
                about = case | values | {"arm": one, "reference": reference}
                chosen = pairs[(pairs[list(about)] == pd.Series(about)).all(axis=1)]
                rows.append(about | _compared(chosen, list(pairing.cluster), resampling))
    columns = [*_PAIRS[:3], *pairing.by, "arm", "reference", *_RESULT]
    return adjust_within(pd.DataFrame(rows, columns=columns), _PAIRS[:3], "holm")


def _values(networks: pd.DataFrame, by: Sequence[str]) -> list[dict[str, Any]]:
    """The combinations of values of `by` that occur; one empty combination if there is no `by`."""
    return networks[list(by)].drop_duplicates().to_dict("records") if by else [{}]


def _compared(pairs: pd.DataFrame, cluster: list[str], resampling: Resampling) -> dict[str, Any]:
    changes = pairs.groupby(cluster)["difference"].mean() if cluster else pairs["difference"]
    change = changes.to_numpy(dtype=float)
    count = len(change)
    row = blank(_RESULT) | {"pairs": len(pairs), "clusters": count}
    if not count:
        return row | {"note": "no pairs"}
    row |= {"mean": change.mean(), "median": float(np.median(change))}
    row |= {"share_above": (change > 0).mean(), "share_equal": (change == 0).mean()}
    if is_constant(change) and not change.any():
        return row | {"p_value": 1.0, "note": "the arms are equal in every pair"}
    row["low"], row["high"] = mean_interval(change, resampling.confidence)
    row["median_low"], row["median_high"] = median_interval(change, resampling.confidence)
    if count < _LEAST:
        return row | {"note": f"{count} of {_LEAST} pairs or clusters that a test needs"}
    return row | {"p_value": sign_flip_p(change, resampling)}


def sign_flip_p(changes: np.ndarray, resampling: Resampling) -> float:
    """Two-sided p that differences are symmetric about 0.

    Under the null hypothesis the two arms of a pair are exchangeable, so a difference might as well
    have the other sign. With few differences all 2ⁿ choices of signs are counted, else as many are
    drawn as `resampling` says.

    Args:
        changes: the difference of each pair, or their mean in each cluster.
        resampling: how many signs are drawn.
    """
    test = stats.permutation_test(
        (changes,),
        np.mean,
        permutation_type="samples",
        n_resamples=resampling.resamples,
        rng=resampling.generator,
    )
    return float(test.pvalue)
