"""Does a graph of one's own make another network than random graphs that are like it?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.among_nulls import Level
from sparsernn.analysis.among_nulls import among_nulls as placed
from sparsernn.analysis.settings import Settings, responses_of

INPUTS = {"networks": "analysis/networks"}
NEEDS = "own nulls"


def among_nulls(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.among_nulls.among_nulls`; on tasks of numbers, of their errors."""
    networks = tables["networks"]
    numbers = ("test_nrmse", "late_test_nrmse") if "test_nrmse" in networks else ()
    responses = [*responses_of(networks), *responses_of(networks, numbers)]
    return placed(networks, responses, Level(confidence=settings.confidence))
