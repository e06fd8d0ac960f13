"""What does it take to do the task without a network?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis import baselines as trivial
from sparsernn.analysis.settings import Settings

INPUTS = {"strings": "data/strings"}


def baselines(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.baselines.baselines`."""
    return trivial.baselines(tables["strings"])
