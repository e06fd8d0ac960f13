"""The file of a study's settings: complete, and held against those of a run that knows no other."""

from pathlib import Path

import pytest
from configurations import load, merged

from sparsernn.errors import InputError
from sparsernn.workflow.settings.settings_file import check_made_with, read_settings, write_settings
from sparsernn.workflow.settings.validation import canonical


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("mine").mkdir()
    write_settings(canonical(load("config.yaml")), "mine/settings.yaml")
    return "mine"


def test_settings_are_read_as_they_were_written(results: str) -> None:
    assert read_settings("mine/settings.yaml") == canonical(load("config.yaml"))


def test_results_of_the_same_settings_may_have_moved(results: str) -> None:
    check_made_with(canonical(merged(load("config.yaml"), {"results": "moved"})), results)


def test_results_of_other_settings_are_refused_with_what_differs(results: str) -> None:
    now = merged(load("config.yaml"), {"seed": 5, "dataset": {"decoys": {"m1": 3}}})
    message = (
        "mine/settings.yaml: .* this run's: dataset.decoys.m1, seed. Expected .* delete that file"
    )
    with pytest.raises(InputError, match=message):
        check_made_with(canonical(now), results)
    Path("mine/settings.yaml").unlink()  # as the message says
    check_made_with(canonical(now), results)


@pytest.mark.parametrize("text", ["", "a: [", "- b", "\0"])
def test_a_damaged_file_is_one_message(results: str, text: str) -> None:
    Path("mine/settings.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"settings\.yaml: .*expected the settings of a study"):
        check_made_with({}, results)
