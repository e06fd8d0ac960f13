"""What does it take to do the task without a network?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis import baselines as trivial
from sparsernn.analysis import task_baselines as of_tasks
from sparsernn.analysis.settings import Settings
from sparsernn.analysis.task_baselines import Own
from sparsernn.data.arrays import Arrays

INPUTS = {"data": "data"}


def baselines(tables: "Mapping[str, pd.DataFrame | Arrays]", settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.baselines.baselines`, and `sparsernn.analysis.task_baselines`."""
    data, own = tables["data"], Own.of_task(settings.task)
    if isinstance(data, Arrays):
        return of_tasks.of_arrays(data, own)
    if "valid" in data:
        return trivial.baselines(data)
    if "label" in data:
        return of_tasks.of_classes(data, own)
    return of_tasks.of_next_symbols(data, own)
