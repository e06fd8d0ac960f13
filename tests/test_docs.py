"""The library's pages: they are built without warnings, and all code in them runs."""

import json
import re
import subprocess
import sys
import warnings
from pathlib import Path

import pytest
from conftest import ROOT

import sparsernn

PAGES = ROOT / "docs" / "library"


def test_the_pages_are_built_and_need_no_network(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = {path: path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.html")}
    for text in pages.values():
        assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]*\.(?:css|js|woff2?)"', text)
    reference = "".join(text for path, text in pages.items() if "api" in path.parts)
    for name in sparsernn._MODULES:
        assert re.search(rf"\b{name}\b", reference), name


def blocks(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("page", ["README.md", "docs/library/index.md"])
def test_the_code_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    found = blocks(ROOT / page)
    assert found
    for block in found:
        exec(compile(block, page, "exec"), names)


def test_the_tutorial_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    notebook = json.loads((PAGES / "tutorial.ipynb").read_text(encoding="utf-8"))
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                assert cell["outputs"] == []
                exec(compile("".join(cell["source"]), "tutorial", "exec"), names)
