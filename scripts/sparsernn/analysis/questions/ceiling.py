"""How much of a network's success can its graph explain at all?"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.analysis.ceiling import LOG_LOSS, intraclass
from sparsernn.analysis.settings import Settings, responses_of

INPUTS = {"networks": "analysis/networks"}
NEEDS = "starts"


def ceiling(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.ceiling.intraclass`; the logarithm of the loss is a response, too."""
    networks = originals(tables["networks"])
    responses = responses_of(networks)
    if "test_loss" in responses:
        loss = networks["test_loss"]
        networks = networks.assign(**{LOG_LOSS: np.log(loss.where(loss > 0))})
        responses.append(LOG_LOSS)
    return intraclass(networks, responses, settings.resampling("ceiling"))
