"""How well do a graph's properties predict a network's success, beyond family and size?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import GRAPH, originals
from sparsernn.analysis.folds import NestedCrossValidation
from sparsernn.analysis.nested import nested_r2
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.graphs.property_names import PROPERTIES
from sparsernn.seeds import numpy_generator

INPUTS = {"networks": "analysis/networks"}


def nested(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.nested.nested_r2`; the response is the mean over a graph's starts."""
    networks = originals(tables["networks"])
    crossed = NestedCrossValidation(
        numpy_generator(settings.seed, "analysis/nested"), confidence=settings.confidence
    )
    wanted = responses_of(networks, ("test_loss",))
    sets = {"all properties": tuple(PROPERTIES)}
    return nested_r2(_means(networks, wanted), wanted, sets, crossed)


def _means(networks: pd.DataFrame, wanted: list[str]) -> pd.DataFrame:
    """One row a protocol, cell and graph: the means over its starts."""
    key = ["protocol", "cell", *GRAPH]
    groups = networks[networks["status"] == "ok"].groupby(key, sort=False)
    whole = groups.first().assign(**groups[wanted].mean())
    return whole.reset_index()
