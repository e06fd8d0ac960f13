"""The shares of a response's variance: planted ones come back, and noise is not credited."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from simulated import networks, within_limits
from statsmodels.stats.anova import anova_lm

from sparsernn.analysis.ceiling import intraclass
from sparsernn.analysis.resampling import Resampling
from sparsernn.analysis.variance import TERMS, variance_shares
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")


def few(resamples: int = 100) -> Resampling:
    return Resampling(np.random.default_rng(0), resamples)


def shares(table: pd.DataFrame, terms: tuple[str, ...] = TERMS) -> pd.Series:
    found = variance_shares(table, ["y"], few(2), terms)
    return found.set_index("part")["estimate"]


def crossed(seed: int = 0, graphs: int = 48, **sizes: float) -> pd.DataFrame:
    """A crossed design with planted effects of variance 1, times the square of their size."""
    rng = np.random.default_rng(seed)
    number = np.arange(graphs)
    table = pd.DataFrame({"graph": number, "family": np.array(["a", "b"])[number % 2]})
    table["nodes"] = np.array([16, 48])[number // 2 % 2]
    table["edges"] = table["nodes"] * np.array([2, 3])[number // 4 % 2]
    table["source_nodes"] = np.array([2, 4])[number // 8 % 2]
    signs = {"family": number, "nodes": number // 2, "degree": number // 4}
    signs["source_nodes"] = number // 8
    effect = sum(sizes.get(name, 0) * (2 * (sign % 2) - 1) for name, sign in signs.items())
    table["y"] = effect + sizes.get("graph", 0) * rng.normal(size=graphs)
    table = table.merge(pd.DataFrame({"seed": range(3)}), how="cross")
    table["y"] += sizes.get("start", 1) * rng.normal(size=len(table))
    return table.assign(protocol="corrected", cell="gru", status="ok")


def test_planted_shares_come_back() -> None:
    table = crossed(graphs=960, family=1, nodes=2, degree=1, graph=1, start=2)
    expected = np.array([1, 4, 1, 0, 1, 4]) / 11
    np.testing.assert_allclose(shares(table), expected, atol=0.03)


def test_parts_are_in_order_and_sum_to_1() -> None:
    found = variance_shares(networks(40, 3), ["y", "nodes"], few())
    assert found.groupby("response", sort=False)["estimate"].sum().tolist() == pytest.approx([1, 1])
    assert found["part"].tolist() == [*TERMS, "graph", "start"] * 2
    assert (found["note"] == "").all() or found.query("response == 'nodes'").shape[0] == 6
    y = found.query("response == 'y'")
    assert y["freedom"].tolist() == [2, 2, 2, 4, 29, 80]
    assert ((y["low"] >= 0) & (y["low"] <= y["high"]) & (y["high"] <= 1)).all()


def test_noise_between_graphs_is_not_credited_to_the_terms() -> None:
    found = [shares(networks(40, 3, seed=seed, graph_sd=2)) for seed in range(40)]
    mean = pd.concat(found, axis=1).mean(axis=1)
    assert mean["graph"] > 0.65
    assert (mean[list(TERMS)] < 0.04).all()


def test_all_but_the_start_is_about_the_icc() -> None:
    table = crossed(family=1, nodes=1, graph=1, start=1.5)
    icc = intraclass(table, ["y"], few()).loc[0, "estimate"]
    assert 1 - shares(table)["start"] == pytest.approx(icc, abs=0.03)


def test_sums_of_squares_are_those_of_a_sequential_analysis_of_variance() -> None:
    table = crossed(family=1, nodes=1, degree=0.7, graph=1)
    means = table.groupby("graph").agg(dict.fromkeys(("family", "nodes", "edges"), "first"))
    means["y"], means["degree"] = table.groupby("graph")["y"].mean(), means.edges / means.nodes
    model = smf.ols("y ~ C(family) + C(nodes) + C(degree)", means).fit()
    anova = anova_lm(model, typ=1)
    error = anova.loc["Residual", "mean_sq"]
    start = table.groupby("graph")["y"].var().mean()
    terms = (anova["sum_sq"] - anova["df"] * error).iloc[:3] / 48
    parts = np.array([*terms, error - start / 3, start])
    found = shares(table, ("family", "nodes", "degree"))
    np.testing.assert_allclose(found, parts / parts.sum())


def test_unequal_numbers_of_starts_leave_the_shares_unbiased() -> None:
    found = []
    for seed in range(40):
        table = crossed(seed, 96, nodes=1, graph=1, start=1)
        few_starts = (table["graph"] % 3 == 0) & (table["seed"] > 0)
        found.append(shares(table[~few_starts]))
    mean = pd.concat(found, axis=1).mean(axis=1)
    np.testing.assert_allclose(mean[["nodes", "graph", "start"]], 1 / 3, atol=0.03)


def test_the_bootstrap_over_graphs_covers_a_bit_less_than_its_rate() -> None:
    """Of 48 graphs, at a nominal 95 %, each share is covered in 92 to 94 % of 300 studies."""
    covered = []
    for seed in range(200):
        table = crossed(seed, nodes=1, graph=1, start=1)
        found = variance_shares(table, ["y"], few(150), ("nodes",)).set_index("part")
        covered.append((found["low"] <= 1 / 3) & (found["high"] >= 1 / 3))
    hits = pd.concat(covered, axis=1).sum(axis=1)
    assert len(hits) == 3 and all(within_limits(count, 200, 0.93) for count in hits)


def test_an_interaction_can_be_a_term() -> None:
    table = crossed(graph=0.1)
    table["y"] += np.where((table["family"] == "a") == (table["nodes"] == 16), 2, -2)
    found = shares(table, ("family", "nodes", "family:nodes"))
    assert found["family:nodes"] > 0.7 and found["nodes"] < 0.05


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda t: t.assign(y=1.0), "response is constant"),
        (lambda t: t[t["seed"] == 0], "one network a graph"),
        (lambda t: t[t["graph"] < 2], "2 graphs, at least 3"),
        (lambda t: t[t["graph"] < 5], "5 graphs for 5 parameters"),
        (lambda t: t.assign(status="diverged"), "0 graphs"),
    ],
)
def test_no_shares_are_explained(change: Callable[[pd.DataFrame], pd.DataFrame], note: str) -> None:
    found = variance_shares(change(networks(12, 2)), ["y"], few())
    assert found["note"].str.contains(note).all() and len(found) == 6
    assert found[["estimate", "low"]].isna().all(axis=None)


def test_one_family_has_no_share() -> None:
    found = variance_shares(networks(30, 2, families=("ws",)), ["y"], few()).set_index("part")
    assert found.loc["family", ["freedom", "estimate"]].tolist() == [0, 0]
    assert "does not vary" in found.loc["family", "note"]
    assert found["estimate"].sum() == pytest.approx(1)


def test_starts_that_never_differ_have_no_share() -> None:
    found = shares(networks(40, 2, start_sd=0))
    assert found["start"] == pytest.approx(0, abs=1e-12) and not math.isnan(found["graph"])


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="no column edges"):
        variance_shares(networks().drop(columns="edges"), ["y"], few())
