"""Findings of pruning: what they say follows from their tables, and nothing more."""

import finding_tables as given
import numpy as np
import pandas as pd
import pytest
from made_findings import finding, finding_or_none


def test_the_cliff_is_told_with_its_control() -> None:
    answer = finding("cliff").said
    assert "can remove 55 % of the recurrent weights" in answer and "lost at 70 %" in answer
    assert "it is at 30 %. Magnitude loses it 40 percentage points later" in answer
    assert "interval of that difference is above 0 in 4 of 4 cases." in answer
    unsure = given.cliffs().assign(low=-1.0)
    assert "is above 0 in 0 of 4 cases" in finding("cliff", cliffs=unsure).said
    behind = given.cliffs().assign(low=-3.0, high=-1.0)
    assert "in 0 of 4 cases, and below in 4." in finding("cliff", cliffs=behind).said
    few = given.cliffs().assign(low=np.nan, high=np.nan)
    assert "too few for an interval" in finding("cliff", cliffs=few).said
    known = pd.DataFrame({"baseline": ["one class", "last step"], "accuracy": [0.5, 0.625]})
    assert finding("cliff", baselines=known).beside.startswith(
        "Right without any network: a constant answer for 50.0 %, the baseline “last step” for 62.5"
    )
    assert "is pruned: RNN-Tanh, corrected. Where a seed" in finding("cliff").beside
    assert finding("cliff").rows[0][1] == "94.5 %"
    assert "before anything" not in finding("cliff", baselines=known).beside
    alone = given.cliffs().query("criterion == 'magnitude'")
    assert "no random masks beside it" in finding("cliff", cliffs=alone).said
    flat = given.cliffs()
    flat.loc[flat["measure"] == "half_way", ["mean", "low", "high"]] = np.nan
    said = finding("cliff", cliffs=flat).said
    assert "No network loses half of what there is to lose. Where random masks lose half" in said


@pytest.mark.parametrize(
    ("median_low", "median_high", "said"),
    [
        (50.0, 55.0, "not for GRU, RNN-Tanh."),
        (60.0, 70.0, "that agrees"),
        (50.0, 65.0, "can't be told"),
        (np.nan, np.nan, "too few seeds have an interval of the median: it can't be told"),
    ],
)
def test_the_thesis_agrees_only_where_every_cell_does(
    median_low: float, median_high: float, said: str
) -> None:
    table = given.cliffs().assign(median_low=median_low, median_high=median_high)
    assert said in finding("cliff", cliffs=table).thesis
    own = pd.concat(
        [table.assign(median=20.0, median_high=30.0), table.assign(protocol="published")]
    )
    assert said in finding("cliff", cliffs=own).thesis  # of the thesis's own protocol alone


def test_equal_arms_and_different_ones_are_counted() -> None:
    same = finding("retrained").said
    assert same.startswith("No.") and "within half a point in 4 of 4 comparisons" in same
    apart = finding("retrained", retraining=given.retraining(0.02, "different")).said
    assert (
        apart.startswith("Yes.")
        and "ahead of random masks in 4 of 4 comparisons (by 2.0 points)." in apart
        and "significantly higher in 4 of 4 comparisons" in apart
    )
    open_ = given.retraining(0.03, "different").assign(p_adjusted=0.1, verdict="undecided")
    assert "; 4 are undecided (3.0 points)." in finding("retrained", retraining=open_).answer
    equal = given.retraining().assign(mean=0.0, p_adjusted=1.0, verdict="equal")
    said = finding("retrained", retraining=equal)
    assert (
        "equal in every pair in 4 of 4" in said.detail and said.rows[0][-1] == "equal in every pair"
    )
    worse = finding("retrained", retraining=given.retraining(-0.02, "different"))
    assert "−2.0 points" in worse.said and "significantly lower in 4" in worse.said
    assert "they are significantly lower in 4 of 4 comparisons" in worse.thesis
    small = finding("retrained", retraining=given.retraining(0.001, "both").assign(p_adjusted=0.01))
    assert small.said.startswith("Yes. After 3 epochs")
    assert "significantly higher but within half a point in 4 of 4" in small.said
    assert {row[-1] for row in small.rows} == {"higher, but within half a point"}
    unclear = finding("retrained", retraining=given.retraining(0.004, "undecided"))
    assert "undecided in 4 of 4 comparisons" in unclear.said
    assert unclear.said.startswith("Not shown.")
    assert {row[-1] for row in unclear.rows} == {"undecided"}


def test_how_soon_networks_recover_is_told_beside_random_masks() -> None:
    found = finding("regained")
    assert found.answer == (
        "After one epoch, 20 of 20 networks pruned by magnitude and 4 of 20 pruned at random are "
        "within a point of their dense network; after 3, 20 and 12."
    )
    assert "Right after pruning, 4 and 0 are. Pruned are 60 to 90 %" in found.detail
    assert "16 of 16 that lost more than a point are back: that agrees" in found.thesis
    slow = finding("regained", regain=given.regain(repaired=1))
    assert "4 of 16 that lost more than a point are back: that does not" in slow.thesis
    other = given.regain().replace("dense - 0.01", "dense - 0.02")
    assert "within 2.0 points" in finding("regained", regain=other).answer
    alone = given.regain().query("schedule == 'one_shot'")
    assert "20 of 20 networks pruned by magnitude are" in finding("regained", regain=alone).answer
    few = given.regain().assign(seeds=1, regained=0).query("cell == 'gru'")
    assert finding_or_none("regained", regain=few) is None


def test_ways_are_told_with_what_is_claimed_of_them_and_how_equal_they_are() -> None:
    told = finding("ways")
    assert "Against magnitude pruning, 11 other ways come out at −1.2 points" in told.said
    assert "significantly lower in 22 of 22 comparisons." in told.said
    assert "Worst is global magnitude (−1.2 points (−1.6 to −0.8), RNN-Tanh)." in told.said
    assert "650 of 700 networks have exactly the number of non-zeros" in told.evidence
    assert "the others differ: whole units by −1.70 to −0.57 %." in told.evidence
    assert "Trainings take 2,000 steps in all, of every way." in told.evidence
    assert (
        "(Liu et al. 2021: random is better in recurrent networks): significantly lower"
        in told.beside
    )
    assert (
        "p is at most 0.05 in 4 of 4 comparisons of a way with itself and in 4 of 4 comparisons of "
        "random masks; chance" in told.beside
    )
    reached = "97.5 % at 80 % pruned, 97.5 % at 98 % pruned"
    assert f"Magnitude pruning reaches RNN-Tanh (corrected): {reached}; GRU" in told.said
    assert told.header[2:4] == ["accuracy in %", "against"] and told.rows[0][2] == "96.3"
    assert "percentages: none significantly better, 11 worse. At single per" in told.said
    assert told.answer.endswith("At single percentages none better, 11 worse at one or more.")
    one = given.ways()
    one.loc[(one["arm"] == "snip") & one["percent"].isna(), "estimate"] = 0.012
    assert finding("ways", ways=one).brief == "SNIP significantly better, 10 worse"
    one.loc[(one["arm"] == "snip") & (one["percent"] == 98), ["estimate", "p_adjusted"]] = 0.512
    assert (
        "11 worse at one or more; undecided ones are up to 51.2 points ahead."
        in finding("ways", ways=one).answer
    )
    open_ = given.ways(p=0.6).assign(estimate=0.02, low=0.01, high=0.03)
    undecided = finding("ways", ways=open_).detail
    assert "not adjusted, but undecided: " in undecided and "SNIP (2.0 points (1.0 to" in undecided
    assert "but undecided" not in told.detail
    assert "Whole units go in steps" in told.confounds
    without = given.way_costs().query("target != 'units'")
    assert "Whole units" not in finding("ways", costs=without).confounds
    open_ = finding("ways", ways=given.ways(p=0.6))
    assert "None is significantly better or worse." in open_.said
    longer = given.way_costs()
    longer.loc[longer["schedule"] == "snip", "steps"] = 2100
    assert "steps in all, but for SNIP 2,100." in finding("ways", costs=longer).evidence
    few = given.ways().assign(n=4)
    assert "There are 4 seeds; with fewer than 5" in finding("ways", ways=few).said
