"""Where is the cliff of pruning without retraining, and how much is safe, over seeds?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cliff import cliffs as of_networks
from sparsernn.analysis.cliff import over_seeds
from sparsernn.analysis.settings import Settings

INPUTS = {"sweep": "pruning/sweep"}
_ARM = ["scope", "criterion"]


def cliffs(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """By protocol, cell and arm, the half-way point and the safe share over seeds.

    Where an arm has several random masks, a seed's value is the mean over its masks. The arm "gain"
    of a scope is magnitude minus random masks, seed by seed.

    Returns:
        The columns of `sparsernn.analysis.cliff.over_seeds`.
    """
    sweep = tables["sweep"].assign(status="ok")
    found = of_networks(sweep, "test_acc", [*_ARM, "draw", "seed"])
    key = ["protocol", "cell", *_ARM, "seed"]
    measures = ["dense", "half_way", "safe_share"]
    seeds = found.groupby(key, sort=False)[measures].mean().reset_index()
    whole = pd.concat([seeds, _gains(seeds, measures)], ignore_index=True)
    return over_seeds(whole, measures, _ARM, settings.confidence)


def _gains(seeds: pd.DataFrame, measures: list[str]) -> pd.DataFrame:
    key = ["protocol", "cell", "scope", "seed"]
    arms = {name: rows.set_index(key)[measures] for name, rows in seeds.groupby("criterion")}
    gain = arms["magnitude"] - arms["random_matched"] if len(arms) == 2 else arms["magnitude"][:0]
    return gain.reset_index().assign(criterion="gain")
