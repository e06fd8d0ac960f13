"""Findings: each has all its parts, and its sentences follow from its tables."""

from typing import Any

import finding_tables as given
import numpy as np
import pytest
from made_findings import TABLES, finding, study

from sparsernn import plugins
from sparsernn.errors import InputError
from sparsernn.report.catalogue.figures import FIGURES
from sparsernn.report.finding import read_findings, write_findings
from sparsernn.report.overview import overview


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
    assert answer.startswith("Yes: changing the edges that skip layers alone changes it by −2.0 p")
    assert "In all, 3 of 12 changes of one field in one cell are significant, by 2.0" in answer
    none = given.effects_alone().assign(p_adjusted=0.4)
    assert "0 of 12 changes" in finding("one_at_a_time", effects=none).said
    alone = given.effects_alone()
    one = alone.assign(p_adjusted=[0.001, *[0.9] * (len(alone) - 1)])
    assert "but none does in both protocols" in finding("one_at_a_time", effects=one).said


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
