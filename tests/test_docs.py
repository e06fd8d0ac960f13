"""The pages: the site is built without warnings and read without a network; their code runs."""

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
from urllib.parse import unquote

import matplotlib
import pytest
from browser import found_by_searching, needs_chromium
from conftest import ROOT
from matplotlib import pyplot

import sparsernn
from sparsernn.analysis.ceiling import intraclass
from sparsernn.analysis.resampling import Resampling
from sparsernn.files.tables import read_csv
from sparsernn.seeds import numpy_generator

PAGES = ROOT / "docs" / "library"


class Page(HTMLParser):
    """What a page links to, and what it shows as code."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.linked: list[str] = []
        self.anchors: set[str] = set()
        self.code = ""
        self._depth = 0
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self._depth += tag == "pre"
        self.anchors |= {name for name in (found.get("id"), found.get("name")) if name}
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
    """The site, built as `make docs` builds it; strict also checks links to headings."""
    folder = tmp_path_factory.mktemp("site")
    # Not --quiet: it hides the warnings that the setting `strict` would make errors.
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and "WARNING" not in done.stderr, done.stdout + done.stderr
    return folder


def test_the_site_is_read_without_a_network_and_every_link_leads_somewhere(site: Path) -> None:
    pages = {path: Page(path) for path in site.rglob("*.html") if path.name != "404.html"}
    assert {site / "index.html", site / "docs" / "studies.html"} <= set(pages)
    for path, page in pages.items():
        elsewhere = {target for target in page.linked if target.startswith("https://")}
        for target in {*page.loaded, *page.linked} - elsewhere:
            name, _, anchor = target.partition("#")
            file = (path.parent / unquote(name)).resolve() if name else path
            assert file.is_file(), f"{path.name}: {target}"
            # Headings of the theme's menus come with a script.
            known = pages[file].anchors if file in pages else {anchor}
            assert not anchor or anchor.startswith("__") or anchor in known, f"{path}: {target}"
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert styles and not any(re.search(r"url\([\"']?(?:https?:)?//", text) for text in styles)


@needs_chromium
def test_the_site_is_searched_from_the_disk(site: Path) -> None:
    found = found_by_searching(site / "docs" / "studies.html", "connectome")
    names = [target.removeprefix(site.as_uri()) for target in found]
    assert names[0].startswith("/docs/studies.html") and "/docs/results/celegans.html" in names


@pytest.mark.parametrize("name", sorted(sparsernn._MODULES))
def test_each_public_name_has_an_example_that_needs_nothing_around_it(
    site: Path, name: str
) -> None:
    value = getattr(sparsernn, name)
    documented = type(value) if isinstance(value, sparsernn.Protocol) else value
    page = {"load": "save_load", "save": "save_load"}.get(name, documented.__name__)
    code = Page(site / "docs" / "library" / "api" / f"{page}.html").code
    (test,) = doctest.DocTestFinder(recurse=False).find(documented, name, globs={})
    assert test.examples, "it has no example"
    for example in test.examples:
        assert example.source.splitlines()[0] in code, "it is not on its page as code"
    said: list[str] = []
    doctest.DocTestRunner().run(test, out=said.append)
    assert not said, "".join(said)


def blocks(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("page", ["README.md", "docs/library/index.md", "docs/library/speed.md"])
def test_the_code_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    found = blocks(ROOT / page)
    assert found
    for block in found:
        exec(compile(block, page, "exec"), names)


def test_the_pictures_are_those_that_their_command_draws(tmp_path: Path) -> None:
    drawing = runpy.run_path(str(ROOT / "docs" / "pictures.py"))
    with matplotlib.rc_context():
        drawing["main"](tmp_path)
    for name in ("pruning.svg", "library/wiring.svg"):
        assert (tmp_path / name).read_bytes() == (ROOT / "docs" / name).read_bytes()


def test_the_picture_of_pruning_is_of_many_seeds_and_drawn_again_with_the_findings() -> None:
    drawing = runpy.run_path(str(ROOT / "docs" / "pictures.py"))
    table = drawing["accuracies"]().set_index(["cell", "criterion", "percent"])
    assert table["seeds"].min() >= 10 and len(table) == 4 * 2 * 21
    whole, removed = (table.xs(percent, level="percent")["median"] for percent in (0, 100))
    assert (whole > 0.9).all() and (removed < 0.52).all()
    safe, random = (
        table.xs((name, 40), level=("criterion", "percent")) for name in drawing["CUTS"]
    )
    assert (safe["low"] > random["median"]).all()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (recipe,) = re.findall(r"^findings:.*\n((?:\t.*\n)+)", makefile, re.M)
    assert "$(PICTURES)" in recipe and "data" in drawing["SWEEP"].parts


def test_the_page_of_published_figures_says_which_do_not_come_back() -> None:
    text = (ROOT / "docs" / "results" / "published_figures.md").read_text(encoding="utf-8")
    not_reached = runpy.run_path(str(ROOT / "benchmarks" / "published.py"))["not_reached"]
    tables = [
        [[cell.strip() for cell in row.split("|")[1:-1]] for row in table.splitlines()]
        for table in re.findall(r"^\|-.*\n((?:\|.*\n)+)", text, re.M)
    ]
    symbols, languages, [digits] = tables
    best = {f"{row[0]} with {row[1]}": (float(row[3]), least(row[6])) for row in symbols}
    assert not_reached(best, lower=True) in text and "an_bn with rnn_tanh" in not_reached(
        best, True
    )
    best = {f"{row[0]} with {row[1]}": (float(row[2]), float(row[3])) for row in languages}
    assert not_reached(best) in text and "modular_arithmetic with lstm" in not_reached(best)
    reached = not_reached({"mnist1d": (float(digits[2]), float(digits[3]))})  # the median is enough
    assert reached in text and "Each published figure is reached" in reached


def least(numbers: str) -> float:
    return min(map(float, numbers.split(", ")))


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


def test_the_share_that_a_graph_explains_is_that_of_the_tables() -> None:
    networks = read_csv(ROOT / "docs/results/data/ceiling/sparse/networks.csv")
    corrected = networks[networks["protocol"] == "corrected"]
    resampling = Resampling(numpy_generator(0, "test"), 10, 0.95)
    found = intraclass(corrected, ["test_acc"], resampling).set_index("cell")["estimate"]
    gru, tanh = (f"{100 * found[cell]:.0f} %" for cell in ("gru", "rnn_tanh"))
    text = (ROOT / "docs/honest-study.md").read_text(encoding="utf-8")
    assert f"it is {gru} and {tanh}: the first is within" in text.replace("\n", " ")
