"""Arms compared in pairs: planted differences, exchangeable arms, clusters, missing partners."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from simulated import within_limits

from sparsernn.analysis.pairs import (
    Pairing,
    average_copies,
    compare_arms,
    differences,
    sign_flip_p,
)
from sparsernn.analysis.resampling import Resampling
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")

MAGNITUDE, GRAPH = [("magnitude", "random")], ["family", "graph"]


def arms(change: np.ndarray, noise: float = 1.0, seed: int = 0) -> pd.DataFrame:
    """Two arms over seeds that share a large effect of the seed."""
    base = noise * np.random.default_rng(seed).normal(size=len(change))
    seeds = np.arange(len(change))
    parts = [
        pd.DataFrame({"arm": "random", "seed": seeds, "acc": base}),
        pd.DataFrame({"arm": "magnitude", "seed": seeds, "acc": base + change}),
    ]
    fixed = {"protocol": "published", "cell": "gru", "status": "ok"}
    return pd.concat(parts, ignore_index=True).assign(**fixed)


def few(seed: int = 0, resamples: int = 300) -> Resampling:
    return Resampling(np.random.default_rng(seed), resamples, 0.95)


def test_a_planted_difference_is_found() -> None:
    change = 0.5 + np.random.default_rng(1).normal(size=40)
    row = compare_arms(arms(change, 10), ["acc"], Pairing(MAGNITUDE, ["seed"]), few()).iloc[0]
    assert row["mean"] == pytest.approx(change.mean())
    assert row["median"] == pytest.approx(np.median(change))
    assert 0 < row["low"] < row["mean"] < row["high"]
    assert row["median_low"] < row["median"] < row["median_high"]
    assert row["share_above"] == pytest.approx((change > 0).mean())
    assert row["p_value"] == row["p_adjusted"] < 0.02
    assert row[["pairs", "clusters", "note"]].tolist() == [40, 40, ""]


def studies(draw: Callable[[], np.ndarray], count: int = 200) -> pd.DataFrame:
    """The comparison of two arms in so many studies, called protocols."""
    tables = [arms(draw(), seed=trial).assign(protocol=str(trial)) for trial in range(count)]
    whole = pd.concat(tables, ignore_index=True)
    return compare_arms(whole, ["acc"], Pairing(MAGNITUDE, ["seed"]), few())


def test_of_exchangeable_arms_the_stated_rate_is_found_different() -> None:
    rng = np.random.default_rng(2)
    found = studies(lambda: rng.standard_t(4, size=24))
    assert within_limits(int((found["p_value"] <= 0.05).sum()), 200, 0.05)
    assert within_limits(int(((found["low"] <= 0) & (found["high"] >= 0)).sum()), 200, 0.95)


def test_the_interval_of_five_pairs_covers_at_its_rate() -> None:
    """Retrained networks have five seeds, of which a bootstrap covers 84 %."""
    rng = np.random.default_rng(4)
    found = studies(lambda: 0.3 + rng.normal(size=5), 100)
    assert within_limits(int(((found["low"] <= 0.3) & (found["high"] >= 0.3)).sum()), 100, 0.95)
    assert found["median_low"].isna().all() and found["p_value"].isna().all()


def clustered(rng: np.random.Generator, effect: float = 0.0) -> pd.DataFrame:
    """Three starts for each of 16 graphs, whose differences are mostly the graph's."""
    graph = np.repeat(np.arange(16), 3)
    change = effect + rng.normal(size=16)[graph] + 0.2 * rng.normal(size=48)
    table = arms(change)
    return table.assign(graph=table["seed"] // 3, seed=table["seed"] % 3, family="ws")


def test_clusters_keep_the_rate_where_pairs_alone_would_not() -> None:
    rng, whole, alone = np.random.default_rng(3), 0, 0
    for trial in range(200):
        pairs = differences(clustered(rng), ["acc"], Pairing(MAGNITUDE, [*GRAPH, "seed"]))
        means = pairs.groupby("graph")["difference"].mean().to_numpy()
        whole += sign_flip_p(means, few(trial, 200)) <= 0.05
        alone += sign_flip_p(pairs["difference"].to_numpy(), few(trial, 200)) <= 0.05
    assert within_limits(whole, 200, 0.05) and alone > 40


def test_the_interval_over_clusters_is_wider() -> None:
    table, unit = clustered(np.random.default_rng(0), 2.0), [*GRAPH, "seed"]
    whole = compare_arms(table, ["acc"], Pairing(MAGNITUDE, unit, cluster=GRAPH), few()).iloc[0]
    alone = compare_arms(table, ["acc"], Pairing(MAGNITUDE, unit), few()).iloc[0]
    assert whole[["pairs", "clusters"]].tolist() == [48, 16]
    assert whole["high"] - whole["low"] > 1.3 * (alone["high"] - alone["low"])
    assert whole["p_value"] < 0.05


def test_p_is_exact_with_few_pairs_and_adjusted_over_all_comparisons() -> None:
    first = arms(np.array([1.0, 2, 3, 4, 5, 6]))
    second = arms(np.array([1.0, -2, 3, -4, 5, -6]))
    table = pd.concat([first.assign(percent=80), second.assign(percent=90)])
    found = compare_arms(
        table, ["acc"], Pairing(MAGNITUDE, ["percent", "seed"], by=["percent"]), few()
    )
    assert found["percent"].tolist() == [80, 90]
    assert found["p_value"].iloc[0] == pytest.approx(2 / 2**6)
    assert found["p_adjusted"].iloc[0] == pytest.approx(4 / 2**6)


@pytest.mark.parametrize(
    ("change", "pairs", "note"),
    [
        (np.zeros(8), 8, "equal in every pair"),
        (np.ones(3), 3, "3 of 6 pairs"),
        (np.ones(5), 5, "5 of 6 pairs"),
        (np.ones(0), 0, "no pairs"),
    ],
)
def test_what_cannot_be_tested_is_noted(change: np.ndarray, pairs: int, note: str) -> None:
    table = pd.concat([arms(change), arms(np.ones(1)).assign(arm="other")])
    row = compare_arms(
        table.drop_duplicates(["arm", "seed"]), ["acc"], Pairing(MAGNITUDE, ["seed"]), few()
    )
    assert note in row["note"].item() and row["pairs"].item() == pairs
    assert row["p_adjusted"].isna().all() or not change.any()
    assert row[["median_low", "median_high"]].isna().all(axis=None)


def test_one_constant_difference_is_no_trouble() -> None:
    row = compare_arms(
        arms(np.full(8, 0.25), 0), ["acc"], Pairing(MAGNITUDE, ["seed"]), few()
    ).iloc[0]
    assert row[["low", "mean", "high"]].tolist() == [0.25] * 3
    assert row["p_value"] == pytest.approx(2 / 2**8)


def test_networks_without_a_partner_are_left_out() -> None:
    table = arms(np.arange(10.0))
    table.loc[3, "status"] = "diverged"
    table.loc[14, "acc"] = math.nan
    found = differences(table, ["acc"], Pairing(MAGNITUDE, ["seed"]))
    assert found["seed"].tolist() == [0, 1, 2, 5, 6, 7, 8, 9]
    np.testing.assert_allclose(found["difference"], found["seed"])
    none = compare_arms(table, ["acc"], Pairing([("magnitude", "dense")], ["seed"]), few())
    assert none["note"].item() == "no pairs"
    assert len(compare_arms(table.iloc[:0], ["acc"], Pairing(MAGNITUDE, ["seed"]), few())) == 0


def test_copies_of_an_original_are_averaged_first() -> None:
    table = clustered(np.random.default_rng(0))
    other = table[table["arm"] == "random"].assign(acc=lambda t: t["acc"] + 1)
    both = pd.concat([table, other])
    unit = [*GRAPH, "seed"]
    with pytest.raises(InputError, match="average_copies"):
        differences(both, ["acc"], Pairing(MAGNITUDE, unit))
    means = average_copies(both, ["acc"], unit)
    found = differences(means, ["acc"], Pairing(MAGNITUDE, unit))["difference"]
    expected = differences(table, ["acc"], Pairing(MAGNITUDE, unit))["difference"] - 0.5
    np.testing.assert_allclose(found, expected)
    assert means.groupby("arm")["copies"].unique().map(list).to_dict() == {
        "magnitude": [1],
        "random": [2],
    }


def test_a_cluster_must_be_part_of_the_unit() -> None:
    with pytest.raises(InputError, match="graph is not in unit"):
        Pairing(MAGNITUDE, ["seed"], cluster=["graph"])
