"""The pinned versions: one list, for pip and for conda."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def pins(name: str) -> list[str]:
    lines = (ROOT / "envs" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def test_conda_gets_the_versions_of_pip() -> None:
    environment = yaml.safe_load((ROOT / "envs" / "sparsernn.yaml").read_text(encoding="utf-8"))
    assert environment["dependencies"][-1]["pip"] == pins("requirements.txt")


def test_every_version_is_exact() -> None:
    names = (
        "requirements.txt",
        "requirements-dev.txt",
        "requirements-slurm.txt",
        "constraints.txt",
    )
    every = [pin for name in names for pin in pins(name)]
    assert [pin for pin in every if not re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", pin)] == []


def test_the_pins_are_of_what_the_library_and_the_study_depend_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] + project["optional-dependencies"]["study"]
    needed = {re.split(r"[^\w-]", item)[0] for item in listed}
    pinned = {re.split(r"[=\[]", pin)[0] for pin in pins("requirements.txt")}
    assert needed == pinned
