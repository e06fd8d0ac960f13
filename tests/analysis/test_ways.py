"""Ways to a sparse network: which are compared, and that differences are found where they are."""

import numpy as np
import pandas as pd
import pytest
from configurations import load
from simulated import within_limits

from sparsernn.analysis.questions.ways import ways
from sparsernn.analysis.settings import Settings
from sparsernn.analysis.ways import CLAIMS, KINDS, contrasts, kind_of

WAYS = {"better": {"scope": "global"}, "same": {"scope": "gate"}, "worse": {"scope": "uniform"}}
STUDIES = 25  # simulated
SETTINGS = Settings(1, methods=WAYS)


def studies(
    count: int, effects: dict[str, float], seeds: int = 5, percents: tuple[int, ...] = (80, 95)
) -> pd.DataFrame:
    """Networks of so many studies, called protocols; a way has its effect on accuracy."""
    rng = np.random.default_rng(0)
    index = pd.MultiIndex.from_product(
        [range(count), ["one_shot", *effects], percents, range(seeds)],
        names=["protocol", "schedule", "percent", "seed"],
    )
    table = index.to_frame(index=False)
    of_seed = rng.normal(0, 0.02, (count, seeds))[table["protocol"], table["seed"]]
    accuracy = 0.9 + of_seed + rng.normal(0, 0.002, len(table))
    accuracy += table["schedule"].map({"one_shot": 0.0, **effects})
    return table.assign(cell="gru", target="both", status="ok", test_acc=accuracy)


def test_planted_differences_are_found_and_planted_nulls_are_not() -> None:
    effects = {"better": 0.02, "same": 0.0, "worse": -0.02}
    found = ways({"pruning": studies(1, effects, seeds=8)}, SETTINGS)
    rows = found[(found["claim"] == "reference") & found["percent"].isna()].set_index("arm")
    small = rows["verdict"].isin(["equivalent", "both"])
    assert small.to_dict() == {"better": False, "same": True, "worse": False}
    assert (rows["p_adjusted"] < 0.01).to_dict() == {"better": True, "same": False, "worse": True}
    assert rows["estimate"].to_dict() == pytest.approx(effects, abs=0.003)
    assert (rows["low"] < rows["estimate"]).all() and (rows["estimate"] < rows["high"]).all()
    assert rows["n"].eq(8).all() and rows.loc["better", "effect"] > 3
    scope = found[(found["claim"] == "scope") & found["percent"].isna()].set_index("arm")
    assert set(scope["reference"]) == {"better"} and (scope["estimate"] < 0).all()
    assert len(found) == 3 * (3 + 2)


def test_ways_that_do_not_differ_are_told_apart_no_more_often_than_by_chance() -> None:
    table = studies(STUDIES, {"better": 0.0, "same": 0.0}, percents=(90,))
    found = ways({"pruning": table}, SETTINGS)
    whole = found[found["percent"].isna()].drop_duplicates(["protocol", "arm", "reference"])
    assert within_limits(int((whole["p_value"] <= 0.05).sum()), len(whole), 0.05)
    false = whole.groupby("protocol")["p_adjusted"].min() <= 0.05
    assert false.sum() <= 0.05 * STUDIES + 3 * np.sqrt(STUDIES * 0.05 * 0.95)
    assert within_limits(int((whole["low"] <= 0).mul(whole["high"] >= 0).sum()), len(whole), 0.95)


def test_two_ways_that_are_compared_from_both_sides_are_one_comparison() -> None:
    methods = {"small": {"start": "small"}, "other": {"scope": "gate"}}
    table = studies(1, {"small": -0.003, "other": -0.001}, percents=(90,))
    found = ways({"pruning": table}, Settings(1, methods=methods))
    whole = found[found["percent"].isna()].set_index(["arm", "reference"])
    there, back = whole.loc[("small", "one_shot")], whole.loc[("one_shot", "small")]
    assert there["estimate"] == -back["estimate"] and there["p_adjusted"] == back["p_adjusted"]
    least = whole["p_value"].min()
    assert whole["p_adjusted"].min() == pytest.approx(2 * least)  # of two comparisons, not three


def test_networks_that_failed_and_whole_units_are_told_as_what_they_are() -> None:
    table = studies(1, {"better": 0.0})
    lost = (table["schedule"] == "better") & (table["seed"] == 0)
    table.loc[lost, "status"] = "diverged"
    table.loc[table["schedule"] == "better", "target"] = "units"
    found = ways({"pruning": table}, SETTINGS)
    assert found["n"].eq(4).all() and len(found) == 3
    few = ways({"pruning": table[table["seed"] < 3]}, SETTINGS)
    assert few["note"].eq("2 of 3 differences that a test needs").all()
    assert few["p_value"].isna().all()


def test_masks_made_at_random_are_compared_with_one_another_and_with_the_one_found() -> None:
    ways = {"lottery": {"start": 0}} | {
        f"lottery_{mask}": {"start": 0, "mask": mask} for mask in ("shuffled", "rewired")
    }
    assert contrasts(ways) == [
        ("lottery_shuffled", "lottery", "mask"),
        ("lottery_rewired", "lottery", "mask"),
        ("lottery_rewired", "lottery_shuffled", "nulls"),
    ]


def test_a_way_under_another_name_is_compared_with_itself_alone() -> None:
    ways = {"one_shot": {}, "a": {"start": 0}, "again": {"start": 0}, "magnitude": {}}
    assert contrasts(ways) == [
        ("a", "one_shot", "reference"),
        ("again", "a", "chance"),
        ("magnitude", "one_shot", "chance"),
    ]


@pytest.mark.parametrize("study", ["reber", "cycle", "digits"])
def test_the_studies_have_ways_of_each_kind_and_try_every_claim(study: str) -> None:
    methods = load(f"methods/{study}.yaml")["pruning"]["methods"]
    assert {kind_of(way) for way in methods.values()} == set(KINDS)
    found = contrasts({"one_shot": {}, **methods})
    assert {claim for *_, claim in found} == set(CLAIMS)
    assert len({(one, other) for one, other, _ in found}) <= len(found)
