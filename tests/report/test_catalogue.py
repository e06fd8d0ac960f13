"""The catalogue: every entry has its words and its function, and is light to read."""

import inspect
import subprocess
import sys
from pathlib import Path

import pytest

from sparsernn.report.catalogue.entries import Entry
from sparsernn.report.catalogue.figures import FIGURES, SHOWN
from sparsernn.report.catalogue.tables import TABLES
from sparsernn.report.drawing import function

SCRIPTS = Path(__file__).parents[2] / "scripts"
ENTRIES = [("figures", *item) for item in FIGURES.items()]
ENTRIES += [("tables", *item) for item in TABLES.items()]


@pytest.mark.parametrize(("folder", "kind", "entry"), ENTRIES)
def test_an_entry_has_its_words_and_its_function(folder: str, kind: str, entry: Entry) -> None:
    options = set(entry.each) - {"protocol"} | set(entry.settings)
    arguments = inspect.signature(function(folder, entry.module, kind)).parameters
    whole = {name for name in arguments if name.removeprefix("every_") in entry.inputs}
    assert set(arguments) == {*entry.inputs, *entry.published} | options | whole
    assert (SCRIPTS / entry.file).is_file()
    words = entry.words("corrected", target="i2h", cell="gru", properties=["nodes"])
    assert "{" not in words.title + words.caption
    assert words.title.endswith(("(protocol: corrected)", "(protocol:\xa0corrected)"))
    assert words.section and len(words.caption) > 80


def test_fields_of_title_and_caption_are_filled_in() -> None:
    words = FIGURES["pruning_accuracy"].words(target="i2h")
    assert words.title == "Accuracy right after pruning input-to-hidden weights"
    assert "directly after pruning input-to-hidden weights, before" in words.caption
    words = FIGURES["accuracy_against"].words("mine", cell="gru", properties=["nodes", "edges"])
    assert words.title == "GRU: accuracy against 2 properties of the graphs (protocol:\xa0mine)"


def test_published_tables_are_there() -> None:
    names = {name for _, _, entry in ENTRIES for name in entry.published.values()}
    folder = SCRIPTS.parent / "config" / "published"
    assert {name for name in names if not (folder / f"{name}.csv").is_file()} == set()


def test_what_the_documentation_shows_is_in_the_catalogue() -> None:
    assert [name for name in SHOWN if name.removesuffix("_both") not in FIGURES] == []


def test_the_catalogue_and_the_plan_are_light_to_import() -> None:
    heavy = "{'numpy', 'pandas', 'matplotlib', 'networkx', 'torch', 'numba', 'scipy'}"
    modules = "report.catalogue.figures", "report.catalogue.tables", "workflow.products"
    imports = ", ".join(f"sparsernn.{name}" for name in modules)
    code = f"import sys, {imports}; assert not {heavy} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=SCRIPTS, check=False).returncode == 0


def test_a_job_that_makes_a_table_imports_no_matplotlib() -> None:
    code = "import sys, make_table; assert 'matplotlib' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], cwd=SCRIPTS, check=False).returncode == 0
