"""Partial correlations: planted ones found, those of confounders not; functions of each other."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from simulated import networks, within_limits
from statsmodels.formula.api import ols

from sparsernn.analysis.partial import CONTROLS, partial_correlations, representatives
from sparsernn.analysis.resampling import Resampling
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")


def few(seed: int = 0, resamples: int = 199) -> Resampling:
    return Resampling(np.random.default_rng(seed), resamples)


def study(effect: float = 0.0, graphs: int = 60, seed: int = 0, **given: object) -> pd.DataFrame:
    """Response and property both depend on family and nodes; only `effect` is the property's own.

    The noise of the response is larger in one family.
    """
    rng = np.random.default_rng(seed)
    table = networks(graphs, 2, seed=seed)
    own = rng.normal(size=graphs)[table["graph"]]
    shift = table["family"].map({"ba": 0, "er": 2, "ws": 4})
    size = 3 * np.log(table["parameters"]) + 0.1 * table["nodes"]
    scale = 1 + 2 * (table["family"] == "ws")
    table["y"] = effect * own + scale * table["y"] + 3 * shift + size
    return table.assign(closeness=own + shift + size, noise=rng.normal(size=graphs)[table["graph"]])


def pooled(table: pd.DataFrame, *names: str, seed: int = 0) -> pd.DataFrame:
    found = partial_correlations(table, ["y"], names, few(seed))
    return found[found["family"] == "all"].set_index("property")


def test_a_planted_effect_is_found_and_a_confounded_one_is_not() -> None:
    real = pooled(study(2.0, 90), "closeness", "noise")
    assert real.loc["closeness", "low"] > 0.2 and real.loc["closeness", "p_adjusted"] <= 0.05
    assert real.loc["noise", "p_value"] > 0.05
    table = study(0.0, 90)
    means = table.groupby("graph")[["y", "closeness"]].mean()
    assert means.corr().iloc[0, 1] > 0.5
    assert pooled(table, "closeness")["p_value"].item() > 0.05


def test_r_is_that_of_the_coefficient_in_a_regression() -> None:
    """With squares of the size, and slopes and squares by family, where graphs are enough."""
    for graphs, controls in ((36, 6), (60, 13)):
        table = study(1.0, graphs)
        row = pooled(table, "closeness").iloc[0]
        of = table.groupby(["family", "graph"]).mean(numeric_only=True).reset_index()
        of["log"] = np.log(of["parameters"])
        curves = "+ nodes:edges + I(nodes**2) + I(edges**2) + family:nodes + family:I(nodes**2)"
        linear = "y ~ closeness + nodes + edges + source_nodes + log + family"
        of[["nodes", "edges"]] -= of[["nodes", "edges"]].mean()
        fit = ols(linear + curves * (controls > 6), of).fit()
        t = fit.tvalues["closeness"]
        assert row["r"] == pytest.approx(t / math.sqrt(t**2 + fit.df_resid))
        counts = [graphs, controls, controls > 6, 3]
        assert row[["n", "controls", "curves", "varies_in"]].tolist() == counts
        assert row["p_value"] == pytest.approx(fit.pvalues["closeness"], abs=0.1)


def test_without_an_effect_the_stated_rates_hold() -> None:
    found, covered = 0, 0
    for seed in range(200):
        row = pooled(study(0.0, 45, seed), "closeness", seed=seed).iloc[0]
        found += row["p_value"] <= 0.05
        covered += row["low"] <= 0 <= row["high"]
    assert within_limits(found, 200, 0.05)
    assert within_limits(covered, 200, 0.94)


def curved(seed: int, graphs: int = 90) -> pd.DataFrame:
    """Graphs of sizes drawn at random: response and property both rise steeply at small sizes,
    in each family as steeply as it does.
    """
    rng = np.random.default_rng(seed)
    table = networks(graphs, 2, seed=seed)
    of = table.drop_duplicates("graph").set_index("graph").loc[table["graph"]]
    steep = of["family"].map({"ba": 0.05, "er": 0.1, "ws": 0.15}).to_numpy()
    rise = 5 * np.exp(-steep * (of["nodes"].to_numpy() - 10))
    own = rng.normal(size=graphs)[table["graph"]]
    return table.assign(y=rise + table["y"], closeness=own + rise)


def test_a_curved_effect_of_a_size_drawn_at_random_is_no_property_s() -> None:
    found = [pooled(curved(seed), "closeness", seed=seed).iloc[0] for seed in range(200)]
    assert found[0]["curves"] and found[0]["within"] == "family"
    assert within_limits(sum(row["p_value"] <= 0.05 for row in found), 200, 0.05)
    assert not pooled(curved(0, 30), "closeness")["curves"].item()
    linear = [
        partial_correlations(
            curved(seed), ["y"], ["closeness"], few(seed), controls=("family", "nodes")
        ).iloc[0]
        for seed in range(20)
    ]
    assert sum(row["p_value"] <= 0.05 for row in linear) > 4 and not linear[0]["curves"]


def crossed(seed: int, each: int, effect: float = 0.0) -> pd.DataFrame:
    """Graphs of 3 sizes × 2 numbers of sources, so many of each kind.

    Response and property are both larger at the middle size, which no linear control removes.
    """
    rng = np.random.default_rng(seed)
    kinds = pd.MultiIndex.from_product(
        [["ws"], [16, 32, 48], [2, 4], range(each)],
        names=["family", "nodes", "source_nodes", "copy"],
    ).to_frame(index=False)
    table = kinds.assign(graph=range(len(kinds)), edges=2 * kinds["nodes"], status="ok")
    middle = 3 * (table["nodes"] == 32)
    own = rng.normal(size=len(table))
    parameters = 1000 * table["nodes"] * rng.uniform(0.9, 1.1, len(table))
    y = middle + effect * own + rng.normal(size=len(table))
    return table.assign(
        parameters=parameters, closeness=middle + own, y=y, protocol="corrected", cell="gru"
    )


CELLS = "family, nodes, edges, source_nodes"


def test_what_cells_of_a_crossed_design_have_in_common_is_no_property_s_effect() -> None:
    """An effect of size that isn't linear is found in a property that has nothing of its own,
    unless graphs trade places within cells of the design, and these are controls.
    """
    found = [pooled(crossed(seed, 4), "closeness", seed=seed).iloc[0] for seed in range(200)]
    assert within_limits(sum(row["p_value"] <= 0.05 for row in found), 200, 0.05)
    assert within_limits(sum(row["low"] <= 0 <= row["high"] for row in found), 200, 0.95)
    assert found[0][["within", "controls", "varies_in"]].tolist() == [CELLS, 6, 6]
    size = ("family", "nodes", "source_nodes")
    loose = [
        partial_correlations(
            crossed(seed, 4), ["y"], ["closeness"], few(seed), within=["family"], controls=size
        ).iloc[0]
        for seed in range(20)
    ]
    assert sum(row["p_value"] <= 0.05 for row in loose) > 8 and loose[0]["controls"] == 2


def test_a_planted_effect_within_cells_is_found() -> None:
    row = pooled(crossed(0, 6, effect=1.5), "closeness").iloc[0]
    assert row["within"] == CELLS and row["p_value"] <= 0.01 and row["low"] > 0.3
    lost = crossed(0, 3).query("graph != 0 and graph != 1")  # a graph alone stays where it is
    assert pooled(lost, "closeness")["within"].item() == CELLS


def test_graphs_trade_places_within_families_where_cells_have_one_each() -> None:
    assert pooled(study(), "closeness")["within"].item() == "family"
    assert pooled(crossed(0, 1), "closeness")["within"].item() == "family"


def test_correlations_within_families_stand_beside_the_pooled_one() -> None:
    table = study(0.0, 90)
    effect = np.where(table["family"] == "ba", 5, 0)
    table["y"] += effect * table["noise"]
    found = partial_correlations(table, ["y"], ["noise"], few()).set_index("family")
    assert found.index.tolist() == ["all", "ba", "er", "ws"]
    assert found.loc["ba", "r"] > 0.9 and abs(found.loc["er", "r"]) < 0.5
    assert found["n"].tolist() == [90, 30, 30, 30] and found.loc["ba", "controls"] == 7


def test_p_is_adjusted_over_the_properties() -> None:
    table = study(2.0, 90)
    for i in range(5):
        table[f"p{i}"] = np.random.default_rng(100 + i).normal(size=90)[table["graph"]]
    found = pooled(table, "closeness", "noise", *(f"p{i}" for i in range(5)))
    assert found.loc["closeness", "p_adjusted"] == pytest.approx(
        7 * found.loc["closeness", "p_value"]
    )


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda t: t.assign(noise=1.0), "property is constant"),
        (lambda t: t.assign(y=1.0), "response is constant"),
        (lambda t: t.assign(noise=t["family"].map({"ba": 0, "er": 1, "ws": 5})), "within family"),
        (lambda t: t.assign(noise=2 * t["nodes"] - t["edges"]), "determine the property"),
        (lambda t: t.assign(y=t["nodes"]), "determine the response"),
        (lambda t: t[t["graph"] < 3], "3 graphs, at least 4"),
        (lambda t: t[t["graph"] < 8], "8 graphs for 6 controls"),
        (lambda t: t.assign(noise=math.nan), "0 graphs"),
        (lambda t: t.assign(status="diverged"), "0 graphs"),
    ],
)
def test_no_r_is_explained(change: Callable[[pd.DataFrame], pd.DataFrame], note: str) -> None:
    row = pooled(change(study(graphs=30)), "noise").iloc[0]
    assert note in row["note"] and math.isnan(row["r"]) and math.isnan(row["p_adjusted"])


def test_a_perfect_partial_correlation_is_no_trouble() -> None:
    table = study()
    row = pooled(table.assign(y=table["noise"] + table["nodes"]), "noise").iloc[0]
    assert row["r"] == pytest.approx(1) and row["p_value"] == pytest.approx(1 / 200)


def test_one_family_needs_no_rows_within_it() -> None:
    table = networks(30, 2, families=("ws",)).assign(noise=lambda t: t["graph_effect"])
    found = partial_correlations(table, ["y"], ["noise"], few())
    assert found["family"].tolist() == ["all"] and found["controls"].tolist() == [7]


def test_the_first_of_functions_of_each_other_represents_them() -> None:
    rng = np.random.default_rng(0)
    var = rng.uniform(size=40)
    table = pd.DataFrame({"var": var, "std": np.sqrt(var), "minus": -var, "flat": 1.0})
    table["other"], table["late"] = rng.uniform(size=40), np.exp(var)
    table.loc[3, "late"] = math.nan
    table = table.assign(family="ws", graph=range(40))
    names = ["other", "var", "std", "flat", "minus", "late"]
    found = representatives(table, names).set_index("property")
    chosen = ["other", "var", "var", "flat", "var", "var"]
    assert found["representative"].tolist() == chosen
    assert found.loc["minus", "spearman"] == pytest.approx(-1)
    assert representatives(pd.concat([table, table]), names)["representative"].tolist() == chosen


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="no column wiener"):
        partial_correlations(study(), ["y"], ["wiener"], few())
    with pytest.raises(InputError, match="log_parameters: the least value is 0"):
        partial_correlations(study().assign(parameters=0), ["y"], ["noise"], few())
    with pytest.raises(InputError, match="no column parameters"):
        partial_correlations(study().drop(columns="parameters"), ["y"], ["noise"], few())
    assert CONTROLS[0] == "family"
