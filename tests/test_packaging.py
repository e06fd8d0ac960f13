"""What is installed, and in which versions: the library alone, and what the study adds to it."""

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from configurations import ROOT

import sparsernn
from sparsernn import __version__
from sparsernn.workflow.runs import RUN, announce

BLOCK = """
import sys
from importlib.machinery import PathFinder

class WithoutStudy(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        absent = name.split(".")[0] in {blocked!r}
        return None if absent else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = WithoutStudy
"""
USE = """
import numpy as np
from tempfile import TemporaryDirectory
from pathlib import Path
from sparsernn import CORRECTED, PUBLISHED, InputError, SequenceClassifier, Wiring
from sparsernn.networks.checkpoints import load_checkpoint, network_entry, restore, save_checkpoint
from sparsernn.data.strings import Strings
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.training.loop import train
from sparsernn.training.settings import Training

assert output.shape[:2] == (20, 32)
wiring = Wiring.from_graph(graph, "lstm", PUBLISHED)
pruned = prune_network(SequenceClassifier(wiring), Pruning(50, "both", CORRECTED))
codes, lengths = torch.randint(1, 100, (12, 5)), torch.full((5,), 12)
pruned(codes, lengths).sum().backward()
strings = Strings(codes.T.numpy().astype("uint8"), lengths.numpy(), lengths.numpy() % 2)
run = train(pruned, strings, strings, Training(1, 5, 0.01, 1.0), np.random.default_rng(0))
assert run.status == "ok"
with TemporaryDirectory() as folder:
    path = Path(folder, "network")
    save_checkpoint(path, networks=[network_entry(pruned)])
    again = restore(load_checkpoint(path)["networks"][0])
assert torch.equal(again(codes, lengths), pruned(codes, lengths))
try:
    SequenceClassifier(wiring, engine="none")
except InputError:
    print("whole")
"""


def packages(listed: list[str]) -> set[str]:
    """Names of packages in requirements such as "numpy>=2"."""
    return {re.split(r"[^\w-]", item)[0].lower() for item in listed}


def test_the_library_works_without_the_packages_of_the_study() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    study = packages(project["optional-dependencies"]["study"]) - packages(project["dependencies"])
    blocked = {name for name, of in packages_distributions().items() if study & packages(of)}
    assert {"igraph", "pandas", "sklearn", "snakemake", "yaml"} <= blocked
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)[0]
    command = [sys.executable, "-c", BLOCK.format(blocked=blocked) + example + USE]
    done = subprocess.run(
        command, cwd=ROOT / "scripts", capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "whole\n"), done.stderr


def test_dir_and_help_show_the_public_names() -> None:
    assert dir(sparsernn) == sorted(sparsernn.__all__)
    for name in sparsernn.__all__:
        assert getattr(sparsernn, name) is not None
    assert {"SparseRNN", "Wiring", "Protocol"} <= set(dir(sparsernn))


def test_type_checkers_see_the_names_that_are_loaded_later() -> None:
    text = Path(sparsernn.__file__).read_text(encoding="utf-8")
    seen = re.findall(r"    from (\S+) import (\w+) as \2\n", text)
    assert {name: module for module, name in seen} == sparsernn._MODULES


def test_files_that_are_not_python_are_installed_too() -> None:
    library = Path(sparsernn.__file__).parent
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    patterns = tool["setuptools"]["package-data"]["sparsernn"]
    installed = {path for pattern in patterns for path in library.glob(pattern)}
    others = {path for path in library.rglob("*") if path.suffix not in ("", ".py", ".pyc", ".md")}
    assert library / "py.typed" in others
    assert {path for path in others if "workflow" not in path.parts} <= installed


def test_jobs_use_the_library_of_the_checkout_not_an_installed_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sparsernn").mkdir()
    (tmp_path / "sparsernn" / "__init__.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv(RUN, "0")
    announce()
    announce()  # a job's Snakemake parses the workflow again
    ours = ROOT / "scripts"
    assert os.environ["PYTHONPATH"].split(os.pathsep) == [str(ours), str(tmp_path)]
    program = "import sparsernn; print(sparsernn.__file__)"
    found = subprocess.check_output([sys.executable, "-c", program], cwd=tmp_path / "..", text=True)
    assert Path(found.strip()) == ours / "sparsernn" / "__init__.py"


# The pinned versions: one list, for pip and for conda


def pins(name: str) -> list[str]:
    lines = (ROOT / "envs" / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith(("#", "-"))]


def test_conda_gets_the_versions_of_pip() -> None:
    environment = yaml.safe_load((ROOT / "envs" / "sparsernn.yaml").read_text(encoding="utf-8"))
    index, *packages = environment["dependencies"][-1]["pip"]
    assert index == "--extra-index-url https://download.pytorch.org/whl/cpu"
    assert packages == pins("requirements.txt")


def test_every_version_is_exact() -> None:
    every = [pin for path in (ROOT / "envs").glob("*.txt") for pin in pins(path.name)]
    assert len(every) > 50
    assert [pin for pin in every if not re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", pin)] == []


def test_the_pins_are_of_what_the_library_and_the_study_depend_on() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = project["dependencies"] + project["optional-dependencies"]["study"]
    assert packages(listed) == packages(pins("requirements.txt"))


def test_a_commit_is_checked_as_make_lint_checks() -> None:
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    hooks = [hook for repo in yaml.safe_load(text)["repos"] for hook in repo["hooks"]]
    entries = [re.sub(r"^env |\.venv/bin/", "", hook["entry"]) for hook in hooks]
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    lint = make.partition("\nlint:")[2].partition("\n\n")[0].splitlines()[1:]
    # Formatters are given the files, and write them.
    unlike = r"\t|\$\(BIN\)/| --check| \.$| Snakefile rules$"
    asked = [re.sub(unlike, "", line) for line in lint]
    assert len(entries) == 7
    assert entries == asked


def test_citation_and_archive_are_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    archive = json.loads((ROOT / ".zenodo.json").read_text(encoding="utf-8"))
    assert citation["version"] == archive["version"] == __version__
    assert citation["license"] == archive["license"] == "MIT"
    assert citation["authors"] == archive["creators"]
    assert (
        citation["references"][0]["identifiers"][0]["value"]
        == (archive["related_identifiers"][0]["identifier"])
    )
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)", changes, re.M)[0] == __version__


def test_the_citation_follows_the_schema_of_citation_files(tmp_path: Path) -> None:
    text = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert follows_the_schema(tmp_path, text) == (0, True)
    assert follows_the_schema(tmp_path, text.replace("authors:", "writers:", 1)) == (1, False)


def follows_the_schema(folder: Path, text: str) -> tuple[int, bool]:
    """Whether a citation is valid by the official schema, which check-jsonschema carries."""
    file = folder / "CITATION.cff"
    file.write_text(text, encoding="utf-8")
    schema = ["--builtin-schema", "vendor.citation-file-format"]
    # Isolated: it imports a package `regress`, and scripts/regress.py may be on the path.
    command = [sys.executable, "-I", "-m", "check_jsonschema", *schema, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, "validation done" in done.stdout


def test_the_containers_have_the_versions_of_pip() -> None:
    conda = yaml.safe_load((ROOT / "envs" / "sparsernn.yaml").read_text(encoding="utf-8"))
    [torch] = [pin for pin in pins("requirements.txt") if pin.startswith("torch==")]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    build = f"{torch} --index-url https://download.pytorch.org/whl/cpu"
    assert build in readme
    for name in ("Dockerfile", "apptainer.def"):
        text = (ROOT / "envs" / name).read_text(encoding="utf-8")
        [base] = re.findall(r"(?:FROM|From:) (\S+)", text)
        assert base.startswith(f"{conda['dependencies'][0].replace('=', ':')}-")
        assert build in text
        copied = re.findall(r"envs/\S+\.txt", text)
        assert copied and all((ROOT / path).is_file() for path in copied)
        [image] = re.findall(r'^container: "(.+)"$', (ROOT / "Snakefile").read_text(), re.M)
        assert image in (ROOT / "envs" / "apptainer.def").read_text(encoding="utf-8")


def test_the_catalogue_shows_what_is_there() -> None:
    """What the Snakemake Workflow Catalog looks for; `make lint` runs its two checks."""
    text = (ROOT / ".snakemake-workflow-catalog.yml").read_text(encoding="utf-8")
    usage = yaml.safe_load(text)["usage"]
    assert usage["software-stack-deployment"]["conda"] and usage["report"]
    assert (ROOT / "config" / "README.md").is_file()
    assert list((ROOT / "rules").glob("*.smk"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8").lower()
    assert "snakemake" in readme and "workflow" in readme


ABSENT = """
import importlib, pkgutil, sys

for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
import sparsernn

names = [module.name for module in pkgutil.walk_packages(sparsernn.__path__, "sparsernn.")]
for name in names:
    importlib.import_module(name)
print(len(names))
"""


def test_every_module_is_imported_where_only_posix_has_some() -> None:
    """Windows lacks them, and macOS a few of their functions."""
    command = [sys.executable, "-c", ABSENT]
    done = subprocess.run(
        command, cwd=ROOT / "scripts", capture_output=True, text=True, check=False
    )
    assert done.returncode == 0 and int(done.stdout) > 200, done.stderr
