"""Families, properties and cells as files: what is found in the folders, and what is said of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from configurations import ROOT

from sparsernn import plugins
from sparsernn.engine.choice import check_engine, engine_of, fused_cells
from sparsernn.errors import InputError
from sparsernn.wiring.wiring import gates_of
from sparsernn.workflow.settings.value_types import control_names, family_parameters

MINE = "def mine(n, p, q, rng):\n    return n\n"
Write = Callable[[str, str], None]
CACHED = (plugins.names, plugins.statements, fused_cells)


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """A function that writes a file into folders of plugins which are otherwise empty."""
    monkeypatch.setattr(plugins, "_PACKAGE", tmp_path / "sparsernn")

    def one(path: str, text: str) -> None:
        (tmp_path / "sparsernn" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "sparsernn" / path).write_text(text, encoding="utf-8")

    for cached in CACHED:
        cached.cache_clear()
    yield one
    for cached in CACHED:
        cached.cache_clear()


@pytest.mark.parametrize("kind", ["families", "measures", "cells"])
def test_every_file_has_what_its_folder_asks_for(kind: plugins.PluginKind) -> None:
    assert plugins.names(kind)
    expected = {"cells": ("a", "u", "state"), "measures": ("graph", "layers")}
    for name in plugins.names(kind):
        assert (ROOT / "scripts" / plugins.file(kind, name)).is_file()
        own = plugins.parameters(kind, name)
        assert own == expected.get(kind, ("n", *own[1:-1], "rng"))
        module = plugins.load(kind, name)
        assert plugins.function(kind, name) is vars(module)[name]
        assert module.__doc__ and vars(module)[name].__doc__


def test_names_are_those_of_the_files(write: Write) -> None:
    for name in ("__init__", "_shared", "b2", "a_1", "z"):
        write(f"wiring/cells/{name}.py", "")
    write("wiring/cells/notes.txt", "")
    assert plugins.names("cells", first=("z",)) == ("z", "a_1", "b2")


@pytest.mark.parametrize("name", ["MGU", "my-cell", "2nd", "ü"])
def test_a_name_that_no_configuration_can_have_is_refused(write: Write, name: str) -> None:
    write(f"wiring/cells/{name}.py", "")
    with pytest.raises(InputError, match=rf"cells/{name}\.py: expected a name of small letters"):
        plugins.names("cells")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("def other(n, rng):\n    return n\n", r"families/mine\.py: has no function mine\. Define"),
        ("def mine(n, rng:\n", r"families/mine\.py: .*Correct the file or remove it"),
        ("def mine(): ...\n", r"mine\(\): expected n first and rng last"),
        ("def mine(m, rng): ...\n", r"mine\(m, rng\): expected n first and rng last"),
        ("def mine(n, p): ...\n", r"mine\(n, p\): expected n first and rng last"),
        ("def mine(n, count, rng):\n    pass\n", r"and none called generator or count"),
        (MINE, r"PARAMETERS describes nothing; expected p, q, the parameters of mine between n"),
        (MINE + "PARAMETERS = {'p': 3, 4: 5}\n", r"PARAMETERS describes p, 4; expected p, q"),
        (MINE + "PARAMETERS = 3\n", r"PARAMETERS describes nothing; expected p, q"),
        (MINE + "PARAMETERS = dict(p=3, q=3)\n", r"PARAMETERS is computed; expected a literal"),
        (MINE + "PARAMETERS = {'p': 3, 'q': 3}\n", r"PARAMETERS: .*Expected of each a type"),
        (MINE + "PARAMETERS = {k: {'type': 'int'} for k in 'pq'}\n", "PARAMETERS is computed"),
        (
            MINE + "PARAMETERS = {'p': {'type': 'int', 'description': ''}, 'q': {}}\n",
            r"PARAMETERS: type: Input should be 'integer', 'number' or 'degree'\. Expected of each",
        ),
    ],
)
def test_a_family_s_file_that_is_wrong_is_said_before_anything_runs(
    write: Write, text: str, message: str
) -> None:
    write("graphs/families/mine.py", text)
    with pytest.raises(InputError, match=message):
        family_parameters("mine")


def test_a_cell_without_its_number_of_gates_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("sparsernn.wiring.cells.gru.GATES")
    with pytest.raises(InputError, match=r"cells/gru\.py: has no GATES"):
        gates_of("gru")


def test_the_fused_engine_runs_the_cells_that_have_equations_for_it(write: Write) -> None:
    both = "def forward(): ...\ndef backward(): ...\n"
    write("wiring/cells/whole.py", both)
    write("wiring/cells/half.py", "def forward(): ...\nbackward = None\n")
    assert fused_cells() == ("whole",)
    assert (engine_of("fastest", "whole"), engine_of("fastest", "half")) == ("fused", "torch")
    check_engine("fused", "whole")
    check_engine("torch", "half")
    with pytest.raises(InputError, match=r"no kernels of the cell 'half', only of whole\. Use eng"):
        check_engine("fused", "half")


@pytest.mark.parametrize("name", ["one_shot", "iterative", "retrained"])
def test_a_criterion_may_not_have_the_name_of_a_schedule(write: Write, name: str) -> None:
    write(f"pruning/criteria/{name}.py", "")
    with pytest.raises(InputError, match=rf"criteria/{name}\.py: {name} is a schedule .*Rename"):
        control_names()


def test_a_display_name_is_read_from_the_file_and_not_imported(write: Write) -> None:
    write("wiring/cells/mgu.py", 'import nothing_of_this_name\nNAME = "MGU"\n')
    write("wiring/cells/my_cell.py", "NAME = 3\n")
    assert plugins.display_name("cells", "mgu") == "MGU"
    assert plugins.display_name("cells", "my_cell") == "my cell"
    assert plugins.display_name("cells", "removed_since") == "removed since"


def test_every_cell_and_family_has_a_display_name_of_its_own() -> None:
    for kind in ("cells", "families"):
        shown = [plugins.display_name(kind, name) for name in plugins.names(kind)]
        assert shown == [plugins.load(kind, name).NAME for name in plugins.names(kind)]
        assert len(set(shown)) == len(shown)
