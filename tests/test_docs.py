"""The pages: the site is built without warnings and read without a network; their code runs."""

import doctest
import itertools
import json
import os
import re
import runpy
import shlex
import shutil
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
from studies import new_study

import sparsernn

PAGES = ROOT / "docs" / "library"
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


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


STUDIES = "docs/studies.md"
COMMANDS = re.compile(r"^```(?:sh|bash)\n(.*?)^```", re.M | re.S)


def commands(page: str) -> list[str]:
    """The lines of a page's shell blocks, without comments."""
    text = "".join(COMMANDS.findall((ROOT / page).read_text(encoding="utf-8")))
    return [line.partition(" #")[0].strip() for line in text.replace("\\\n", "").splitlines()]


@pytest.mark.parametrize("page", [path.relative_to(ROOT).as_posix() for path in DOCUMENTS])
def test_what_a_page_makes_is_a_target_of_the_makefile(page: str) -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", make, re.M))
    for line in commands(page):
        if line.startswith("make "):
            words = shlex.split(line.partition("&&")[0])[1:]
            assert {word for word in words if "=" not in word} - {"-j2"} <= targets, line


@pytest.mark.parametrize("page", [path.relative_to(ROOT).as_posix() for path in DOCUMENTS])
def test_targets_stand_before_the_option_that_takes_all_that_follows(page: str) -> None:
    for line in commands(page):
        words = shlex.split(line.replace("'", ""))
        if "--configfile" in words:
            after = words[words.index("--configfile") + 1 :]
            files = list(itertools.takewhile(lambda word: not word.startswith("-"), after))
            assert files and all(name.endswith(".yaml") for name in files), line


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, with the studies that pages name."""
    folder = tmp_path_factory.mktemp("checkout")
    new_study(folder)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "docs").symlink_to(ROOT / "docs")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [study] = re.findall(r"^```yaml\n(.*?)^```", readme, re.M | re.S)
    (folder / "my.yaml").write_text(study, encoding="utf-8")
    # docs/outputs.md says of this one only where its results are.
    (folder / "mine.yaml").write_text("results: results/mine\n", encoding="utf-8")
    return folder


def every_command(start: str) -> list[str]:
    """The lines of the pages' shell blocks that start with a word, each once."""
    pages = [path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
    lines = [line for page in pages if page != STUDIES for line in commands(page)]
    return list(dict.fromkeys(line for line in lines if line.startswith(start)))


def planned(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a shell does with a line, with this Python's programs."""
    inherited = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env=inherited | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("line", every_command("snakemake "))
def test_the_jobs_of_a_command_are_planned(checkout: Path, line: str) -> None:
    """Only planned: no job runs.

    The commands of docs/studies.md run in tests/workflow/test_studies.py; those with the profile of
    SLURM, in tests/cluster; and modules of Python, in their own tests.
    """
    if "--workflow-profile" in line or ("apptainer" in line and not shutil.which("apptainer")):
        pytest.skip("needs SLURM, or Apptainer")
    done = planned(f"{line} --dry-run --quiet", checkout)
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_knows_what_to_do_for_every_command(checkout: Path) -> None:
    """Only planned: make expands the recipes, and runs none."""
    found = every_command("make ")
    assert {"make quick", "make figures CONFIG=my.yaml"} <= set(found)
    for line in found:
        done = planned(line.partition(" && ")[0], checkout, MAKEFLAGS="n")
        assert done.returncode == 0 and done.stdout, line + done.stderr


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
    assert not_reached(best) in text and "cycle_navigation with lstm" in not_reached(best)
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
