"""What does it take to do the task without a network?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis import baselines as trivial
from sparsernn.analysis import task_baselines as of_tasks
from sparsernn.analysis.settings import Settings
from sparsernn.data.arrays import Arrays

INPUTS = {"data": "data"}


def baselines(tables: "Mapping[str, pd.DataFrame | Arrays]", settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.baselines.baselines`, and `sparsernn.analysis.task_baselines`."""
    data = tables["data"]
    if isinstance(data, Arrays):
        return of_tasks.of_arrays(data)
    if "valid" in data:
        return trivial.baselines(data)
    return of_tasks.of_classes(data) if "label" in data else of_tasks.of_next_symbols(data)
