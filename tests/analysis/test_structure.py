"""The hurdle model: planted effects found in the right part, stated rates, poor tables noted."""

import math
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from simulated import networks, within_limits
from statsmodels.regression.mixed_linear_model import MixedLM
from statsmodels.stats.anova import anova_lm

from sparsernn.analysis.structure import (
    INTERACTIONS,
    MAIN,
    Hurdle,
    error_log_odds,
    how_well,
    whether_trained,
)
from sparsernn.analysis.terms import design
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")

HURDLE = Hurdle(baseline=0.5, strings=10_000)


def study(
    graphs: int = 60,
    starts: int = 3,
    seed: int = 0,
    *,
    nodes: float = 0.0,
    training: float = 0.0,
    graph_sd: float = 0.5,
    alike: float = 0.0,
) -> pd.DataFrame:
    """Accuracy of networks: a fifth doesn't train; of the others, the log-odds of the error are
    normal. Both depend on the logarithm of the nodes as stated. `alike` is the standard deviation
    between graphs of the log-odds of training.
    """
    table = networks(graphs, starts, seed=seed, graph_sd=graph_sd, start_sd=0.5)
    rng = np.random.default_rng(seed + 1000)
    z = np.log(table["nodes"])
    z = (z - z.mean()) / z.std()
    log_odds = -4 + table["y"] + nodes * z
    draws = rng.uniform(size=len(table))
    shift = training * z + alike * rng.normal(size=graphs)[table["graph"]]
    fails = draws > 1 / (1 + np.exp(-1.5 - shift))
    return table.assign(acc=np.where(fails, 0.5, 1 - 1 / (1 + np.exp(-log_odds))))


def by_term(found: tuple[pd.DataFrame, ...]) -> pd.DataFrame:
    return found[1].set_index("term")


def test_what_decides_training_is_found_there_and_nowhere_else() -> None:
    table = study(120, training=1.5)
    coefficients, tests = whether_trained(table, ["acc"], HURDLE)
    assert tests.set_index("term").loc["log_nodes", "p_adjusted"] < 0.01
    nodes = coefficients.set_index("term").loc["log_nodes"]
    assert nodes["low"] < 1.5 < nodes["high"] and nodes["low"] > 0
    assert tests.loc[0, ["graphs", "networks"]].tolist() == [120, 360]
    assert by_term(how_well(table, ["acc"], HURDLE)).loc["log_nodes", "p_value"] > 0.01


def test_what_decides_how_well_is_found_there_and_nowhere_else() -> None:
    table = study(120, nodes=-0.6)
    coefficients, tests, variance = how_well(table, ["acc"], HURDLE)
    nodes = coefficients.set_index("term").loc["log_nodes"]
    assert nodes["low"] < -0.6 < nodes["high"] < 0
    tests = tests.set_index("term")
    assert tests.index.tolist() == [*MAIN, *INTERACTIONS]
    assert tests.loc["log_nodes", "p_adjusted"] < 0.001
    assert variance["graph_variance"].item() == pytest.approx(0.25, abs=0.1)
    assert variance["start_variance"].item() == pytest.approx(0.25, abs=0.06)
    assert variance["p_value"].item() < 0.001
    assert by_term(whether_trained(table, ["acc"], HURDLE)).loc["log_nodes", "p_value"] > 0.01


def test_an_effect_in_one_family_is_an_interaction() -> None:
    table = study(120)
    z = np.log(table["nodes"])
    slope = np.where(table["family"] == "ba", 1.5, 0) * (z - z.mean()) / z.std()
    odds = (1 - table["acc"]) / table["acc"] * np.exp(slope)
    table["acc"] = np.where(table["acc"] > 0.5, 1 / (1 + odds), 0.5)
    found = by_term(how_well(table, ["acc"], Hurdle(0.4, 10_000)))
    full = by_term(how_well(table[table["acc"] > 0.5], ["acc"], HURDLE))
    assert full.loc["family:log_nodes", "p_adjusted"] < 0.01 and len(found) == 7


def test_without_effects_the_stated_rates_hold() -> None:
    terms, graph = 0, 0
    for seed in range(200):
        found = how_well(study(24, 2, seed, graph_sd=0.0), ["acc"], HURDLE, MAIN)
        terms += by_term(found).loc["degree", "p_value"] <= 0.05
        graph += found[2]["p_value"].item() <= 0.05
    assert within_limits(terms, 200, 0.05)
    assert within_limits(graph, 200, 0.05)


@pytest.mark.parametrize(
    ("graphs", "studies", "alike"), [(24, 200, 0.0), (24, 60, 1.5), (48, 50, 1.5), (96, 50, 0.0)]
)
def test_whether_networks_train_is_tested_at_the_stated_rate(
    graphs: int, studies: int, alike: float
) -> None:
    """Also with few graphs, and where the networks of a graph are alike.

    Wald's test with errors robust to graphs rejects 10 to 13 % for each number at 24 graphs. The
    bound is on the tests of all terms together, 200 or more: of a rate of 10 % it notices four of
    five. A factor is tested at less than its rate with few graphs, so the lower limit is generous.
    """
    tests = pd.concat(
        whether_trained(study(graphs, 2, seed, graph_sd=0.0, alike=alike), ["acc"], HURDLE)[1]
        for seed in range(studies)
    )
    known = tests[tests["p_value"].notna()]
    assert len(known) > 3.4 * studies
    found, most = int((known["p_value"] <= 0.05).sum()), stats.binom.isf(0.025, len(known), 0.05)
    assert 0.02 * len(known) < found <= most
    any_found = known.assign(study=known.groupby("term").cumcount()).groupby("study")["p_adjusted"]
    assert (any_found.min() <= 0.05).sum() <= stats.binom.isf(0.001, studies, 0.05)


def test_where_graphs_separate_networks_the_rate_holds_for_the_other_terms() -> None:
    """One family passes always. Likelihood ratios of networks as if independent reject 8 %."""
    found, trials = 0, 0
    for seed in range(40):
        table = study(48, 2, seed, graph_sd=0.0, alike=1.5)
        table.loc[table["family"] == "ws", "acc"] = 0.9
        tests = by_term(whether_trained(table, ["acc"], HURDLE))
        assert "separate" in tests.loc["degree", "note"]
        numbers = tests.loc[["log_nodes", "degree", "source_nodes"], "p_value"]
        found, trials = found + int((numbers <= 0.05).sum()), trials + 3
        assert tests.loc["family", "p_value"] < 0.2
    assert 0 < found <= stats.binom.isf(0.025, trials, 0.05)


def test_starts_that_always_agree_say_no_more_than_one() -> None:
    one = study(60, 1, training=1.0)
    copies = pd.concat([one.assign(seed=seed) for seed in range(4)], ignore_index=True)
    first, again = (
        whether_trained(table, ["acc"], HURDLE)[0].set_index("term") for table in (one, copies)
    )
    np.testing.assert_allclose(first["estimate"], again["estimate"], rtol=1e-5)
    # With one network a graph, Pearson's χ² says nothing, and the dispersion is about 1.
    assert again["std_error"].to_numpy() == pytest.approx(first["std_error"].to_numpy(), rel=0.2)


def test_terms_keep_their_rate_where_graphs_differ() -> None:
    """60 studies, as each fit costs 60 ms: in four of five, a rate of 10 % would be noticed."""
    tests = pd.concat(
        how_well(study(24, 2, seed, graph_sd=1.0), ["acc"], HURDLE, MAIN)[1] for seed in range(60)
    )
    found, most = int((tests["p_value"] <= 0.05).sum()), stats.binom.isf(0.025, len(tests), 0.05)
    assert len(tests) == 240 and 0.02 * len(tests) < found <= most


def test_where_least_squares_is_used_the_mixed_model_has_no_graph_variance_either() -> None:
    for seed in range(4):
        table = study(30, 2, seed, graph_sd=0.0).query("acc > 0.5")
        _, _, variance = how_well(table, ["acc"], HURDLE, ["nodes"])
        y = error_log_odds(table["acc"].to_numpy(), HURDLE.strings)
        groups = table["graph"].to_numpy()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            fit = MixedLM(y, design(table, ["nodes"]).x, groups).fit(reml=True)
        expected = float(np.asarray(fit.cov_re)[0, 0])
        assert variance["graph_variance"].item() == pytest.approx(expected, abs=1e-3)


def test_main_effects_are_tested_without_their_interactions() -> None:
    table = study(starts=1).query("acc > 0.5").reset_index(drop=True)
    table["y"] = error_log_odds(table["acc"].to_numpy(), HURDLE.strings)
    model = smf.ols("y ~ C(family, Sum) * nodes", table).fit()
    expected = anova_lm(model, typ=2)["PR(>F)"].iloc[:3]
    found = by_term(how_well(table, ["acc"], HURDLE, ["family", "nodes", "family:nodes"]))
    np.testing.assert_allclose(found["p_value"], expected)


def test_separation_is_noted_and_tested_by_likelihood() -> None:
    table = study().assign(acc=lambda t: np.where(t["nodes"] > 30, 0.9, 0.5))
    coefficients, tests = whether_trained(table, ["acc"], HURDLE)
    assert coefficients["note"].str.contains("separate").all()
    assert coefficients["estimate"].notna().all() and coefficients["std_error"].isna().all()
    assert tests.set_index("term").loc["log_nodes", "p_adjusted"] < 0.001
    assert tests.set_index("term").loc["degree", "p_value"] > 0.5


@pytest.mark.parametrize(
    ("change", "first", "second"),
    [
        (lambda t: t.assign(acc=0.5), "0 of 60 networks pass", "0 graphs that pass"),
        (lambda t: t.assign(acc=0.9), "60 of 60 networks pass", "response is constant"),
        (lambda t: t.assign(status="diverged"), "0 of 0 networks pass", "0 graphs"),
        (lambda t: t[t["graph"] < 7].assign(acc=[0.5, 0.9, 0.8] * 7), "7 graphs for", "7 graphs"),
    ],
)
def test_no_model_is_explained(
    change: Callable[[pd.DataFrame], pd.DataFrame], first: str, second: str
) -> None:
    table = change(study(20))
    coefficients, tests = whether_trained(table, ["acc"], HURDLE)
    assert tests["note"].str.contains(first).all() and coefficients["estimate"].isna().all()
    coefficients, tests, variance = how_well(table, ["acc"], HURDLE)
    assert second in variance["note"].item() and coefficients["estimate"].isna().all()
    assert tests["p_adjusted"].isna().all() and len(tests) == 7


def test_one_family_and_one_start_are_survived() -> None:
    table = study()
    one = table[table["family"] == "ws"]
    tests = by_term(how_well(one, ["acc"], HURDLE))
    assert "does not vary" in tests.loc["family", "note"]
    assert "does not vary" in tests.loc["family:degree", "note"]
    assert math.isfinite(tests.loc["degree", "p_value"])
    single = how_well(table[table["seed"] == 0], ["acc"], HURDLE, MAIN)
    assert "one network a graph" in single[2]["note"].item()
    assert single[1]["p_value"].notna().all()


def test_starts_that_never_differ_are_survived() -> None:
    table = study(starts=1).drop(columns="seed").merge(pd.DataFrame({"seed": [0, 1]}), how="cross")
    _, tests, variance = how_well(table, ["acc"], HURDLE, MAIN)
    assert variance["note"].item() or variance["share"].item() > 0.99
    assert tests["note"].str.len().gt(0).all() or tests["p_value"].notna().all()


def test_log_odds_are_finite_without_errors() -> None:
    found = error_log_odds(np.array([1.0, 0.5, 0.0]), 10)
    np.testing.assert_allclose(found, [math.log(0.5 / 10.5), 0, math.log(10.5 / 0.5)])


def test_effects_sum_to_zero_and_numbers_are_standardised() -> None:
    table = pd.DataFrame({"family": ["a", "b", "c"] * 4, "nodes": range(1, 13)})
    found = design(table, ["family", "nodes", "log_nodes", "family:nodes"])
    assert found.names[1:4] == ["family[a]", "family[b]", "nodes"]
    assert found.x[2, 1:3].tolist() == [-1, -1]
    assert found.x[:, 3].std() == pytest.approx(1)
    assert np.linalg.matrix_rank(found.x) == found.x.shape[1] == 7


@pytest.mark.parametrize("settings", [{"strings": 0}, {"baseline": 0.995}])
def test_the_hurdle_is_checked(settings: dict[str, float]) -> None:
    with pytest.raises(InputError, match=next(iter(settings))):
        Hurdle(**({"baseline": 0.5, "strings": 100} | settings))  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no column edges"):
        how_well(study().drop(columns="edges"), ["acc"], HURDLE)
