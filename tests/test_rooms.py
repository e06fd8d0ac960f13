"""The rooms: each folder of the library reads only those before it, and the tests lie beside it."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from configurations import ROOT

LIBRARY = ROOT / "scripts" / "sparsernn"


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the library, with the order of its rooms."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(LIBRARY, tmp_path / "scripts" / "sparsernn")
    return tmp_path


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """The check of `make lint`, in a folder with pyproject.toml and scripts."""
    command = [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"]
    environment = os.environ | {"PYTHONPATH": str(root / "scripts"), "COLUMNS": "200"}
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )


def test_each_room_reads_only_those_before_it() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("room", "read"),
    [("seeds.py", "files"), ("files", "data"), ("report", "workflow"), ("workflow", "report")],
)
def test_a_room_that_reads_a_later_one_is_named(copied: Path, room: str, read: str) -> None:
    path = copied / "scripts" / "sparsernn" / room
    with (path if path.is_file() else path / "planted.py").open("a", encoding="utf-8") as file:
        file.write(f"from sparsernn.{read} import __doc__\n")
    done = lint_imports(copied)
    assert done.returncode == 1
    assert f"sparsernn.{Path(room).stem} is not allowed to import sparsernn.{read}" in done.stdout


def test_a_new_room_needs_a_place_in_the_order(copied: Path) -> None:
    (copied / "scripts" / "sparsernn" / "attic.py").write_text('"""Nowhere."""\n')
    done = lint_imports(copied)
    assert done.returncode == 1 and "sparsernn.attic" in done.stdout


def test_the_packages_hold_nothing_but_a_docstring() -> None:
    # What is imported through one would be missing from the fingerprint of a result.
    for path in LIBRARY.glob("*/**/__init__.py"):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        assert [type(node) for node in body] == [ast.Expr], path


def test_tests_lie_in_the_folders_of_the_library() -> None:
    rooms = {path.parent.name for path in LIBRARY.glob("*/__init__.py")}
    besides = {"cluster", "hostile", "reliability"}
    files = [path for path in (ROOT / "tests").rglob("*.py") if path.parent != ROOT / "tests"]
    assert {path.relative_to(ROOT / "tests").parts[0] for path in files} <= rooms | besides


def test_the_guide_for_contributors_lists_the_rooms_in_their_order() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `(\w+)/` \|", guide, re.MULTILINE)
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    layers = tool["importlinter"]["contracts"][0]["layers"]
    rooms = [room for layer in reversed(layers) for room in reversed(layer.split(" | "))]
    assert listed == [room for room in rooms if (LIBRARY / room).is_dir()]
