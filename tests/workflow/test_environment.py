"""The pinned versions: one list, for pip and for conda."""

import re
import tomllib
from pathlib import Path

import yaml

from sparsernn import __version__

ROOT = Path(__file__).parents[2]


def pins(name: str) -> list[str]:
    lines = (ROOT / "envs" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def test_conda_gets_the_versions_of_pip() -> None:
    environment = yaml.safe_load((ROOT / "envs" / "sparsernn.yaml").read_text(encoding="utf-8"))
    assert environment["dependencies"][-1]["pip"] == pins("requirements.txt")


def test_every_version_is_exact() -> None:
    every = [pin for path in (ROOT / "envs").glob("*.txt") for pin in pins(path.name)]
    assert len(every) > 50
    assert [pin for pin in every if not re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", pin)] == []


def test_the_pins_are_of_what_the_library_and_the_study_depend_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] + project["optional-dependencies"]["study"]
    needed = {re.split(r"[^\w-]", item)[0] for item in listed}
    pinned = {re.split(r"[=\[]", pin)[0] for pin in pins("requirements.txt")}
    assert needed == pinned


def test_a_commit_is_checked_as_make_lint_checks() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = [hook for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]]
    entries = [re.sub(r"^env |\.venv/bin/", "", hook["entry"]) for hook in hooks]
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = make.partition("\nlint:")[2].partition("\n\n")[0].splitlines()[1:]
    # Formatters are given the files, and write them.
    unlike = r"\t|\$\(BIN\)/| --check| \.$| Snakefile rules$"
    asked = [re.sub(unlike, "", line) for line in lint]
    assert len(entries) == 6
    assert entries == asked


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == __version__
