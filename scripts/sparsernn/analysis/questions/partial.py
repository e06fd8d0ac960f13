"""Which property of a graph says more about a network than family, size and sources do?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.analysis.partial import partial_correlations, representatives
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.graphs.property_names import PROPERTIES

INPUTS = {"networks": "analysis/networks"}


def partial(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.partial`; of properties that are functions of each other, one."""
    networks = originals(tables["networks"])
    sets = representatives(networks, PROPERTIES)
    chosen = sets.loc[sets["property"] == sets["representative"], "property"].tolist()
    wanted = responses_of(networks, ("test_loss", "error_area"))
    return partial_correlations(networks, wanted, chosen, settings.resampling("partial"))
