"""What came back of a study that was run again with another root seed."""

from dataclasses import replace
from pathlib import Path

import finding_tables as given
import pandas as pd
import pytest

from sparsernn.files.tables import write_csv
from sparsernn.report.finding import Findings
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
    assert "0 came back with the opposite sign; 0 more showed in the second" in found.answer
    assert [
        "correlation: closeness, mean",
        "GRU, corrected",
        "0.300",
        "0.010",
        "0.300",
        "0.300",
    ] in (found.rows)
    assert len(found.rows) == same + 2


def test_it_stands_for_the_findings_of_the_second_run(folders: list[Path]) -> None:
    study = Findings("mine", {"sparse": 1}, {"sparse": 1}, {"sparse": ""}, [], True)
    found = with_repeats({folders[0]: study, folders[1]: replace(study, study="again")})
    assert found["mine"] == study and len(found["mine_again"].found) == 1
    alone = with_repeats({folders[1]: study})
    assert alone["mine_again"] == study
