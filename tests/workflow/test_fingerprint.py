"""Fingerprints: what changes them, what does not, and what each script depends on."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from sparsernn.workflow.fingerprint import fingerprint, imported_files

ROOT = Path(__file__).parents[2] / "scripts"

FILES = {
    "script.py": "from package.used import work\n\nprint(work(1))\n",
    "package/__init__.py": "",
    "package/used.py": '"""Used."""\n\nimport package.deeper\n\n\ndef work(x):\n'
    '    """Work."""\n    return package.deeper.add(x, 1)\n',
    "package/deeper.py": "class Adder:\n    '''Adds.'''\n\n\ndef add(x, y):\n    return x + y\n",
    "package/unused.py": "VALUE = 1\n",
}


Hashed = Callable[..., str]


@pytest.fixture
def hashed(tmp_path: Path) -> Hashed:
    """A function: the fingerprint of the script, with some of the files changed."""
    numbers = count()

    def make(**changes: str) -> str:
        root = tmp_path / str(next(numbers))  # trees are kept by path within a process
        for name, text in (FILES | {f"{key}.py": text for key, text in changes.items()}).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return fingerprint(root / "script.py", root)

    return make


def test_a_fingerprint_does_not_depend_on_the_folder(hashed: Hashed) -> None:
    assert hashed() == hashed()
    assert len(hashed()) == 16
    assert int(hashed(), 16) >= 0


@pytest.mark.parametrize(
    "changes",
    [
        {"script": "# why\n" + FILES["script.py"]},
        {"script": '"""New docstring."""\n' + FILES["script.py"]},
        {"script": "from package.used import work\nprint(\n    work( 1 ),\n)\n"},
        {"package/used": FILES["package/used.py"].replace("Work.", "Works.")},
        {"package/used": FILES["package/used.py"].replace('    """Work."""\n', "")},
        {"package/deeper": FILES["package/deeper.py"].replace("Adds.", "Sums.")},
        {"package/deeper": FILES["package/deeper.py"] + "# end\n"},
        {"package/used": FILES["package/used.py"] + 'NAME = "Used"\n'},
        {"package/unused": "VALUE = 2\n"},
        {"package/new": "VALUE = 2\n"},
    ],
)
def test_comments_docstrings_layout_and_unused_modules_do_not_count(
    hashed: Hashed, changes: dict[str, str]
) -> None:
    assert hashed(**changes) == hashed()


@pytest.mark.parametrize(
    "changes",
    [
        {"script": FILES["script.py"].replace("work(1)", "work(2)")},
        {"package/used": FILES["package/used.py"].replace(", 1)", ", 2)")},
        {"package/used": FILES["package/used.py"].replace("work(x)", "work(x=0)")},
        {"package/deeper": FILES["package/deeper.py"].replace("x + y", "x - y")},
        {"script": FILES["script.py"] + "import package.unused\n"},
        {"script": FILES["script.py"] + "if False:\n    from package import unused\n"},
    ],
)
def test_code_counts_through_all_imports(hashed: Hashed, changes: dict[str, str]) -> None:
    assert hashed(**changes) != hashed()


def test_imports_in_a_circle_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("import b\n")
    (tmp_path / "b.py").write_text("import a\nimport os.path\n")
    files = imported_files(tmp_path / "a.py", tmp_path)
    assert [path.name for path in files] == ["a.py", "b.py"]


def test_files_that_are_imported_by_another_way_count_with_all_they_import(tmp_path: Path) -> None:
    for name, text in (FILES | {"package/cell.py": "import package.unused\n"}).items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    script, cell = tmp_path / "script.py", tmp_path / "package" / "cell.py"
    alone, both = fingerprint(script, tmp_path), fingerprint(script, tmp_path, cell)
    assert alone != both == fingerprint(script, tmp_path, cell, cell)
    assert fingerprint(script, tmp_path, tmp_path / "package" / "deeper.py") == alone


# The library


def modules(script: str) -> set[str]:
    """What a script imports of the library: room/module."""
    paths = imported_files(ROOT / f"{script}.py", ROOT)
    return {
        str(path.relative_to(ROOT).with_suffix("")).removeprefix("sparsernn/") for path in paths
    }


def rooms(script: str) -> set[str]:
    return {name.split("/")[0] for name in modules(script) if "/" in name}


def test_training_depends_on_the_network_and_not_on_what_comes_after() -> None:
    for script in ("train_sparse", "train_dense", "prune_round"):
        assert {"data", "wiring", "networks", "training"} <= rooms(script)
        assert not rooms(script) & {"analysis", "thesis", "report"}
        assert "graphs/properties" not in modules(script)
        # A job's rule adds the file of its own cell; the engine loads all cells by their names.
        by_name = ("graphs/families/", "wiring/cells/")
        assert not any(name.startswith(by_name) for name in modules(script))
        assert {"engine/cells", "wiring/elementwise"} <= modules(script)


def test_graphs_and_strings_do_not_depend_on_the_network() -> None:
    for script in ("make_graphs", "make_strings", "measure_graphs"):
        assert not rooms(script) & {"networks", "training", "analysis"}
    assert "data/grammars" in modules("make_strings")
    assert "data/grammars" not in modules("make_graphs")


def test_every_script_s_modules_are_files_of_the_library() -> None:
    scripts = [path.stem for path in ROOT.glob("*.py")]
    assert len(scripts) > 5
    for script in scripts:
        assert "workflow/jobs" in modules(script), script
