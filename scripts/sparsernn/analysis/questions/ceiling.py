"""How much of a network's success can its graph explain at all?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.analysis.ceiling import intraclass
from sparsernn.analysis.settings import Settings, responses_of

INPUTS = {"networks": "analysis/networks"}
NEEDS = "starts"


def ceiling(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.ceiling.intraclass`."""
    networks = originals(tables["networks"])
    return intraclass(networks, responses_of(networks), settings.resampling("ceiling"))
