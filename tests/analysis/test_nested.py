"""Nested cross-validation: planted R² found, optimism absent, intervals that cover, poor tables."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from simulated import networks
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, LeaveOneOut
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sparsernn.analysis.folds import (
    NestedCrossValidation,
    corrected_resampled_interval,
    squared_errors,
)
from sparsernn.analysis.nested import leave_one_family_out, nested_r2
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")

NOISE = tuple(f"p{i}" for i in range(8))
SETS = {"baseline": ("family", "nodes"), "properties": NOISE, "both": ("family", "nodes", *NOISE)}


def crossed(seed: int = 0, folds: int = 5, repeats: int = 2) -> NestedCrossValidation:
    return NestedCrossValidation(np.random.default_rng(seed), folds, repeats, confidence=0.9)


def study(effect: float = 0.0, graphs: int = 60, starts: int = 1, seed: int = 0) -> pd.DataFrame:
    """A response of variance 1 by the nodes, `effect`² by p0, 1 by noise."""
    table = networks(graphs, starts, seed=seed, graph_sd=0)
    rng = np.random.default_rng(seed + 1000)
    for name in NOISE:
        table[name] = rng.normal(size=graphs)[table["graph"]]
    return table.assign(y=table["y"] + (table["nodes"] - 30) / 12 + effect * table["p0"])


def test_planted_r2_come_back() -> None:
    table = study(1.0, 400)
    found = nested_r2(table, ["y"], SETS, crossed(repeats=1)).set_index("features")
    own = [table["y"].corr(table["nodes"]) ** 2, table["y"].corr(table["p0"]) ** 2]
    np.testing.assert_allclose(found["r2"], [*own, 2 / 3], atol=0.06)
    assert (found["low"] < found["r2"]).all() and (found["r2"] < found["high"]).all()
    assert found.loc["both", "difference_low"] > 0.2
    assert found.loc["both", "difference"] == pytest.approx(
        found.loc["both", "r2"] - found.loc["baseline", "r2"]
    )
    assert math.isnan(found.loc["baseline", "difference"])
    assert found["graphs"].eq(400).all() and (found["note"] == "").all()


def test_properties_that_add_nothing_gain_nothing() -> None:
    """The level is .05 on this side; noise also costs a little, so false gains are fewer."""
    wins = gained = 0.0
    sets = {name: SETS[name] for name in ("baseline", "both")}
    for seed in range(200):
        table, settings = study(0, 60, 1, seed), crossed(seed, repeats=1)
        rows = nested_r2(table, ["y"], sets, settings).set_index("features")
        gained += rows.loc["both", "difference"] / 200
        wins += rows.loc["both", "difference_low"] > 0
    assert wins <= 10 and -0.15 < gained < 0


def test_starts_of_a_graph_are_one_observation() -> None:
    """What says which graph it is predicts no other graph, however often that was trained."""
    table = networks(40, 4, graph_sd=1, start_sd=0.1)
    table["identity"] = np.random.default_rng(3).normal(size=40)[table["graph"]]
    found = nested_r2(table, ["y"], {"identity": ["identity"]}, crossed()).set_index("features")
    assert found.loc["identity", "r2"] < 0.2
    assert found.loc["identity", ["graphs", "networks", "starts"]].tolist() == [40, 160, 4]
    means = table.groupby("graph", as_index=False).agg(
        {name: "mean" if name == "y" else "first" for name in table if name != "graph"}
    )
    same = nested_r2(means, ["y"], {"identity": ["identity"]}, crossed()).set_index("features")
    np.testing.assert_allclose(same["r2"], found["r2"])


def test_the_penalty_is_that_of_leaving_out_each_row_in_turn() -> None:
    table = study(1.0)
    x, y = table[list(NOISE)].to_numpy(), table["y"].to_numpy()
    [(train, test), *_] = splits = crossed(repeats=1).splits(len(y))
    search = GridSearchCV(
        make_pipeline(StandardScaler(), Ridge()),
        {"ridge__alpha": [0.1, 1, 10, 100, 1000]},
        cv=LeaveOneOut(),
        scoring="neg_mean_squared_error",
    )
    predicted = search.fit(x[train], y[train]).predict(x[test])
    expected = ((y[test] - predicted) ** 2).mean()
    assert squared_errors(x, y, splits)[0, 0] == pytest.approx(expected)


def test_the_corrected_interval_covers_the_mean_of_dependent_folds() -> None:
    rng, covered, naive = np.random.default_rng(0), 0, 0
    for _ in range(300):
        # The folds' values share a part whose variance is n_test / n_train of their own.
        values = rng.normal(size=20) + math.sqrt(1 / 9) * rng.normal()
        low, high = corrected_resampled_interval(values, 1 / 9, 0.9)
        covered += low <= 0 <= high
        low, high = corrected_resampled_interval(values, 0, 0.9)
        naive += low <= 0 <= high
    assert 0.85 < covered / 300 < 0.95 and naive / 300 < 0.8


def test_a_family_that_was_not_seen_is_predicted_by_what_holds_in_all() -> None:
    found = leave_one_family_out(study(2.0, 120), ["y"], SETS).set_index(["features", "family"])
    assert found.loc["both"].index.tolist() == ["all", "ba", "er", "ws"]
    assert (found.loc["both", "r2"] > 0.5).all()
    assert found.loc[("both", "ba"), ["graphs", "networks"]].tolist() == [40, 40]
    # What holds in one family only is of no use in another.
    table = study(0, 120)
    table["y"] = table["p0"] * table["family"].map({"ba": 4, "er": -2, "ws": -2})
    worse = leave_one_family_out(table, ["y"], {"p": ["p0"]}).set_index("family")
    assert worse.loc["ba", "r2"] < 0


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda t: t.assign(y=1.0), "response is constant"),
        (lambda t: t[t["graph"] < 9], "9 graphs, at least 20 needed for 5 folds"),
        (lambda t: t.assign(status="diverged"), "0 graphs"),
    ],
)
def test_no_r2_is_explained(change: Callable[[pd.DataFrame], pd.DataFrame], note: str) -> None:
    found = nested_r2(change(study()), ["y"], SETS, crossed())
    assert len(found) == 3 and found["note"].str.contains(note).all()
    assert found[["r2", "low", "difference"]].isna().all(axis=None)


def test_noise_predicts_no_new_family() -> None:
    found = [
        leave_one_family_out(
            study(0, 60, 1, seed).assign(y=lambda t: t["y"] - t["nodes"] / 12), ["y"], {"p": NOISE}
        )["r2"].iloc[0]
        for seed in range(100)
    ]
    assert np.mean(np.array(found) > 0.1) < 0.05 and -0.4 < np.mean(found) < 0


def test_one_family_cannot_be_left_out() -> None:
    table = study()
    found = leave_one_family_out(table[table["family"] == "ws"], ["y"], {"p": ["p0"]})
    assert found["note"].item() == "one family, so none to leave out"
    flat = leave_one_family_out(table.assign(y=1.0), ["y"], {"p": ["p0"]})
    assert flat["note"].item() == "response is constant"
    few = leave_one_family_out(table[table["graph"] < 3], ["y"], {"p": ["p0"]})
    assert few["note"].item() == "2 graphs in the other families, too few"


def test_a_response_that_hardly_ever_varies_is_survived() -> None:
    table = study().assign(y=lambda t: (t["graph"] == 3).astype(float))
    assert nested_r2(table, ["y"], SETS, crossed())["r2"].notna().all()


@pytest.mark.parametrize("settings", [{"folds": 1}, {"repeats": 0}])
def test_settings_are_checked(settings: dict[str, int]) -> None:
    with pytest.raises(InputError, match=f"{next(iter(settings))} is"):
        crossed(**settings)


def test_a_column_that_is_missing_is_named() -> None:
    with pytest.raises(InputError, match="no column wiener"):
        nested_r2(study(), ["y"], {"a": ["wiener"]}, crossed())
