"""What came back of a study that was run again with another root seed."""

from dataclasses import replace
from pathlib import Path

import finding_tables as given
import pandas as pd
import pytest

from sparsernn.files.tables import write_csv
from sparsernn.report.finding import Findings
from sparsernn.report.findings.added import added
from sparsernn.report.overview import with_repeats
from sparsernn.report.repeated import TESTS, both_times, repeated


def made(r: list[float], p: list[float]) -> pd.DataFrame:
    names = ["degree_mean", "closeness_mean", "diameter", "density"][: len(r)]
    table = pd.DataFrame({"property": names, "r": r, "p_adjusted": p})
    return table.assign(protocol="corrected", cell="gru", family="all", response="test_loss")


def test_each_test_has_one_outcome() -> None:
    first = made([0.5, 0.5, 0.1, 0.4], [0.01, 0.01, 0.5, 0.01])
    second = made([0.4, -0.5, 0.3, 0.1], [0.02, 0.01, 0.04, 0.30])
    rows = both_times(first, second, TESTS["partial"])
    assert rows["outcome"].tolist() == ["both", "opposite", "second", "first"]
    assert both_times(first, second[:0], TESTS["partial"]).empty


def test_other_responses_and_tests_that_could_not_be_made_are_left_out() -> None:
    first = made([0.5, 0.5], [0.01, float("nan")])
    other = first.assign(response="error_area")
    rows = both_times(pd.concat([first, other]), first, TESTS["partial"])
    assert rows["property"].tolist() == ["degree_mean"]


def test_effects_of_a_design_have_no_protocol(tmp_path: Path) -> None:
    folders = [tmp_path / "mine", tmp_path / "mine_again"]
    about = {"design": "mine", "cell": "gru", "response": "late_test_acc", "kind": "main"}
    for folder, p in zip(folders, (0.01, 0.2), strict=True):
        effects = pd.DataFrame({"effect": ["skips", "readout_step"], "estimate": [0.1, -0.05]})
        path = folder / "analysis/effects.csv"
        path.parent.mkdir(parents=True)
        write_csv(effects.assign(p_adjusted=[0.9, p], **about), path)
    [row] = repeated(*folders).rows
    assert row == [
        "effect: mine, step that is read out",
        "GRU",
        "−0.050",
        "0.010",
        "−0.050",
        "0.200",
    ]
    again = repeated(folders[1], folders[0]).answer
    assert "none was significant at first, so none could come back; the second run has 1." in again


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "mine", tmp_path / "mine_again"]
    for path, p in zip(paths, (0.01, 0.3), strict=True):
        (path / "analysis").mkdir(parents=True)
        write_csv(made([0.5, 0.3], [0.01, p]), path / "analysis/partial.csv")
        write_csv(given.hurdle(), path / "analysis/hurdle.csv")
    return paths


def test_the_answer_counts_outcomes_and_the_table_has_them(folders: list[Path]) -> None:
    found = repeated(*folders)
    same = len(
        both_times(given.hurdle(), given.hurdle(), TESTS["hurdle"]).query("outcome == 'both'")
    )
    assert f"{same + 2} were significant at first. Of these, {same + 1} came back, 1 did not" in (
        found.answer
    )
    assert "0 came back with the opposite sign; none were significant in the second" in found.answer
    assert [
        "correlation: closeness, mean",
        "GRU, corrected",
        "0.300",
        "0.010",
        "0.300",
        "0.300",
    ] in (found.rows)
    assert len(found.rows) == same + 2


def test_shares_that_differ_by_more_than_their_intervals_are_named(folders: list[Path]) -> None:
    both = given.ceiling()
    for folder, (low, high) in zip(folders, ((0.3, 0.6), (0.0, 0.2)), strict=True):
        there = both.assign(wide_low=0.1, wide_high=0.9)
        there.loc[there["response"] == "test_loss", ["wide_low", "wide_high"]] = low, high
        write_csv(there, folder / "analysis/ceiling.csv")
    detail = repeated(*folders).detail
    assert "Of 4 shares of the variance that graphs explain (ICC), 2 differ so that" in detail
    assert "the loss in GRU, 0.40 (0.30 to 0.60), then 0.40 (0.00 to 0.20)." in detail


def test_it_stands_for_the_findings_of_the_second_run(folders: list[Path]) -> None:
    study = Findings("mine", {"sparse": 1}, {"sparse": 1}, {"sparse": ""}, [], True)
    answer = added({"partial": given.partial(), "correlations": given.pooled()})
    assert answer is not None
    first = replace(study, found=[answer, replace(answer, tests="")])
    found = with_repeats({folders[1]: replace(study, study="again"), folders[0]: first})
    assert len(found["mine_again"].found) == 1
    told, other = (each.answer.removeprefix(answer.answer) for each in found["mine"].found)
    assert told == (
        " With another root seed, 1 of 2 significant correlations came back"
        " (not: closeness, mean in GRU)."
    )
    assert other == ""
    alone = with_repeats({folders[1]: study})
    assert alone["mine_again"] == study
