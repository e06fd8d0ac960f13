"""The page of several studies' findings, and the answers alone."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from configurations import ROOT
from made_findings import finding, study

from sparsernn.errors import InputError
from sparsernn.report.overview import copy_figures, overview, with_answers


def test_what_is_not_there_is_said() -> None:
    said = "Networks: 4 on graphs of 10 that are planned (GRU; 15 epochs)."
    assert study().size == said
    page = overview({"mine": study()}, ["one", "and_another"])
    assert (
        "4 on graphs of 10 that are planned" in page
        and "    - mine, not finished, with 4 of 10 networks on graphs so far: " in page
    )
    assert "Not here yet: one, and another." in page


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


def test_of_studies_that_ask_the_same_the_first_answers() -> None:
    second = replace(study(), study="other", found=[replace(finding("cliff"), answer="No.")])
    text = with_answers("<!-- ways --><!-- /ways -->", "ways", [study(), second])
    assert text.count("- **How much") == 1 and "No." not in text
    so_far = "not finished, with 4 of 10 networks on graphs so far"
    assert f"*(mine, {so_far}; 1 other study asks it)*" in text
    brief = replace(second, found=[replace(each, brief="3 %") for each in second.found])
    text = with_answers("<!-- ways --><!-- /ways -->", "ways", [study(), brief, second])
    assert f"*(mine, {so_far}; other, not finished: 3 %; 1 other study asks it)*" in text
    page = overview({"mine": study(), "other": replace(second, there=second.planned)})
    assert page.count("- **How much") == 1 and "    - other: No.\n" in page


def test_a_page_says_what_its_networks_cost() -> None:
    costs = {"mine": pd.DataFrame({"job": ["a", "b"], "core_seconds": [3600.0, 1800.0]})}
    page = overview({"mine": study(), "other": study()}, costs=costs)
    assert page.count("The 2 jobs whose time was kept took 1.5 core-hours.") == 1


def test_the_answers_go_between_two_comments() -> None:
    text = "a\n<!-- findings -->\nold\n<!-- /findings -->\nb\n"
    changed = with_answers(text, "findings", [study()])
    assert changed.startswith(
        "a\n<!-- findings -->\n- **How much can be pruned without retraining?** In the median"
    )
    assert changed.endswith("\n<!-- /findings -->\nb\n") and "old" not in changed
    assert with_answers(changed, "findings", [study()]) == changed
    with pytest.raises(InputError, match="no <!-- ways --> … <!-- /ways -->; expected both"):
        with_answers(changed, "ways", [study()])


def test_findings_that_are_not_there_are_a_message(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "sparsernn.report.overview", "page.md", "findings.json"]
    here = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(ROOT / "scripts")}}
    done = subprocess.run(command, **here, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "findings.json: not the findings of a study" in done.stderr
