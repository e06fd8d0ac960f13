"""Which property of a graph says more about a network than family, size and sources do?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.analysis.equivalence import correlation_equivalence, verdict
from sparsernn.analysis.partial import partial_correlations, representatives
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.graphs.property_names import PROPERTIES

INPUTS = {"networks": "analysis/networks"}
NEEDS = "graphs"
_MARGIN = 0.2  # the |r| that would matter
_LEVEL = 0.05


def partial(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.partial`; of properties that are functions of each other, one.

    Returns:
        The columns of `partial_correlations`, and stands_for (the properties that are functions of
        this one), margin, p_equivalence (of an |r| of at least the margin) and verdict (of the
        adjusted p and this one; see `sparsernn.analysis.equivalence`).
    """
    networks = originals(tables["networks"])
    sets = representatives(networks, PROPERTIES)
    others = sets[sets["property"] != sets["representative"]]
    stands_for = {
        first: ", ".join(rows["property"]) for first, rows in others.groupby("representative")
    }
    chosen = sets.loc[sets["property"] == sets["representative"], "property"].tolist()
    wanted = responses_of(networks, ("test_loss", "error_area"))
    found = partial_correlations(networks, wanted, chosen, settings.resampling("partial"))
    tests = correlation_equivalence(found, margin=_MARGIN)
    pairs = zip(found["p_adjusted"], tests["p_equivalence"], strict=True)
    return found.assign(
        stands_for=[stands_for.get(name, "") for name in found["property"]],
        margin=_MARGIN,
        p_equivalence=tests["p_equivalence"],
        verdict=[verdict(*both, _LEVEL) for both in pairs],
    )
