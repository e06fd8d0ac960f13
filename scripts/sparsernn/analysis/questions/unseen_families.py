"""Do a graph's properties predict a network's success in families that the fit has not seen?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.analysis.nested import BASELINE, leave_one_family_out
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.graphs.property_names import PROPERTIES

INPUTS = {"networks": "analysis/networks"}
NEEDS = "graphs"
_SETS = {"baseline": BASELINE, "all properties": PROPERTIES}


def unseen_families(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.nested.leave_one_family_out`."""
    networks = originals(tables["networks"])
    return leave_one_family_out(networks, responses_of(networks, ("test_loss",)), _SETS)
