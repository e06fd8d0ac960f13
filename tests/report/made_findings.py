"""Findings made from tables with known answers."""

from collections.abc import Callable
from typing import Any

import finding_tables as given
import pandas as pd

from sparsernn import plugins
from sparsernn.report.finding import Finding, Findings

TABLES: dict[str, dict[str, pd.DataFrame]] = {
    "cliff": {"cliffs": given.cliffs(), "baselines": given.baselines()},
    "retrained": {
        "retraining": given.retraining(),
        "pruning": given.pruned(),
    },
    "regained": {"regain": given.regain()},
    "ways": {"ways": given.ways(), "costs": given.way_costs()},
    "explained": {
        "ceiling": given.ceiling(),
        "variance": given.variance(),
        "nested": given.nested(),
    },
    "learned": {"networks": given.learning()},
    "hurdle": {"hurdle": given.hurdle(), "baselines": given.baselines()},
    "new_families": {"families": given.unseen_families(), "nested": given.nested()},
    "added": {"partial": given.partial(), "correlations": given.pooled()},
    "against_nulls": {"nulls": given.nulls()},
    "among_nulls": {"among": given.among_nulls(), "networks": given.null_networks()},
    "quirks": {"effects": given.effects()},
    "one_at_a_time": {"effects": given.effects_alone()},
}


def finding_or_none(name: str, **changed: pd.DataFrame) -> Finding | None:
    found: Callable[..., Any] = plugins.function("findings", name)
    result = found(TABLES[name] | changed)
    assert result is None or isinstance(result, Finding)
    return result


def finding(name: str, **changed: pd.DataFrame) -> Finding:
    found = finding_or_none(name, **changed)
    assert found is not None
    return found


def study(thesis: bool = True) -> Findings:
    about = {"sparse": "GRU; 15 epochs"}
    return Findings("mine", {"sparse": 10}, {"sparse": 4}, about, [finding("cliff")], thesis)
