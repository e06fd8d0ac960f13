"""Fingerprints: what changes them, what does not, and what each script depends on."""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from sparsernn.workflow.fingerprint import PLUMBING, fingerprint, imported_files

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
    """A function: the fingerprint of the script and of added files, some of all changed."""
    numbers = count()

    def make(*added: str, **changes: str) -> str:
        root = tmp_path / str(next(numbers))  # trees are kept by path within a process
        for name, text in (FILES | {f"{key}.py": text for key, text in changes.items()}).items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return fingerprint(root / "script.py", root, *(root / name for name in added))

    return make


def test_what_counts_of_a_file_is_parsed_once(
    hashed: Hashed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hashed()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert hashed() == before
    stored = list((tmp_path / "cache").rglob("*/modules/*"))
    assert len(stored) == 3  # the script and what it imports
    with monkeypatch.context() as patch:
        patch.setattr(ast, "parse", None)
        assert hashed() == before
    for file in stored:
        file.write_bytes(file.read_bytes()[:-1])
    assert hashed() == before
    monkeypatch.setenv("XDG_CACHE_HOME", str(stored[0]))  # no folder
    assert hashed() == before


def test_a_fingerprint_does_not_depend_on_the_folder(hashed: Hashed) -> None:
    assert hashed() == hashed()
    assert re.fullmatch("[0-9a-f]{16}", hashed())


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


def test_files_that_are_loaded_by_name_count_with_all_they_import(hashed: Hashed) -> None:
    used = {"package/cell": "import package.unused\n"}
    both = hashed("package/cell.py", **used)
    assert hashed() != both == hashed("package/cell.py", "package/cell.py", **used)
    assert hashed("package/cell.py", **used, **{"package/unused": "VALUE = 2\n"}) != both
    assert hashed("package/deeper.py") == hashed()


# The library

TRAINING = ("train_sparse", "train_dense", "prune")


def modules(script: str) -> set[str]:
    """What a script depends on of the library: room/module."""
    files = [path.relative_to(ROOT) for path in imported_files(ROOT / f"{script}.py", ROOT)]
    return {str(path.with_suffix("")).removeprefix("sparsernn/") for path in files}


def rooms(script: str) -> set[str]:
    return {name.rpartition("/")[0] for name in modules(script)}


def test_training_depends_on_the_engine_and_on_no_cell_or_criterion_but_its_own() -> None:
    for script in TRAINING:
        assert "engine/cells" in modules(script)
        # A job's rule adds the files of its own cell and criterion, which are loaded by name.
        assert not rooms(script) & {"wiring/cells", "pruning/criteria"}
    assert "pruning/masking" in modules("prune")
    assert "pruning/masking" not in modules("train_dense")


def test_graphs_and_strings_do_not_depend_on_the_network() -> None:
    for script in ("make_graphs", "make_strings", "measure_graphs"):
        assert not rooms(script) & {"networks", "training", "analysis"}
    assert "data/grammars" in modules("make_strings")
    assert "data/grammars" not in modules("make_graphs")


def test_every_module_that_a_training_loads_counts_but_the_plumbing() -> None:
    # What is loaded in fact, also through re-exports, which reading the code might not see.
    code = "import sys, sparsernn.training.shards, sparsernn.pruning.rounds\n"
    code += "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('sparsernn')))"
    output = subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True)
    loaded = {Path(path) for path in output.split() if not path.endswith("__init__.py")}
    plumbing = {path for path in loaded if any(path.is_relative_to(ROOT / f) for f in PLUMBING)}
    named = {path for path in loaded if path.parent.name in ("cells", "criteria", "families")}
    counted = {p for script in TRAINING for p in imported_files(ROOT / f"{script}.py", ROOT)}
    assert len(plumbing) > 3 and not plumbing & counted
    assert loaded - plumbing - named <= counted


COMPUTING = ["data/strings.py", "networks/classifier.py", "seeds.py", "training/loop.py"]
COMPUTING += ["training/arithmetic.py", "wiring/protocol.py", "wiring/elementwise.py"]
OTHERS = ["files/*.py", "workflow/*.py", "analysis/*.py", "thesis/*.py", "report/**/*.py"]
OTHERS += ["graphs/properties.py", "graphs/families/*.py"]


@pytest.mark.parametrize("changed", OTHERS + COMPUTING)
def test_only_what_computes_makes_training_run_again(tmp_path: Path, changed: str) -> None:
    before = [fingerprint(ROOT / f"{script}.py", ROOT) for script in TRAINING]
    shutil.copytree(ROOT, tmp_path, dirs_exist_ok=True)
    files = list((tmp_path / "sparsernn").glob(changed))
    assert files
    for path in files:
        path.write_text(path.read_text(encoding="utf-8") + "\n\nprint('reworded')\n", "utf-8")
    after = [fingerprint(tmp_path / f"{script}.py", tmp_path) for script in TRAINING]
    assert [a != b for a, b in zip(after, before, strict=True)] == [changed in COMPUTING] * 3


def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever it does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names}
    return names | {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}


def test_plumbing_draws_and_fits_nothing() -> None:
    computing = {"numba", "random", "numpy.random", "scipy", "sklearn", "statsmodels"}
    for room in ("files", "workflow"):
        for path in (ROOT / "sparsernn" / room).rglob("*.py"):
            assert not imports(path) & {*computing, "sparsernn.seeds"}, path
            assert "random." not in path.read_text(encoding="utf-8"), path


def test_scripts_that_run_networks_fix_the_arithmetic_first() -> None:
    scripts = {path.stem for path in ROOT.glob("*.py") if "training/loop" in modules(path.stem)}
    others = {"sweep_pruning", "replay_checkpoints", "summarise_replay"}
    others |= {"choose_rate", "count_costs"}
    assert scripts == {*TRAINING, *others}
    for script in scripts - {"summarise_replay", "count_costs"}:  # which run no network
        tree = ast.parse((ROOT / f"{script}.py").read_text(encoding="utf-8"))
        assert ast.unparse(only_function(tree).body[0]) == "fix_arithmetic()"


def test_scripts_are_one_function_that_takes_all_it_needs() -> None:
    for path in ROOT.glob("*.py"):
        main = only_function(ast.parse(path.read_text(encoding="utf-8")))
        assert [ast.unparse(each) for each in main.decorator_list] == ["job"], path
        assert ast.unparse(main.args) == "snakemake: Any", path


def only_function(tree: ast.Module) -> ast.FunctionDef:
    """The function of a script, which has nothing else but a docstring and imports."""
    _docstring, *imported, main = tree.body
    assert all(isinstance(node, ast.Import | ast.ImportFrom) for node in imported)
    assert isinstance(main, ast.FunctionDef)
    return main
