"""What of its graph explains a network's success: family, size, degree, sources, or the rest?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.analysis.variance import variance_shares

INPUTS = {"networks": "analysis/networks"}
NEEDS = "starts"
_RESPONSES = ("test_loss", "error_area", "late_test_acc")


def variance(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.variance.variance_shares`."""
    networks = originals(tables["networks"])
    return variance_shares(
        networks, responses_of(networks, _RESPONSES), settings.resampling("variance")
    )
