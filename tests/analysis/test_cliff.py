"""Half-way points and safe shares, against curves whose answers are known."""

import math

import numpy as np
import pandas as pd
import pytest
from simulated import within_limits

from sparsernn.analysis.cliff import cliffs, half_way, over_seeds, safe_share
from sparsernn.errors import InputError

pytestmark = pytest.mark.usefixtures("quick_collections")

PERCENT = np.arange(0, 101, 5.0)


def logistic(centre: float) -> np.ndarray:
    return 0.5 + 0.49 / (1 + np.exp((PERCENT - centre) / 1.5))


def curves(*accuracies: np.ndarray, arm: str = "magnitude") -> pd.DataFrame:
    rows = [
        pd.DataFrame({"percent": PERCENT, "acc": accuracy}).assign(seed=seed)
        for seed, accuracy in enumerate(accuracies)
    ]
    fixed = {"protocol": "published", "cell": "gru", "arm": arm, "status": "ok"}
    return pd.concat(rows, ignore_index=True).assign(**fixed)


def found(table: pd.DataFrame) -> pd.DataFrame:
    return cliffs(table, "acc", ["arm", "seed"])


def test_a_planted_cliff_is_found() -> None:
    centres = [31.0, 60.0, 72.5]
    table = found(curves(*map(logistic, centres)).sample(frac=1, random_state=0))
    table = table.sort_values("seed")
    np.testing.assert_allclose(table["half_way"], centres, atol=0.7)
    # The loss passes a point 1.5 log(0.49 / 0.01 - 1) = 5.8 percent before the centre.
    assert table["safe_share"].tolist() == [25, 50, 65]
    assert table["points"].tolist() == [21] * 3


def test_a_fall_that_larger_percentages_undo_does_not_count() -> None:
    percent, accuracy = np.array([0, 10, 20, 30, 40.0]), np.array([1, 0.7, 0.9, 0.7, 0.5])
    # Nearest falling curve: 1, 0.8, 0.8, 0.7, 0.5. Half-way is 0.75.
    assert half_way(percent, accuracy) == pytest.approx(25)
    assert safe_share(percent, accuracy, 0.25) == 20
    assert safe_share(percent, accuracy, 0.1) == 0
    assert safe_share(percent, np.ones(5), 0.01) == 40


def test_chance_below_no_weights_at_all_is_no_lower_end() -> None:
    """Networks without weights name one class; those with few are worse at times."""
    accuracy = np.where(PERCENT < 50, 1.0, np.where(PERCENT < 100, 0.48, 0.52))
    assert half_way(PERCENT, accuracy) == pytest.approx(47.5)


@pytest.mark.parametrize(
    ("accuracy", "note"),
    [
        (np.full(21, 0.99), "never loses two points"),
        (np.full(21, 0.5), "never loses two points"),
        (np.where(PERCENT < 50, 0.99, math.nan), "no accuracy beyond 45 %"),
        (np.full(21, math.nan), "no curve"),
    ],
)
def test_no_half_way_point_is_explained(accuracy: np.ndarray, note: str) -> None:
    row = found(curves(accuracy)).iloc[0]
    assert math.isnan(row["half_way"]) and note in row["note"]
    short = curves(logistic(50)).query("percent < 90")
    assert found(short)["note"].item() == "no accuracy beyond 85 %"


def test_a_network_that_failed_ends_the_curve() -> None:
    table = curves(logistic(50))
    table.loc[table["percent"] == 30, "status"] = "diverged"
    row = found(table).iloc[0]
    assert (row["points"], row["safe_share"]) == (6, 25)
    no_dense = found(table[table["percent"] > 0]).iloc[0]
    assert "starts at 0 %" in no_dense["note"]


def test_a_percentage_twice_is_an_error() -> None:
    with pytest.raises(InputError, match="twice"):
        cliffs(curves(logistic(50), logistic(50)), "acc", ["arm"])


def test_the_interval_over_seeds_covers_the_mean() -> None:
    rng = np.random.default_rng(0)
    studies, seeds = np.repeat(np.arange(400), 5), np.tile(np.arange(5), 400)
    networks = pd.DataFrame({"study": studies, "seed": seeds, "protocol": "p", "cell": "c"})
    networks["half_way"] = rng.normal(60, 9, len(networks))
    found = over_seeds(networks, ["half_way"], ["study"], 0.9)
    covered = (found["low"] <= 60) & (found["high"] >= 60)
    assert found["seeds"].eq(5).all() and within_limits(int(covered.sum()), 400, 0.9)


def test_the_distribution_over_seeds() -> None:
    networks = found(curves(*map(logistic, [50, 52, 54, 56, 58, 60]), np.full(21, 0.99)))
    row = over_seeds(networks, ["half_way"], ["arm"]).iloc[0]
    assert row[["seeds", "missing"]].tolist() == [6, 1]
    assert row["mean"] == pytest.approx(55, abs=0.5) and row["sd"] == pytest.approx(3.7, abs=0.5)
    assert row["low"] < row["mean"] < row["high"]
    assert row["median_low"] <= row["median"] <= row["median_high"] and row["note"] == ""
    few = over_seeds(networks.query("seed > 0"), ["half_way"], ["arm"]).iloc[0]
    assert few["low"] < few["mean"] < few["high"] and math.isnan(few["median_low"])
    assert few["note"] == "5 seeds, too few for an interval of the median"


def test_few_seeds_have_no_interval() -> None:
    networks = found(curves(logistic(50)))
    summary = over_seeds(networks, ["half_way", "safe_share"], ["arm"])
    assert summary["note"].str.contains("1 of 3 seeds").all()
    assert summary[["sd", "low", "high"]].isna().all(axis=None)
    none = over_seeds(networks.assign(half_way=math.nan), ["half_way"], [])
    assert none["note"].item() == "no seed has a value"
