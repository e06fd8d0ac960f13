"""Findings of graphs: what they say follows from their tables, and nothing more."""

import finding_tables as given
import numpy as np
import pandas as pd
import pytest
from made_findings import finding, finding_or_none

from sparsernn.analysis.among_nulls import among_nulls as placed


def test_the_ceiling_is_told_by_cell() -> None:
    found = finding("explained")
    assert "explains an estimated 40 to 48 % of the variance" in found.said
    assert "(intervals from 28 to 60 %)" in found.said
    assert "RNN-Tanh 48 %, GRU 40 %" in found.said
    assert "together explain 43 %, and everything else about it 2 %" in found.said
    assert found.rows[0][:2] == ["RNN-Tanh, corrected", "48 % (28 to 60)"]
    assert "would be luck of the split" in found.thesis
    few = given.ceiling().assign(wide_low=np.nan, wide_high=np.nan)
    assert "of its loss. The rest is chance" in finding("explained", ceiling=few).answer
    high = given.ceiling().assign(wide_high=0.95)
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
    assert "alone, by 5 % of the variance or more, in 0 of 2 cases" in found.answer
    assert "an R² of 0.10; those three with 0.20." in found.answer
    assert found.brief == "0 of 2 cases"
    far = given.unseen_families().assign(r2=lambda rows: rows["r2"] - 2 * (rows["cell"] == "gru"))
    both = pd.concat([far, far.assign(protocol="published")])
    assert "those three with below −1 to 0.20." in finding("new_families", families=both).answer
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
    assert "left is on: RNN-Tanh decoy m1 (50 %), GRU decoy m1 (" in found.detail
    assert "reaches it after this many epochs: RNN-Tanh 3, GRU 9." in found.detail
    assert "4 networks on 3 graphs" not in found.evidence and "8 networks on 3" in found.evidence
    assert found.rows[1][1:4] == ["100 %", "100 %", "75 %"] and found.rows[1][6] == "9"
    never = given.learning().assign(epochs_to_99=np.nan)
    assert "epochs: RNN-Tanh never, GRU never." in finding("learned", networks=never).detail
    late = given.learning()
    late.loc[late["cell"] == "gru", "epochs_to_99"] = np.nan
    assert "epochs: RNN-Tanh 3, GRU never." in finding("learned", networks=late).detail
    both = pd.concat([given.learning(), late.assign(protocol="published")])
    told = finding("learned", networks=both)
    assert "corrected RNN-Tanh 75 %, GRU 75 %; published RNN-Tanh 75 %, GRU 0 %." in told.answer
    many = pd.concat([both, late.assign(protocol="third")])  # such as variants of a design
    pooled = finding("learned", networks=many)
    assert "epochs: RNN-Tanh 75 %, GRU 25 %." in pooled.answer
    assert pooled.rows[0][0] == "RNN-Tanh, all protocols"
    assert finding_or_none("learned", networks=given.learning().assign(epochs=5)) is None
    right = given.learning().assign(wrong_reber=0, wrong_m1=0, wrong_m2=0)
    assert "errors" not in finding("learned", networks=right).detail


def test_the_hurdle_says_how_many_pass_and_what_decides() -> None:
    found = finding("hurdle")
    assert found.said.startswith("A model that sees only which pairs of letters occur is right")
    assert "; 190 of 200 networks do at least a point better than a rule that" in found.answer
    assert "By cell: RNN-Tanh 90, GRU 100. That is an accuracy above 94.7 %" in found.said
    hard = given.baselines().query("accuracy < 0.95")
    assert finding("hurdle", baselines=hard).answer.startswith("190 of 200 networks")
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
        ((100, 100), "all 200 networks do at least"),
        ((0, 0), "none of 200 networks does at least"),
        ((100, 0), "100 of 200 networks do at least"),
    ],
)
def test_all_or_none_pass(passed: tuple[int, int], said: str) -> None:
    answer = finding("hurdle", hurdle=given.hurdle(passed)).said
    assert said in answer and "Too few are on one side" in answer
    assert ("can't be told" in answer) == (passed == (0, 0))


def test_partial_correlations_are_those_over_all_graphs() -> None:
    found = finding("added")
    assert "Some do. With family, vertices, edges, sources and parameters held eq" in found.said
    assert "equal, 2 of 6 correlations with the loss are significant (|r| up to" in found.said
    assert "|r| is shown to be below 0.2 for 2, and 2 are undecided" in found.said
    assert "Without these controls, 1 of 2 correlations of the same properties" in found.beside
    assert "Significant are those of" in found.detail and "*" in found.rows[0][-1]
    assert "density for degree, mean." in found.evidence
    assert "can't show" not in found.evidence
    assert "permuted within families" in found.evidence
    assert "squares of size and edges" in found.detail and "square effects" in found.confounds
    linear = finding("added", partial=given.partial().assign(curves=False))
    assert "squares" not in linear.detail and "linearly" in linear.confounds
    both = finding("added", partial=given.partial().assign(p_equivalence=0.01))
    assert both.answer.startswith("None is shown to. With family")
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
    late = given.nulls(0.02, "different").assign(response="error_area")
    worse = finding("against_nulls", nulls=pd.concat([given.nulls(), late]))
    assert "Their networks learn significantly later in 4 (area under" in worse.answer
    assert "4 of 4 (the area under the curve of the error over epochs)" in worse.detail
    lower = finding("against_nulls", nulls=given.nulls(-0.02, "different"))
    assert lower.answer.startswith("No, worse.") and "learn" not in lower.answer
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


def test_two_rules_that_are_equally_good_are_one_hurdle() -> None:
    """With few test strings, baselines may have the same accuracy."""
    table = given.hurdle()
    tied = table[(table["baseline"] == "strict bigrams") & (table["part"] == "whether")]
    both = pd.concat([tied.assign(baseline="bigrams present"), table], ignore_index=True)
    assert finding("hurdle", hurdle=both) == finding("hurdle", hurdle=table)
