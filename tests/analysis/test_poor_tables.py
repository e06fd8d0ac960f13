"""Every analysis, on tables that have little or nothing in them: a note, never a traceback."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from simulated import networks

from sparsernn.analysis.ceiling import beside_ceiling, intraclass
from sparsernn.analysis.cliff import cliffs, over_seeds
from sparsernn.analysis.equivalence import correlation_equivalence, paired_equivalence
from sparsernn.analysis.factorial import factorial_design, factorial_effects
from sparsernn.analysis.folds import NestedCrossValidation
from sparsernn.analysis.nested import leave_one_family_out, nested_r2
from sparsernn.analysis.pairs import Pairing, average_copies, compare_arms, differences
from sparsernn.analysis.partial import partial_correlations, representatives
from sparsernn.analysis.resampling import Resampling
from sparsernn.analysis.structure import Hurdle, how_well, whether_trained
from sparsernn.analysis.variance import variance_shares

pytestmark = pytest.mark.usefixtures("quick_collections")

PROPERTIES = ["nodes", "edges", "source_nodes", "layers"]
UNIT = ["family", "graph", "seed"]
PAIRING = Pairing([("pruned", "dense")], UNIT, cluster=UNIT[:2])
Change = Callable[[pd.DataFrame], pd.DataFrame]


def few() -> Resampling:
    return Resampling(np.random.default_rng(0), 20)


def folds() -> NestedCrossValidation:
    return NestedCrossValidation(np.random.default_rng(0), 3, 1)


def ceilings(table: pd.DataFrame) -> pd.DataFrame:
    found = intraclass(table, ["acc"], few())
    return beside_ceiling(found[["protocol", "cell", "response"]].assign(r2=0.3, starts=2), found)


def partials(table: pd.DataFrame) -> pd.DataFrame:
    chosen = representatives(table, PROPERTIES)["representative"].unique()
    found = partial_correlations(table, ["acc"], list(chosen), few())
    return correlation_equivalence(found)


def paired(table: pd.DataFrame) -> pd.DataFrame:
    means = average_copies(table, ["acc"], UNIT)
    pairs = differences(means, ["acc"], PAIRING)
    paired_equivalence(pairs, ["protocol", "cell", "arm"], cluster=UNIT[:2])
    return compare_arms(means, ["acc"], PAIRING, few())


def cliff(table: pd.DataFrame) -> pd.DataFrame:
    curves = cliffs(table.drop_duplicates([*UNIT, "percent"]), "acc", UNIT)
    return over_seeds(curves, ["half_way", "safe_share"], [])


ANALYSES: dict[str, Change] = {
    "ceiling": ceilings,
    "variance": lambda t: variance_shares(t, ["acc"], few()),
    "partial": partials,
    "trained": lambda t: whether_trained(t, ["acc"], Hurdle(0.5, 1000))[1],
    "how_well": lambda t: how_well(t, ["acc"], Hurdle(0.5, 1000))[2],
    "nested": lambda t: nested_r2(t, ["acc"], {"all": PROPERTIES}, folds()),
    "families": lambda t: leave_one_family_out(t, ["acc"], {"all": PROPERTIES}),
    "pairs": paired,
    "cliff": cliff,
    "factorial": lambda t: factorial_effects(
        t.drop_duplicates([*UNIT, *"abc"]), ["acc"], list("abc")
    ),
}
TABLES: dict[str, Change] = {
    "whole": lambda t: t,
    "empty": lambda t: t.iloc[:0],
    "one network": lambda t: t.iloc[:1],
    "one graph": lambda t: t[t["graph"] == 0],
    "two graphs": lambda t: t[t["graph"] < 2],
    "one family": lambda t: t[t["family"] == "ws"],
    "one start": lambda t: t[t["seed"] == 0],
    "all failed": lambda t: t.assign(status="diverged"),
    "half failed": lambda t: t.assign(status=np.where(t.index % 2, "ok", "diverged")),
    "constant": lambda t: t.assign(acc=0.9),
    "perfect": lambda t: t.assign(acc=1.0),
    "nothing learned": lambda t: t.assign(acc=0.5),
    "no values": lambda t: t.assign(acc=math.nan),
    "infinite": lambda t: t.assign(acc=t["acc"].where(t.index % 3 > 0, math.inf)),
    "graphs of one size": lambda t: t.assign(nodes=20, edges=40, source_nodes=2, layers=3),
    "no properties": lambda t: t.assign(nodes=math.nan),
    "graphs with names": lambda t: t.assign(graph="g" + t["graph"].astype(str)),
    "starts agree": lambda t: t.assign(acc=0.9 + t["graph"] / 1000),
    "one deviant": lambda t: t.assign(acc=np.where(t["graph"] == 3, 0.6, 0.9)),
}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Runs of a factorial, arms and percentages at once: every analysis finds its columns."""
    graphs = networks(24, 2).assign(layers=lambda t: 3 + t["graph"] % 4)
    rng, runs = np.random.default_rng(0), factorial_design(list("abc"), 4)
    runs["arm"], runs["percent"] = ["dense", "pruned"] * 2, [0.0, 40.0, 80.0, 100.0]
    table = graphs.merge(runs, how="cross")
    table["acc"] = 0.9 - 0.004 * table["percent"] + 0.01 * rng.normal(size=len(table))
    return table


@pytest.mark.parametrize("poor", TABLES)
@pytest.mark.parametrize("analysis", ANALYSES)
def test_an_analysis_survives(table: pd.DataFrame, analysis: str, poor: str) -> None:
    found = ANALYSES[analysis](TABLES[poor](table))
    assert len(found) > 0 or poor in ("empty", "all failed", "no values", "no properties")
    numbers = found.select_dtypes("number")
    assert not np.isinf(numbers.to_numpy(dtype=float)).any()
    if poor == "empty":
        assert not len(found)
