"""What does each field of a design of protocols do?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.factorial import factorial_effects
from sparsernn.analysis.settings import Settings, responses_of

INPUTS = {"networks": "analysis/networks"}
NEEDS = "designs"


def effects(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.factorial.factorial_effects`, for each design."""
    levels = pd.DataFrame.from_dict(settings.levels, orient="index")
    networks = tables["networks"].merge(levels, left_on="protocol", right_index=True)
    networks["design"] = networks["protocol"].str.rpartition("_")[0]
    found = []
    for _, rows in networks.groupby("design", sort=False):
        fields = [name for name in levels if rows[name].notna().all()]
        effects_of = factorial_effects(
            rows,
            responses_of(rows),
            fields,
            confidence=settings.confidence,
            by=("design", "cell"),
        )
        found.append(effects_of)
    return pd.concat(found, ignore_index=True)
