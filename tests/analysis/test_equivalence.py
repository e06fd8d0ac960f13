"""Equivalence tests: wrong verdicts at the margin, power within it, and the four verdicts."""

import math

import numpy as np
import pandas as pd
import pytest
from simulated import within_limits
from statsmodels.stats.weightstats import ttost_paired

from sparsernn.analysis.equivalence import (
    correlation_equivalence,
    paired_equivalence,
    with_adjusted,
)
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")


def studies(mean: float, sd: float = 0.004, n: int = 24, count: int = 200) -> pd.DataFrame:
    """Many studies of paired differences."""
    values = np.random.default_rng(0).normal(mean, sd, count * n)
    return pd.DataFrame({"study": np.repeat(np.arange(count), n), "difference": values})


def correlated(rho: float, n: int = 200, controls: int = 0, count: int = 200) -> pd.DataFrame:
    """The correlations of many studies of n graphs, given as many controls, all independent."""
    x, noise = np.random.default_rng(1).normal(size=(2, count, n - controls))
    y = rho * x + math.sqrt(1 - rho**2) * noise
    r = [np.corrcoef(*pair)[0, 1] for pair in zip(x, y, strict=True)]
    return pd.DataFrame({"r": r, "n": n, "controls": controls})


@pytest.mark.parametrize("mean", [0.005, -0.005])
def test_at_the_margin_equivalence_is_claimed_at_the_stated_rate(mean: float) -> None:
    found = paired_equivalence(studies(mean), ["study"])
    assert within_limits((found["p_equivalence"] <= 0.05).sum(), 200, 0.05)


def test_equal_arms_are_equivalent_and_called_different_at_the_stated_rate() -> None:
    found = paired_equivalence(studies(0.0), ["study"])
    assert (found["p_equivalence"] <= 0.05).mean() > 0.95
    assert within_limits((found["p_difference"] <= 0.05).sum(), 200, 0.05)
    inside = (found["low"] > -0.005) & (found["high"] < 0.005)
    assert ((found["p_equivalence"] <= 0.05) == inside).all()


@pytest.mark.parametrize(
    ("mean", "sd", "expected"),
    [
        (0.0, 0.002, "equivalent"),
        (0.02, 0.002, "different"),
        (0.003, 0.001, "both"),
        (0.004, 0.02, "undecided"),
    ],
)
def test_verdicts(mean: float, sd: float, expected: str) -> None:
    centred = np.linspace(-1, 1, 20)
    table = pd.DataFrame({"difference": mean + sd * centred, "arm": "a"})
    row = paired_equivalence(table, ["arm"]).iloc[0]
    assert row["verdict"] == expected
    p = ttost_paired(table["difference"].to_numpy(), np.zeros(20), -0.005, 0.005)[0]
    assert row["p_equivalence"] == pytest.approx(p)


@pytest.mark.parametrize(
    ("value", "expected"), [(0.0, "equal"), (0.001, "both"), (0.1, "different")]
)
def test_differences_without_spread_decide_by_their_value(value: float, expected: str) -> None:
    table = pd.DataFrame({"difference": [value] * 8, "arm": "a"})
    row = paired_equivalence(table, ["arm"]).iloc[0]
    assert row["verdict"] == expected and "all differences are" in row["note"]


def test_verdicts_go_by_the_p_that_is_adjusted_where_there_is_one() -> None:
    found = pd.DataFrame(
        {
            "verdict": ["different", "both", "equal"],
            "p_adjusted": [0.06, 0.06, 1.0],
            "p_equivalence": [0.5, 0.01, np.nan],
        }
    )
    assert with_adjusted(found)["verdict"].tolist() == ["undecided", "equivalent", "equal"]


def test_starts_of_a_graph_count_as_one() -> None:
    table = studies(0.0, n=24, count=1).assign(graph=np.arange(24) // 3, family="ws", arm="a")
    found = paired_equivalence(table, ["arm"], cluster=["family", "graph"])
    assert found["n"].item() == 8
    assert found["estimate"].item() == pytest.approx(table["difference"].mean())


def test_two_differences_are_too_few() -> None:
    row = paired_equivalence(pd.DataFrame({"difference": [0.1, 0.2], "arm": "a"}), ["arm"]).iloc[0]
    assert row["verdict"] == "" and "2 of 3" in row["note"]


@pytest.mark.parametrize("controls", [0, 200])
def test_correlations_at_the_margin_are_called_equivalent_at_the_stated_rate(controls: int) -> None:
    found = correlation_equivalence(correlated(0.2, 200 + controls, controls))
    assert within_limits((found["p_equivalence"] <= 0.05).sum(), 200, 0.05)


def test_null_correlations() -> None:
    found = correlation_equivalence(correlated(0.0))
    assert found["verdict"].isin(["equivalent", "both"]).mean() > 0.75
    assert within_limits((found["p_difference"] <= 0.05).sum(), 200, 0.05)
    few = correlation_equivalence(correlated(0.0, n=30))
    assert (few["verdict"] == "undecided").mean() > 0.8
    strong = correlation_equivalence(correlated(0.6))
    assert (strong["verdict"] == "different").all()


def test_no_correlation_has_no_verdict() -> None:
    table = pd.DataFrame({"property": ["a", "b", "c"], "r": [math.nan, 0.1, 1.0], "n": [9, 3, 9]})
    found = correlation_equivalence(table)
    assert found["note"].tolist() == ["no correlation", "too few observations", ""]
    assert found["verdict"].tolist() == ["", "", "different"]
    assert found["property"].tolist() == ["a", "b", "c"]


@pytest.mark.parametrize("settings", [{"margin": 0.0}, {"alpha": 0.6}, {"margin": 1.5}])
def test_margins_and_levels_are_checked(settings: dict[str, float]) -> None:
    with pytest.raises(InputError, match=f"{next(iter(settings))} is"):
        correlation_equivalence(correlated(0, count=1), **settings)
