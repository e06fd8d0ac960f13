"""After retraining: does it matter which weights were kept, or that they had been trained?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.equivalence import paired_equivalence
from sparsernn.analysis.pairs import Pairing, compare_arms, differences
from sparsernn.analysis.settings import Settings

INPUTS = {"pruning": "pruning/networks", "dense": "dense/networks"}
_UNIT = ["percent", "seed"]
_MARGIN = 0.005  # half a point of accuracy


def retraining(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Magnitude pruning (one-shot) minus each control, in pairs by seed, at each percentage.

    "dense" is the network before pruning, and "retrained" the one that was trained on as long.

    Returns:
        The columns of `sparsernn.analysis.pairs.compare_arms`, and verdict and margin of
        `sparsernn.analysis.equivalence.paired_equivalence`.
    """
    pruned = tables["pruning"]
    pruned = pruned[(pruned["target"] == "both") & (pruned["percent"] < 100)]
    arms = pruned.rename(columns={"schedule": "arm"})
    percents = sorted(arms.loc[arms["arm"] == "one_shot", "percent"].unique())
    whole = [tables["dense"].assign(arm="dense"), arms[arms["arm"] == "retrained"]]
    each = [part.assign(percent=percent) for part in whole for percent in percents]
    table = pd.concat([arms[arms["arm"] != "retrained"], *each], ignore_index=True)
    known = set(table["arm"])
    contrasts = [("one_shot", arm) for arm in sorted(known - {"one_shot"})]
    pairing = Pairing(contrasts, _UNIT, by=["percent"])
    rng, responses = settings.resampling("retraining"), ["test_acc", "test_loss"]
    compared = compare_arms(table, responses, pairing, rng)
    key = ["protocol", "cell", "response", "arm", "reference", "percent"]
    pairs = differences(table, ["test_acc"], pairing)
    tests = paired_equivalence(pairs, key, margin=_MARGIN)[[*key, "verdict", "margin"]]
    return compared.merge(tests, on=key, how="left")
