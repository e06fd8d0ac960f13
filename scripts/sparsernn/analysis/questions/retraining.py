"""After retraining: does it matter which weights were kept, or that they had been trained?"""

import math
from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.equivalence import paired_equivalence, with_adjusted
from sparsernn.analysis.pairs import Pairing, compare_arms, differences
from sparsernn.analysis.resampling import adjust_within
from sparsernn.analysis.settings import Settings

INPUTS = {"pruning": "pruning/networks", "dense": "dense/networks"}
_UNIT = ["percent", "seed"]
_RESPONSES = ("test_acc", "test_loss")
_MARGIN = 0.005  # half a point of accuracy


def retraining(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Magnitude pruning (one-shot) minus each control, in pairs by seed, at each percentage.

    "dense" is the network before pruning, and "retrained" the one that was trained on as long. The
    ways of `pruning: methods:` have a question of their own.

    Returns:
        The columns of `sparsernn.analysis.pairs.compare_arms`, and of accuracy p_equivalence,
        verdict (with p_adjusted) and margin of `sparsernn.analysis.equivalence`. Its p-values are
        those of paired t-tests, because five seeds are too few for the other test.
    """
    pruned = tables["pruning"]
    pruned = pruned[(pruned["target"] == "both") & (pruned["percent"] < 100)]
    arms = pruned[~pruned["schedule"].isin(settings.methods)].rename(columns={"schedule": "arm"})
    percents = sorted(arms.loc[arms["arm"] == "one_shot", "percent"].unique())
    whole = [tables["dense"].assign(arm="dense"), arms[arms["arm"] == "retrained"]]
    each = [part.assign(percent=percent) for part in whole for percent in percents]
    table = pd.concat([arms[arms["arm"] != "retrained"], *each], ignore_index=True)
    others = sorted(set(table["arm"]) - {"one_shot"})
    pairing = Pairing([("one_shot", arm) for arm in others], _UNIT, by=["percent"])
    compared = compare_arms(table, _RESPONSES, pairing, settings.resampling("retraining"))
    return _with_tests(compared, differences(table, _RESPONSES, pairing))


def _with_tests(compared: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Replace the p-values, and add whether the arms are different or equivalent."""
    key = ["protocol", "cell", "response", "arm", "reference", "percent"]
    tests = paired_equivalence(pairs, key, margin=_MARGIN).rename(
        columns={"p_difference": "p_value"}
    )
    wanted = [*key, "p_value", "p_equivalence", "verdict", "margin"]
    found = compared.drop(columns="p_value").merge(tests[wanted], on=key, how="left")
    of_loss = found["response"] != "test_acc"
    found.loc[of_loss, ["verdict", "margin", "p_equivalence"]] = [None, math.nan, math.nan]
    return with_adjusted(adjust_within(found, ["protocol", "cell", "response"], "holm"))
