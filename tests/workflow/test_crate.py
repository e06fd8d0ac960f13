"""A study as an RO-Crate: it has every result that is packed, and says what each is."""

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from configurations import load, merged
from rocrates import complaints, needs_validator

from sparsernn.errors import InputError
from sparsernn.files.digests import digest
from sparsernn.workflow.crate import pack
from sparsernn.workflow.provenance import write_record
from sparsernn.workflow.settings.settings_file import write_settings

RESULTS = ("findings.md", "figures/all.pdf", "figures/a/b.svg", "sparse/networks.csv")
LEFT_OUT = ("sparse/gru/shard0.safetensors", "data/strings.csv", "logs/a.log")


@pytest.fixture
def results(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    for name in (*RESULTS, *LEFT_OUT):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
        write_record(path, {"rule": "any"})
    settle(folder)
    return folder


def settle(folder: Path, **changes: Any) -> None:
    """Write the settings of the study as the workflow does, with some replaced."""
    path = folder / "settings.yaml"
    changed = merged(load("config.yaml"), {"study": "a study of mine", **changes})
    write_settings(changed, path)
    write_record(path, {"rule": "settings"})


def test_a_crate_has_the_results_their_records_and_the_workflow(results: Path) -> None:
    for _ in range(2):  # a second crate replaces the first, and does not pack it
        folder = pack(results)
    graph = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    described = {each["@id"] for each in entities["./"]["hasPart"]}
    assert files - {"ro-crate-metadata.json"} == described
    packed = {name for name in files if name.startswith("results/")}
    kept = [Path("results", name) for name in RESULTS]
    assert packed == {
        path.as_posix()
        for result in kept
        for path in (result, result.with_name(f".{result.name}.made.json"))
    }
    assert {"workflow/Snakefile", "workflow/rules/common.smk", "settings.yaml"} <= files
    [run] = [entity for entity in graph if entity["@type"] == "CreateAction"]
    assert run["instrument"] == {"@id": "workflow/Snakefile"} == entities["./"]["mainEntity"]
    assert {each["@id"] for each in run["result"]} == packed
    assert run["object"] == [{"@id": "settings.yaml"}]
    with ZipFile(results / "crate.zip") as archive:
        assert {name for name in archive.namelist() if not name.endswith("/")} == files
    assert entities["./"]["name"].endswith(": a study of mine")
    assert entities["./"]["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    assert "author" not in entities["./"]


def test_it_has_the_files_that_the_configuration_names_and_no_other_study(
    results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(results.parent)
    for name in ("own/a.graphml", "own/.hidden", "own/notes.txt", "train.ts", "test.ts"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(name)
    families = {"own": {"generator": "graphml", "folder": "own"}, "gnm": {"count": 3}}
    task = {"name": "time_series", "train": "train.ts", "test": "test.ts"}
    settle(results, dataset={"task": task}, graphs={"families": families})
    folder = pack(results)
    packed = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    inputs = {name for name in packed if name.startswith("inputs/")}
    assert inputs == {"inputs/own/a.graphml", "inputs/train.ts", "inputs/test.ts"}
    configs = {name for name in packed if name.startswith("workflow/config/")}
    assert "workflow/config/config.yaml" in configs
    assert not any("celegans" in name for name in configs)


def test_its_authors_and_licence_are_those_of_the_study(results: Path) -> None:
    for licence in ("free for all", "CC-BY-40", "MIT OR Apache-2.0", "LicenseRef-mine"):
        with pytest.raises(InputError, match=rf"licence '{licence}': expected one identifier"):
            pack(results, licence)
    folder = pack(results, "cc-by-4.0", ["Ada Lovelace", "Emmy Noether"])
    graph = json.loads((folder / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    entities = {entity["@id"]: entity for entity in graph}
    root = entities["./"]
    assert root["license"] == {"@id": "https://spdx.org/licenses/CC-BY-4.0"}
    assert entities["workflow/Snakefile"]["license"] == {"@id": "https://spdx.org/licenses/MIT"}
    named = [entities[each["@id"]] for each in root["author"]]
    assert [(each["@type"], each["name"]) for each in named] == [
        ("Person", "Ada Lovelace"),
        ("Person", "Emmy Noether"),
    ]


def test_a_study_that_is_not_finished_is_refused(results: Path) -> None:
    (results / "findings.md").unlink()
    with pytest.raises(InputError, match=r"findings\.md: no such file.* Finish it first"):
        pack(results)


def test_a_study_that_has_lost_a_table_is_refused(results: Path) -> None:
    (results / "sparse/networks.csv").unlink()
    (results / "logs/a.log").unlink()  # which isn't packed
    with pytest.raises(InputError, match=r"sparse/networks\.csv: no such file.* `snakemake .*csv`"):
        pack(results)


def test_a_study_that_was_run_in_part_with_other_settings_is_refused(results: Path) -> None:
    table, page = results / "sparse/networks.csv", results / "findings.md"
    write_record(page, {"inputs": {str(table): digest(table), "own.csv": "of no record"}})
    assert pack(results)
    table.write_text("of other settings")
    write_record(table, {"rule": "any"})
    with pytest.raises(InputError, match=r"findings\.md: .*networks\.csv was made again since"):
        pack(results)


def test_a_file_that_the_settings_name_has_to_be_there(results: Path) -> None:
    settle(results, dataset={"strings": "gone.csv"})
    with pytest.raises(InputError, match=r"gone\.csv: no such file or folder; .* Run this there"):
        pack(results)


@pytest.mark.parametrize("name", ["sparse/networks.csv", "settings.yaml"])
def test_results_that_were_edited_are_refused(results: Path, name: str) -> None:
    (results / name).write_text("other, and longer than before")
    with pytest.raises(InputError, match=rf"{name}: edited since it was made"):
        pack(results)


@needs_validator
def test_the_validator_misses_what_is_taken_out_of_a_crate_and_nothing_else(results: Path) -> None:
    words = results.parent / "words.csv"
    words.touch()
    settle(results, dataset={"strings": str(words)})
    folder = pack(results, authors=["Ada Lovelace", "Emmy Noether"])
    metadata = folder / "ro-crate-metadata.json"
    crate = json.loads(metadata.read_text(encoding="utf-8"))
    entities = {entity["@id"]: entity for entity in crate["@graph"]}
    del entities["./"]["license"], entities["#run"]["instrument"]
    metadata.write_text(json.dumps(crate), encoding="utf-8")
    found = complaints(folder)
    # Two profiles ask for each: that of workflows or runs, and the one that it builds on.
    assert sum("license" in message for message in found) == 2
    assert sum("instrument" in message for message in found) == 2
    assert len(found) == 4
