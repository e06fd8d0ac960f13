"""Does a graph make a better network than random graphs that share its layers, or its degrees?"""

import math
from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.equivalence import paired_equivalence, with_adjusted
from sparsernn.analysis.pairs import Pairing, average_copies, compare_arms, differences
from sparsernn.analysis.settings import Settings, responses_of

INPUTS = {"networks": "analysis/networks"}
NEEDS = "nulls"
_UNIT = ["original", "graph"]


def nulls(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """Each graph minus the mean of its null models, for all families and for each.

    Returns:
        The columns of `sparsernn.analysis.pairs.compare_arms`, with `original` (the family, or
        "all") and, of `sparsernn.analysis.equivalence`, p_equivalence, verdict (with p_adjusted)
        and margin: half a point of accuracy, or a tenth of the response's standard deviation over
        the networks of a protocol and cell.
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
        compared["margin"] = [
            _margin(networks, *case)
            for case in compared[["protocol", "cell", "response"]].itertuples(index=False)
        ]
        pairs = differences(means, wanted, pairing)
        found.append(_with_verdicts(compared, pairs).assign(original=family))
    whole = pd.concat(found, ignore_index=True)
    return whole[["original", *[name for name in whole if name != "original"]]]


def _margin(networks: pd.DataFrame, protocol: str, cell: str, response: str) -> float:
    if response.endswith("acc"):
        return 0.005
    own = networks[(networks["protocol"] == protocol) & (networks["cell"] == cell)]
    spread = float(own.loc[own["status"] == "ok", response].std())
    return 1e-9 if math.isnan(spread) else max(0.1 * spread, 1e-9)  # 0 if all are alike


def _with_verdicts(compared: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Add whether the two are different, or equivalent within the margin."""
    key = ["protocol", "cell", "response", "arm", "reference"]
    tests = [
        paired_equivalence(own, key, margin=float(row["margin"]))
        for row in compared[[*key, "margin"]].to_dict("records")
        if len(own := pairs[(pairs[key] == pd.Series(row)[key]).all(axis=1)])
    ]
    if not tests:
        return compared.assign(p_equivalence=math.nan, verdict="")
    known = pd.concat(tests, ignore_index=True)[[*key, "p_equivalence", "verdict"]]
    return with_adjusted(compared.merge(known, on=key, how="left"))
