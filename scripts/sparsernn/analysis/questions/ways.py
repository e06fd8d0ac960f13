"""Which ways to a sparse network differ at equal numbers of weights? Which claims hold?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from sparsernn.analysis.equivalence import paired_equivalence, with_adjusted
from sparsernn.analysis.resampling import adjust_within
from sparsernn.analysis.settings import Settings
from sparsernn.analysis.ways import REFERENCE, contrasts, kind_of

INPUTS = {"pruning": "pruning/networks"}
NEEDS = "methods"
_CASE = ["protocol", "cell"]
_PAIR = [*_CASE, "arm", "reference"]
_MARGIN = 0.005  # half a point of accuracy
_ALPHA = 0.05


def ways(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Each comparison of `sparsernn.analysis.ways.contrasts`, in pairs by seed.

    Returns:
        One row a protocol, cell, comparison and percent; the percent is empty where the differences
        of a seed are averaged over all percentages first. Columns: claim, kind (of the arm), arm,
        reference, accuracy and reference_accuracy (mean test_acc of both over the pairs), n
        (seeds), estimate (mean difference in test_acc, arm minus reference), low and
        high (Student's t, with the confidence of the settings), effect (the mean over the standard
        deviation of the differences), p_value (paired t-test), p_adjusted (Holm, over all
        comparisons of a protocol and cell, one of the same two ways counted once; those that are
        averaged and those that are not apart),
        verdict (with p_adjusted) and margin of `sparsernn.analysis.equivalence`, note.
    """
    known = {REFERENCE: {}, **settings.methods}
    pruned = tables["pruning"].rename(columns={"schedule": "arm"})
    chosen = pruned["arm"].isin(known) & pruned["target"].isin(["both", "units"])
    networks = pruned[chosen & (pruned["percent"] < 100)]
    present = set(networks["arm"])
    compared = contrasts({name: way for name, way in known.items() if name in present})
    claims = pd.DataFrame(compared, columns=["arm", "reference", "claim"])
    claims["kind"] = [kind_of(known[name]) for name in claims["arm"]]
    change = _differences(networks, claims[["arm", "reference"]].drop_duplicates())
    whole = _tested(change, _PAIR, ["seed"], settings).assign(percent=np.nan)
    each = _tested(change, [*_PAIR, "percent"], [], settings)
    return pd.concat([whole, each], ignore_index=True).merge(claims, on=["arm", "reference"])


def _differences(networks: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """The differences of all pairs at once, as those of `sparsernn.analysis.pairs` are slow."""
    fine = networks[networks["status"] == "ok"].dropna(subset=["test_acc"])
    values = fine[[*_CASE, "arm", "percent", "seed", "test_acc"]]
    others = values.rename(columns={"arm": "reference", "test_acc": "other"})
    keys = [*_CASE, "reference", "percent", "seed"]
    found = pairs.merge(values, on="arm").merge(others, on=keys, validate="many_to_one")
    return found.assign(difference=found["test_acc"] - found["other"])


def _tested(
    change: pd.DataFrame, by: Sequence[str], cluster: Sequence[str], settings: Settings
) -> pd.DataFrame:
    found = paired_equivalence(change, by, margin=_MARGIN, alpha=_ALPHA, cluster=cluster)
    means = change.rename(columns={"test_acc": "accuracy", "other": "reference_accuracy"})
    means = means.groupby(by)[["accuracy", "reference_accuracy"]].mean()
    found = found.merge(means.reset_index(), on=by, how="left")
    freedom = found["n"].astype(float) - 1
    half = (found["high"] - found["low"]).astype(float) / 2
    error = half / stats.t.ppf(1 - _ALPHA, freedom)  # of the mean
    reach = error * stats.t.ppf((1 + settings.confidence) / 2, freedom)
    found = found.assign(
        low=found["estimate"] - reach,
        high=found["estimate"] + reach,
        effect=found["estimate"] / (error * np.sqrt(freedom + 1)),
    )
    found = found.rename(columns={"p_difference": "p_value"})
    found = with_adjusted(_adjusted(found, [name for name in by if name not in _PAIR]))
    return found.drop(columns="p_equivalence")


def _adjusted(found: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """With p_adjusted; where two ways are compared from both sides, they are one comparison."""
    names = np.sort(found[["arm", "reference"]].to_numpy(dtype=str), axis=1)
    found = found.assign(one=names[:, 0], other=names[:, 1])
    same = [*_CASE, *by, "one", "other"]
    once = adjust_within(found.drop_duplicates(same), _CASE, "holm")
    found = found.merge(once[[*same, "p_adjusted"]], on=same, validate="many_to_one")
    return found.drop(columns=["one", "other"])
