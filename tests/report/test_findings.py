"""Findings: what they say follows from their tables, and nothing more."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import finding_tables as given
import pandas as pd
import pytest

from sparsernn import plugins
from sparsernn.errors import InputError
from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.finding import Finding, Findings, read_findings, write_findings
from sparsernn.report.overview import copy_figures, overview, with_answers

TABLES: dict[str, dict[str, pd.DataFrame]] = {
    "cliff": {"cliffs": given.cliffs(), "baselines": given.baselines()},
    "retrained": {
        "retraining": given.retraining(),
        "pruning": given.pruned(),
    },
    "explained": {
        "ceiling": given.ceiling(),
        "variance": given.variance(),
        "nested": given.nested(),
    },
    "added": {"partial": given.partial(), "correlations": given.pooled()},
    "against_nulls": {"nulls": given.nulls()},
    "quirks": {"effects": given.effects()},
    "one_at_a_time": {"effects": given.effects_alone()},
}


def finding(name: str, **changed: pd.DataFrame) -> Finding:
    found: Callable[..., Any] = plugins.function("findings", name)
    result = found(TABLES[name] | changed)
    assert isinstance(result, Finding)
    return result


def test_every_finding_is_tested() -> None:
    assert set(TABLES) == set(plugins.names("findings"))
    for name, tables in TABLES.items():
        assert list(plugins.literal("findings", name, "INPUTS")) == list(tables)


@pytest.mark.parametrize("name", TABLES)
def test_a_finding_has_all_its_parts(name: str) -> None:
    found = finding(name)
    for part in ("answer", "evidence", "beside", "confounds", "thesis", "unknown"):
        text = getattr(found, part)
        assert text.endswith(".") and "nan" not in text and "  " not in text
    assert found.rows and {len(row) for row in found.rows} == {len(found.header)}


@pytest.mark.parametrize("name", TABLES)
def test_without_rows_there_is_no_finding(name: str) -> None:
    empty = {key: table[:0] for key, table in TABLES[name].items() if key != "baselines"}
    assert plugins.function("findings", name)(TABLES[name] | empty) is None


def test_the_cliff_is_told_with_its_control() -> None:
    answer = finding("cliff").answer
    assert "up to 55 % of the recurrent weights" in answer and "at 70 %" in answer
    assert "lose half at 30 %; so magnitude moves the cliff by 40 percentage points" in answer
    unsure = given.cliffs().assign(low=-1.0)
    assert "ahead beyond doubt in 0 of 4 cases" in finding("cliff", cliffs=unsure).answer


def test_the_thesis_agrees_only_where_every_cell_does() -> None:
    assert "does not hold" in finding("cliff").thesis
    higher = given.cliffs().assign(median=65.0)
    assert "agrees" in finding("cliff", cliffs=higher).thesis


def test_equal_arms_and_different_ones_are_counted() -> None:
    assert "within half a point in 4 of 4 comparisons, better beyond doubt in 0" in (
        finding("retrained").answer
    )
    apart = given.retraining(0.02, "different")
    assert "within half a point in 0 of 4 comparisons, better beyond doubt in 4" in (
        finding("retrained", retraining=apart).answer
    )
    worse = finding("retrained", retraining=given.retraining(-0.02, "different")).answer
    assert "−2.0 points" in worse and "worse in 4" in worse


def test_the_ceiling_is_told_by_cell() -> None:
    found = finding("explained")
    assert "explains 40 to 48 % of the variance" in found.answer
    assert "RNN-Tanh 48 %, GRU 40 %" in found.answer and "sources explains 2 %" in found.answer
    assert found.rows[0][:2] == ["RNN-Tanh, corrected", "48 % (28 to 60)"]


def test_partial_correlations_are_those_over_all_graphs() -> None:
    assert "2 of 4 correlations" in finding("added").answer
    assert "1 of 2 correlations with accuracy" in finding("added").answer


def test_pooled_and_single_families_are_told_apart() -> None:
    answer = finding("against_nulls", nulls=given.nulls(0.02, "different")).answer
    assert "2.0 points in the mean: beyond doubt in 4 of 4 comparisons" in answer
    assert "Of single families, 8 of 8 comparisons" in answer


def test_the_largest_effect_is_named() -> None:
    assert "skips in GRU (−2.0 points)" in finding("quirks").answer
    assert "2 of 6 effects" in finding("quirks").answer


def test_effects_from_either_end_are_named() -> None:
    answer = finding("one_at_a_time").answer
    assert "in 3 of 12 cases, by 2.0 points. From either protocol: skips in" in answer
    none = given.effects_alone().assign(p_adjusted=0.4)
    assert "none of 12" in finding("one_at_a_time", effects=none).answer


def study(thesis: bool = True) -> Findings:
    return Findings("mine", {"sparse": 10}, {"sparse": 4}, [finding("cliff")], thesis)


def test_findings_are_read_as_they_were_written(tmp_path: Any) -> None:
    path = tmp_path / "findings.json"
    path.write_text(write_findings(study()), encoding="utf-8")
    assert read_findings(path).blocks() == study().blocks()
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="not the findings of a study"):
        read_findings(path)


def test_what_is_not_there_is_said() -> None:
    assert study().size == "Networks: 4 on graphs of 10 that are planned."
    assert "4 on graphs of 10 that are planned" in overview({"mine": study()})


def test_another_study_is_not_held_against_the_thesis() -> None:
    texts = [str(block) for block in study(thesis=False).blocks()]
    assert not any("The thesis." in text for text in texts)
    assert any("The thesis." in str(block) for block in study().blocks())


def test_figures_follow_their_finding_and_are_copied(tmp_path: Path) -> None:
    figure = ("corrected/cliffs", "Where it costs", "By cell.")
    illustrated = replace(study(), found=[replace(finding("cliff"), figures=[figure])])
    page = overview({"mine": illustrated})
    assert page.endswith("![Where it costs](figures/mine_corrected_cliffs.svg)\n\nBy cell.\n")
    (tmp_path / "corrected").mkdir()
    (tmp_path / "corrected/cliffs.svg").write_text("<svg/>", encoding="utf-8")
    copy_figures("mine", illustrated, tmp_path, tmp_path / "page")
    assert (tmp_path / "page/mine_corrected_cliffs.svg").exists()
    with pytest.raises(InputError, match="no such figure"):
        copy_figures("mine", illustrated, tmp_path / "page", tmp_path)


def test_every_figure_illustrates_findings_that_exist() -> None:
    named = {name for entry in FIGURES.values() for name in entry.findings}
    assert named and named <= set(plugins.names("findings"))


def test_the_answers_go_between_two_comments() -> None:
    text = "a\n<!-- findings -->\nold\n<!-- /findings -->\nb\n"
    changed = with_answers(text, [study()])
    assert changed.startswith("a\n<!-- findings -->\n- Without retraining")
    assert changed.endswith("\n<!-- /findings -->\nb\n") and "old" not in changed
    assert with_answers(changed, [study()]) == changed
    with pytest.raises(InputError, match="expected both"):
        with_answers("nothing", [study()])
