"""Does a graph make a better network than random graphs that share its layers, or its degrees?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.equivalence import paired_equivalence
from sparsernn.analysis.pairs import Pairing, average_copies, compare_arms, differences
from sparsernn.analysis.settings import Settings, responses_of

INPUTS = {"networks": "analysis/networks"}
NEEDS = "nulls"
_UNIT = ["original", "graph"]


def nulls(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Each graph minus the mean of its null models, for all families and for each.

    Returns:
        The columns of `sparsernn.analysis.pairs.compare_arms`, with `original` (the family, or
        "all") and, of `sparsernn.analysis.equivalence`, verdict and margin: half a point of
        accuracy, or a tenth of the response's standard deviation.
    """
    networks = tables["networks"].assign(arm=tables["networks"]["null"].fillna("graph"))
    wanted = responses_of(networks)
    nulls = sorted(set(networks["arm"]) - {"graph"})
    pairing = Pairing([("graph", null) for null in nulls], _UNIT)
    families = ["all", *networks.loc[networks["null"].notna(), "original"].unique()]
    found = []
    for family in families:
        chosen = networks if family == "all" else networks[networks["original"] == family]
        means = average_copies(chosen, wanted, _UNIT)
        rng = settings.resampling(f"nulls/{family}")
        compared = compare_arms(means, wanted, pairing, rng)
        compared["margin"] = compared["response"].map(lambda name: _margin(networks, name))
        pairs = differences(means, wanted, pairing)
        found.append(_with_verdicts(compared, pairs).assign(original=family))
    whole = pd.concat(found, ignore_index=True)
    return whole[["original", *[name for name in whole if name != "original"]]]


def _margin(networks: pd.DataFrame, response: str) -> float:
    if response.endswith("acc"):
        return 0.005
    return max(0.1 * float(networks[response].std()), 1e-9)  # 0 if all are alike


def _with_verdicts(compared: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Add whether the two are different, or equivalent within the margin."""
    key = ["protocol", "cell", "response", "arm", "reference"]
    tests = [
        paired_equivalence(group, key, margin=margin)
        for margin, rows in compared.groupby("margin")
        for _, group in pairs[pairs["response"].isin(rows["response"])].groupby("response")
    ]
    if not tests:
        return compared.assign(verdict="")
    known = pd.concat(tests, ignore_index=True)[[*key, "verdict"]]
    return compared.merge(known, on=key, how="left")
