"""A study as an RO-Crate: it has every result that is packed, and says what each is."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml
from rocrates import complaints, needs_validator

from sparsernn.errors import InputError
from sparsernn.workflow.crate import pack
from sparsernn.workflow.provenance import write_record

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
    (tmp_path / "mine.yaml").write_text(f"study: a study of mine\nresults: {folder}\n")
    return folder


def test_a_crate_has_the_results_their_records_and_the_workflow(results: Path) -> None:
    for _ in range(2):  # a second crate replaces the first, and does not pack it
        folder = pack(results, results.parent / "mine.yaml")
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
    for name in ("own/a.graphml", "own/.hidden", "words.csv", "waves.npz"):
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(name)
    families = {"own": {"generator": "graphml", "folder": "own"}, "gnm": {"count": 3}}
    asked = {
        "results": "mine",
        "dataset": {"strings": "words.csv", "task": {"name": "npz_classes", "file": "waves.npz"}},
        "graphs": {"families": families},
    }
    Path("mine.yaml").write_text(yaml.safe_dump(asked))
    folder = pack(results, Path("mine.yaml"))
    packed = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    inputs = {name for name in packed if name.startswith("inputs/")}
    assert inputs == {"inputs/own/a.graphml", "inputs/words.csv", "inputs/waves.npz"}
    configs = {name for name in packed if name.startswith("workflow/config/")}
    assert "workflow/config/config.yaml" in configs
    assert not any("celegans" in name for name in configs)


def test_its_authors_and_licence_are_those_of_the_study(results: Path) -> None:
    settings = results.parent / "mine.yaml"
    with pytest.raises(InputError, match=r"licence 'free for all': expected an identifier"):
        pack(results, settings, "free for all")
    folder = pack(results, settings, "CC-BY-4.0", ["Ada Lovelace", "Emmy Noether"])
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
        pack(results, results.parent / "mine.yaml")


def test_a_study_that_has_lost_a_table_is_refused(results: Path) -> None:
    (results / "sparse/networks.csv").unlink()
    (results / "logs/a.log").unlink()  # which isn't packed
    with pytest.raises(InputError, match=r"sparse/networks\.csv: no such file.* `snakemake .*csv`"):
        pack(results, results.parent / "mine.yaml")


def test_the_configuration_of_another_study_is_refused(results: Path) -> None:
    other = results.parent / "other.yaml"
    other.write_text("results: results/other\n")
    with pytest.raises(InputError, match=r"other\.yaml: its results are in results/other, not in"):
        pack(results, other)


def test_results_that_were_edited_are_refused(results: Path) -> None:
    (results / "sparse/networks.csv").write_text("other, and longer than before")
    with pytest.raises(InputError, match=r"networks\.csv: edited since it was made"):
        pack(results, results.parent / "mine.yaml")


@needs_validator
def test_the_validator_misses_what_is_taken_out_of_a_crate_and_nothing_else(results: Path) -> None:
    settings, words = results.parent / "mine.yaml", results.parent / "words.csv"
    words.touch()
    asked = {"results": "mine", "dataset": {"strings": str(words)}}
    settings.write_text(yaml.safe_dump(asked), encoding="utf-8")
    folder = pack(results, settings, authors=["Ada Lovelace", "Emmy Noether"])
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
