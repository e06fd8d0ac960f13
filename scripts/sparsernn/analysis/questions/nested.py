"""How well do a graph's properties predict a network's success, beyond family and size?"""

from collections.abc import Mapping

import pandas as pd

from sparsernn.analysis.cases import originals
from sparsernn.analysis.ceiling import beside_ceiling, intraclass
from sparsernn.analysis.folds import NestedCrossValidation
from sparsernn.analysis.nested import nested_r2
from sparsernn.analysis.settings import Settings, responses_of
from sparsernn.graphs.property_names import PROPERTIES
from sparsernn.seeds import numpy_generator

INPUTS = {"networks": "analysis/networks"}
NEEDS = "graphs"
_SETS = {"all properties": PROPERTIES, "family and all properties": ("family", *PROPERTIES)}


def nested(tables: Mapping[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """See `sparsernn.analysis.nested.nested_r2`; each R² stands beside its ceiling.

    Returns:
        The columns of `nested_r2`, and of `sparsernn.analysis.ceiling.beside_ceiling`, which are
        empty where graphs have one network each.
    """
    networks = originals(tables["networks"])
    generator = numpy_generator(settings.seed, "analysis/nested")
    crossed = NestedCrossValidation(generator, confidence=settings.confidence)
    wanted = responses_of(networks, ("test_loss",))
    scores = nested_r2(networks, wanted, _SETS, crossed)
    return beside_ceiling(scores, intraclass(networks, wanted, settings.resampling("ceiling")))
