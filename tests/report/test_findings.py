"""Findings: what they say follows from their tables, and nothing more."""

from collections.abc import Callable
from typing import Any

import finding_tables as given
import numpy as np
import pandas as pd
import pytest

from sparsernn import plugins
from sparsernn.analysis.among_nulls import among_nulls as placed
from sparsernn.errors import InputError
from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.finding import Finding, Findings, read_findings, write_findings
from sparsernn.report.overview import overview

TABLES: dict[str, dict[str, pd.DataFrame]] = {
    "cliff": {"cliffs": given.cliffs(), "baselines": given.baselines()},
    "retrained": {
        "retraining": given.retraining(),
        "pruning": given.pruned(),
    },
    "regained": {"regain": given.regain()},
    "ways": {"ways": given.ways(), "costs": given.way_costs()},
    "explained": {
        "ceiling": given.ceiling(),
        "variance": given.variance(),
        "nested": given.nested(),
    },
    "learned": {"networks": given.learning()},
    "hurdle": {"hurdle": given.hurdle(), "baselines": given.baselines()},
    "new_families": {"families": given.unseen_families(), "nested": given.nested()},
    "added": {"partial": given.partial(), "correlations": given.pooled()},
    "against_nulls": {"nulls": given.nulls()},
    "among_nulls": {"among": given.among_nulls(), "networks": given.null_networks()},
    "quirks": {"effects": given.effects()},
    "one_at_a_time": {"effects": given.effects_alone()},
}


def finding_or_none(name: str, **changed: pd.DataFrame) -> Finding | None:
    found: Callable[..., Any] = plugins.function("findings", name)
    result = found(TABLES[name] | changed)
    assert result is None or isinstance(result, Finding)
    return result


def finding(name: str, **changed: pd.DataFrame) -> Finding:
    found = finding_or_none(name, **changed)
    assert found is not None
    return found


def test_every_finding_is_tested() -> None:
    assert set(TABLES) == set(plugins.names("findings"))
    for name, tables in TABLES.items():
        assert list(plugins.literal("findings", name, "INPUTS")) == list(tables)


@pytest.mark.parametrize("name", TABLES)
def test_a_finding_has_all_its_parts(name: str) -> None:
    found = finding(name)
    assert found.question.endswith("?") and len(found.question) <= 90
    assert len(found.answer) <= 220, "too long for a line of the README"
    for part in ("answer", "said", "evidence", "beside", "confounds", "thesis", "unknown"):
        text = getattr(found, part)
        assert text.endswith(".") and "nan" not in text and "  " not in text
    assert found.rows and {len(row) for row in found.rows} == {len(found.header)}


@pytest.mark.parametrize("name", TABLES)
def test_without_rows_there_is_no_finding(name: str) -> None:
    empty = {key: table[:0] for key, table in TABLES[name].items() if key != "baselines"}
    assert plugins.function("findings", name)(TABLES[name] | empty) is None


def test_the_cliff_is_told_with_its_control() -> None:
    answer = finding("cliff").said
    assert "can remove 55 % of the recurrent weights" in answer and "lost at 70 %" in answer
    assert "lose it at 30 %, so magnitude moves the cliff by 40 percentage points" in answer
    assert "its interval is above 0 in 4 of 4 cases." in answer
    unsure = given.cliffs().assign(low=-1.0)
    assert "its interval is above 0 in 0 of 4 cases" in finding("cliff", cliffs=unsure).said
    behind = given.cliffs().assign(low=-3.0, high=-1.0)
    assert "in 0 of 4 cases, and below in 4." in finding("cliff", cliffs=behind).said
    few = given.cliffs().assign(low=np.nan, high=np.nan)
    assert "too few for an interval" in finding("cliff", cliffs=few).said
    known = pd.DataFrame({"baseline": ["one class", "last step"], "accuracy": [0.5, 0.625]})
    assert finding("cliff", baselines=known).beside.startswith(
        "The best trivial baseline, “last step”, reaches 62.5 %."
    )
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


def test_equal_arms_and_different_ones_are_counted() -> None:
    same = finding("retrained").said
    assert same.startswith("No.") and "within half a point in 4 of 4 comparisons" in same
    apart = finding("retrained", retraining=given.retraining(0.02, "different")).said
    assert (
        apart.startswith("Yes.")
        and "random pruning is 2.0 points, significantly above 0 in 4 of 4 comparisons." in apart
        and "significantly higher in 4 of 4 comparisons" in apart
    )
    worse = finding("retrained", retraining=given.retraining(-0.02, "different"))
    assert "−2.0 points" in worse.said and "significantly lower in 4" in worse.said
    assert "they are significantly lower in 4 of 4 comparisons" in worse.thesis
    small = finding("retrained", retraining=given.retraining(0.001, "both").assign(p_adjusted=0.01))
    assert small.said.startswith("Where it is shown, by less than half a point. After 3 epochs")
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


def test_the_ceiling_is_told_by_cell() -> None:
    found = finding("explained")
    assert "explains an estimated 40 to 48 % of the variance" in found.said
    assert "(intervals from 28 to 60 %)" in found.said
    assert "RNN-Tanh 48 %, GRU 40 %" in found.said
    assert "together explain 43 %, and everything else about it 2 %" in found.said
    assert found.rows[0][:2] == ["RNN-Tanh, corrected", "48 % (28 to 60)"]
    assert "would be luck of the split" in found.thesis
    few = given.ceiling().assign(bootstrap_low=np.nan, bootstrap_high=np.nan)
    assert "of its loss; the rest is chance" in finding("explained", ceiling=few).answer
    high = given.ceiling().assign(bootstrap_high=0.95)
    assert "it can't be told" in finding("explained", ceiling=high).thesis


def test_r2_is_told_beside_its_ceiling_and_its_baseline() -> None:
    said = finding("explained").beside
    assert "R² of 0.45, which is 0.60 of what is possible (its ceiling is 0.75)" in said
    assert "sources alone reach 0.50" in said and "change R² by 0.02" in said
    assert "the interval is above 0 in 0 of 2 cases, below in 0" in said
    few = given.nested().assign(r2=np.nan, difference=np.nan, ratio=np.nan)
    assert "too few for an R²" in finding("explained", nested=few).beside
    parts = given.variance().assign(estimate=np.nan)
    assert "too few to say by what" in finding("explained", variance=parts).said


def test_new_families_are_told_beside_new_graphs() -> None:
    found = finding("new_families")
    assert "Better than size, edges and sources alone in 0 of 2 cases" in found.answer
    assert "an R² of 0.10; those three with 0.20." in found.answer
    assert found.brief == "0 of 2 cases, 0.10 against 0.20"
    poor = given.unseen_families().assign(r2=lambda rows: rows["r2"] - 0.3)
    poor.loc[poor["features"] == "baseline", "r2"] -= 1  # worse still, but neither beats the mean
    assert "in 0 of 2 cases" in finding("new_families", families=poor).answer
    assert "In 2 of 4 cases" in found.said
    assert "all properties reach 0.45; its ceiling is 0.75" in found.beside
    alone = given.nested().assign(ceiling=np.nan)
    assert "its ceiling isn't known" in finding("new_families", nested=alone).beside


def test_how_soon_networks_learn_counts_those_that_never_do() -> None:
    found = finding("learned")
    assert "an accuracy of 99 % within 15 epochs: RNN-Tanh 75 %, GRU 75 %." in found.answer
    assert "The largest part of the errors left is on decoy m1 (RNN-Tanh 50 %, GRU" in found.answer
    assert "reaches 99 % after this many epochs: RNN-Tanh 3, GRU 9." in found.detail
    assert "4 networks on 3 graphs" not in found.evidence and "8 networks on 3" in found.evidence
    assert found.rows[1][1:4] == ["100 %", "100 %", "75 %"] and found.rows[1][6] == "9"
    never = given.learning().assign(epochs_to_99=np.nan)
    assert "In no cell does the median" in finding("learned", networks=never).detail
    late = given.learning()
    late.loc[late["cell"] == "gru", "epochs_to_99"] = np.nan
    assert "epochs: RNN-Tanh 3; GRU: never." in finding("learned", networks=late).detail
    four = pd.concat([late, *(late[late["cell"] == "gru"].assign(cell=cell) for cell in "ba")])
    assert "epochs: RNN-Tanh 3; GRU, b, a: never." in finding("learned", networks=four).detail
    assert finding_or_none("learned", networks=given.learning().assign(epochs=5)) is None
    right = given.learning().assign(wrong_reber=0, wrong_m1=0, wrong_m2=0)
    assert "errors left" not in finding("learned", networks=right).answer


def test_the_hurdle_says_how_many_pass_and_what_decides() -> None:
    found = finding("hurdle")
    assert found.said.startswith("190 of 200 networks do at least a point better than a rule")
    assert "none can beat a model that sees only which pairs of successive letters" in found.answer
    assert "By cell: RNN-Tanh 90, GRU 100. That is an accuracy above 94.7 %" in found.said
    hard = given.baselines().query("accuracy < 0.95")
    assert finding("hurdle", baselines=hard).answer.endswith("each pair of successive letters.")
    assert "In RNN-Tanh (in other cells it could not be tested), whether" in found.said
    assert "a network does depends on size (significant in 1 of 1 case)." in found.said
    assert "the error depends on size (significant in 2 of 2 cases), the rest" in found.said
    assert "length of a string (77.0 %): 200" in found.beside
    assert found.rows[0][1] == "90 of 100" and found.rows[1][2] == "0.50 (0.20 to 0.80)"
    none = finding("hurdle", hurdle=given.hurdle(p=0.5)).said
    assert "none of family, size, mean degree, sources affects" in none
    weak = finding("hurdle", hurdle=given.hurdle(p=0.5)).rows[0][-1]
    assert weak.startswith("not significant (p ")


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        ((100, 100), "All 200 networks do at least"),
        ((0, 0), "None of 200 networks does at least"),
        ((100, 0), "100 of 200 networks do at least"),
    ],
)
def test_all_or_none_pass(passed: tuple[int, int], said: str) -> None:
    answer = finding("hurdle", hurdle=given.hurdle(passed)).said
    assert answer.startswith(said) and "Too few are on one side" in answer
    assert ("can't be told" in answer) == (passed == (0, 0))


def test_partial_correlations_are_those_over_all_graphs() -> None:
    found = finding("added")
    assert "Some do. With family and size held equal, 2 of 6 correlations" in found.said
    assert "2 are shown to be below 0.2 in size, and 2 are undecided" in found.said
    assert "Without these controls, 1 of 2 correlations of the same properties" in found.beside
    assert "Significant are those of" in found.detail and "*" in found.rows[0][-1]
    assert "density for degree, mean." in found.evidence
    assert "can't show" not in found.evidence
    assert "permuted within families" in found.evidence
    assert "squares of size and edges" in found.detail and "square effects" in found.confounds
    linear = finding("added", partial=given.partial().assign(curves=False))
    assert "squares" not in linear.detail and "linearly" in linear.confounds
    both = finding("added", partial=given.partial().assign(p_equivalence=0.01))
    assert both.answer.startswith("None is shown to. With family and size held equal, 0 of 6")
    none = finding("added", correlations=given.pooled()[:0])
    assert none.beside == "There are no correlations without these controls."
    cells = finding("added", partial=given.partial().assign(within="family, nodes"))
    assert "each combination by itself, and by linear regression" in cells.detail
    assert "permuted within these combinations" in cells.evidence
    few = given.partial().assign(p_equivalence=0.5, low=-0.4, high=0.4)
    assert "can't show that any is below it" in finding("added", partial=few).evidence


def test_what_is_left_of_pooled_correlations_decides_on_the_thesis() -> None:
    nothing = given.partial().assign(p_adjusted=0.5)
    assert "none is significant under these controls" in finding("added", partial=nothing).thesis
    neither = given.pooled().assign(p_adjusted=0.5)
    assert "not significant either" in finding("added", correlations=neither).thesis


def test_pooled_and_single_families_are_told_apart() -> None:
    found = finding("against_nulls", nulls=given.nulls(0.02, "different"))
    assert "With degrees kept: 2.0 points, significantly higher in 2 of 2" in found.said
    assert "Within single families, 8 of 8 differences are significant" in found.said
    assert "yet differ significantly in 4 of 4 comparisons" in found.beside
    fine = finding("against_nulls")
    assert "within half a point in 2 of 2 comparisons" in fine.said
    assert "in no comparison significantly, as it should be" in fine.beside
    few = given.nulls().assign(clusters=6)
    few = finding(
        "against_nulls",
        nulls=few.assign(clusters=few["clusters"].where(few["original"] != "all", 48)),
    )
    assert "too few graphs (6) for any difference" in few.said
    assert "too few for a test of the method" in few.beside
    without = given.nulls().query("original != 'gnm'")
    assert "there are none here" in finding("against_nulls", nulls=without).beside


def test_a_graph_is_told_from_its_null_models_or_not() -> None:
    found = finding("among_nulls")
    assert (
        "The mean accuracy of all cells together on worm is significantly higher than on random "
        "graphs of both null models. With all"
    ) in found.said
    assert "significantly in 4 of 4 comparisons (higher in 4)." in found.detail
    short = given.null_networks().assign(epochs=9)
    brief = finding("among_nulls", networks=short)
    assert "of the last five epochs" in found.evidence
    assert "is that after the last epoch, as trainings have fewer" in brief.evidence
    assert "With all cells together it differs by 5.7 points" in found.said
    assert "points with in- and out-degrees kept (significant in 2 of 2)" in found.said
    assert "only if 4 of the 4 are as clear as possible; a single clear" in found.evidence
    assert "Of all cells together, a comparison can be significant" in found.evidence
    assert (
        "0.2 would have a p of at most 0.05 by chance" in found.beside and "4 have" in found.beside
    )
    alike = finding("among_nulls", among=given.among_nulls(0.0))
    assert "is not shown to differ from any null model." in alike.answer
    assert {row[-1] for row in alike.rows} == {"never enough"}
    worse = given.among_nulls()
    worse["difference"] *= -1
    worse.loc[worse["null"] == "same_density", "p_adjusted"] = 0.5
    assert (
        "is significantly lower than on random graphs (in- and out-degrees kept) and not shown to "
        "differ from the other null model."
    ) in finding("among_nulls", among=worse).answer
    one = given.among_nulls().query("cell == 'gru'")
    said = finding("among_nulls", among=one).said
    assert said.startswith("The accuracy of single cells on worm is") and "together" not in said
    assert "no number of random graphs is enough" in alike.unknown
    few = given.among_nulls().assign(together=9)
    assert (
        "none can be significant with so few random graphs"
        in finding("among_nulls", among=few).evidence
    )
    two = pd.concat([given.among_nulls(), given.among_nulls().assign(graph="fly.graphml")])
    found = finding("among_nulls", among=two)
    assert "on 2 graphs is" in found.said and "of both null models" in found.said
    two.loc[(two["graph"] != "fly.graphml") & (two["null"] == "same_density"), "p_adjusted"] = 0.5
    assert "degrees kept; size and density kept in 1 of 2)" in (
        finding("among_nulls", among=two).answer
    )
    both = pd.concat([given.among_nulls(), given.among_nulls().assign(protocol="reservoir")])
    both.loc[(both["protocol"] == "reservoir") & (both["null"] == "same_density"), "p_adjusted"] = 1
    answer = finding("among_nulls", among=both).answer
    assert "of both null models (protocol: corrected); significantly higher than" in answer
    assert "degrees kept) and not shown to differ from the other null model (protocol:" in answer
    assert found.rows[0][0] == "worm.graphml: in- and out-degrees kept"


def test_a_graph_is_told_from_its_null_models_by_errors_of_numbers() -> None:
    errors = given.among_nulls().query("response == 'late_test_acc'")
    errors = errors.assign(response="late_test_nrmse")
    networks = given.null_networks().rename(columns={"late_test_acc": "late_test_nrmse"})
    networks = networks.drop(columns="test_acc")
    found = finding("among_nulls", among=errors, networks=networks)
    accuracies = finding("among_nulls")
    assert found.said.startswith("The mean error (NRMSE) of all cells together on worm is")
    assert (
        "With all cells together it differs by 0.057" in found.said and "points" not in found.said
    )
    assert "The error (NRMSE) is the mean of the last five epochs" in found.evidence
    assert found.header[2] == "difference" and accuracies.header[2] == "difference in points"
    assert found.rows[0][3:] == accuracies.rows[0][3:]


def test_a_graph_is_told_from_its_null_models_by_the_metric_of_its_task() -> None:
    networks = given.null_networks().assign(test_f1=lambda rows: rows["test_acc"] / 2)
    responses = ["test_acc", "late_test_acc", "test_f1"]
    found = finding("among_nulls", among=placed(networks, responses), networks=networks)
    assert found.said.startswith("The mean f1 of all cells together on worm is significantly")
    assert "With all cells together it differs by 0.029" in found.said
    assert "The f1 is that after the last epoch. p is" in found.evidence
    assert len(found.rows) == len(finding("among_nulls").rows)


def test_significant_effects_are_named_and_controls_are_checked() -> None:
    found = finding("quirks")
    assert "2 of 6 effects, each of one field in one cell, are significant" in found.said
    assert found.said.startswith(
        "Most of all the edges that skip layers: the published choice makes the accuracy of "
    )
    assert "2.0 points lower than the corrected one." in found.said
    more = given.effects().assign(estimate=lambda rows: -rows["estimate"])
    assert "2.0 points higher than" in finding("quirks", effects=more).said
    assert "(−2.0 points); the others are 0.0 to 0.1 points" in found.said
    assert "neither does significantly (0.0 points)" in found.beside
    nothing = finding("quirks", effects=given.effects().assign(p_adjusted=0.5))
    assert "changes accuracy significantly: effects are −2.0 to 0.1 points" in nothing.said
    assert "can't be told" in nothing.thesis
    everything = finding("quirks", effects=given.effects().assign(p_adjusted=0.001))
    assert "6 of 6 effects" in everything.said
    assert "an effect of the masks of gates in RNN-Tanh" in everything.beside
    untested = finding("quirks", effects=given.effects().assign(p_adjusted=np.nan))
    assert "too few for a test" in untested.evidence


def test_effects_from_either_end_are_named() -> None:
    answer = finding("one_at_a_time").said
    assert answer.startswith("Yes: changing only the edges that skip layers changes the accuracy")
    assert "In all, 3 of 12 changes of one field in one cell are significant, by 2.0" in answer
    none = given.effects_alone().assign(p_adjusted=0.4)
    assert "0 of 12 changes" in finding("one_at_a_time", effects=none).said
    alone = given.effects_alone()
    one = alone.assign(p_adjusted=[0.001, *[0.9] * (len(alone) - 1)])
    assert "but none does in both protocols" in finding("one_at_a_time", effects=one).said


def study(thesis: bool = True) -> Findings:
    about = {"sparse": "GRU; 15 epochs"}
    return Findings("mine", {"sparse": 10}, {"sparse": 4}, about, [finding("cliff")], thesis)


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
    assert told.answer.endswith("At single percentages none better, 11 worse.")
    one = given.ways()
    one.loc[(one["arm"] == "snip") & one["percent"].isna(), "estimate"] = 0.012
    assert finding("ways", ways=one).brief == "SNIP significantly better, 10 worse"
    one.loc[(one["arm"] == "snip") & (one["percent"] == 98), ["estimate", "p_adjusted"]] = 0.512
    assert (
        "11 worse; undecided ones are up to 51.2 points ahead." in finding("ways", ways=one).answer
    )
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


def test_findings_are_read_as_they_were_written(tmp_path: Any) -> None:
    path = tmp_path / "findings.json"
    path.write_text(write_findings(study()), encoding="utf-8")
    assert read_findings(path).blocks() == study().blocks()
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not the findings of a study"):
        read_findings(path)


def test_another_study_is_not_held_against_the_thesis() -> None:
    texts = [str(block) for block in study(thesis=False).blocks()]
    assert not any("The thesis." in text for text in texts)
    assert any("The thesis." in str(block) for block in study().blocks())
    assert "thesis" not in overview({"mine": study()}, thesis=False).lower()
    assert "run it again](a.md#b)." in overview({"mine": study()}, see="a.md#b")
    assert "The thesis. " in overview({"mine": study()})


def test_every_figure_illustrates_findings_that_exist() -> None:
    named = {name for entry in FIGURES.values() for name in entry.findings}
    assert named and named <= set(plugins.names("findings"))


def test_two_rules_that_are_equally_good_are_one_hurdle() -> None:
    """With few test strings, baselines may have the same accuracy."""
    table = given.hurdle()
    tied = table[(table["baseline"] == "strict bigrams") & (table["part"] == "whether")]
    both = pd.concat([tied.assign(baseline="bigrams present"), table], ignore_index=True)
    assert finding("hurdle", hurdle=both) == finding("hurdle", hurdle=table)
