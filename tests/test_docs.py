"""The library's pages: they are built without warnings, and all code in them runs."""

import doctest
import json
import os
import re
import runpy
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib
import pytest
from conftest import ROOT
from matplotlib import pyplot

import sparsernn

PAGES = ROOT / "docs" / "library"


class Page(HTMLParser):
    """What a page links to, and what it shows as code."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.code = ""
        self._depth = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._depth += tag == "pre"
        for target in (found.get("src"), found.get("href")):
            if target:
                (self.linked if tag == "a" else self.loaded).append(target)

    def handle_endtag(self, tag: str) -> None:
        self._depth -= tag == "pre"

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.code += data


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built as `make docs` builds them."""
    folder = tmp_path_factory.mktemp("site")
    # Not --quiet: it hides the warnings that the setting `strict` would make errors.
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and "WARNING" not in done.stderr, done.stdout + done.stderr
    return folder


def test_pages_load_and_link_to_files_beside_them(site: Path) -> None:
    made_with = "https://squidfunk.github.io/mkdocs-material/"
    paths = [path for path in site.rglob("*.html") if path.name != "404.html"]
    assert len(paths) > len(list((PAGES / "api").glob("*.md")))
    for path in paths:
        page = Page(path)
        for target in (*page.loaded, *page.linked):
            if target == made_with and target in page.linked:
                continue
            file = (path.parent / target.split("#")[0]).resolve()
            assert not target.split("#")[0] or file.is_file(), f"{path.name}: {target}"


@pytest.mark.parametrize("name", sorted(sparsernn._MODULES))
def test_each_public_name_has_an_example_that_needs_nothing_around_it(
    site: Path, name: str
) -> None:
    value = getattr(sparsernn, name)
    documented = type(value) if isinstance(value, sparsernn.Protocol) else value
    page = {"load": "save_load", "save": "save_load"}.get(name, documented.__name__)
    code = Page(site / "api" / f"{page}.html").code
    (test,) = doctest.DocTestFinder(recurse=False).find(documented, name, globs={})
    assert test.examples, "it has no example"
    for example in test.examples:
        assert example.source.splitlines()[0] in code, "it is not on its page as code"
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert not said, "".join(said)


def blocks(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("page", ["README.md", "docs/library/index.md"])
def test_the_code_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    found = blocks(ROOT / page)
    assert found
    for block in found:
        exec(compile(block, page, "exec"), names)


def test_the_picture_is_the_one_that_its_command_draws(tmp_path: Path) -> None:
    drawing = runpy.run_path(str(PAGES / "pictures.py"))
    with matplotlib.rc_context():
        drawing["main"](tmp_path)
    assert (tmp_path / "wiring.svg").read_bytes() == (PAGES / "wiring.svg").read_bytes()


def test_the_tutorial_runs_and_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    matplotlib.use("agg")
    notebook = json.loads((PAGES / "tutorial.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            exec(compile("".join(cell["source"]), "tutorial", "exec"), names)
    pyplot.close("all")
    sparse, dense_weights = names["sparse"], names["dense_weights"]
    assert sparse.rnn.wiring.weights / dense_weights == pytest.approx(0.08, abs=0.01)
    assert names["accuracy"](sparse) > 0.95 and names["after_pruning"] < 0.93
    assert names["accuracy"](names["pruned"]) > 0.9
    assert names["difference"] < 1e-5
    assert repr(names["again"]) == repr(names["pruned"].rnn)
