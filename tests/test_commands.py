"""Every command of the pages: it runs as it is written, or is planned, or is tested elsewhere."""

import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from configurations import ROOT, load, merged
from studies import new_study

from sparsernn.workflow.settings.settings_file import write_settings

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "config" / "README.md"]
PAGES += [*sorted((ROOT / "docs").glob("*.md")), *sorted((ROOT / "docs" / "library").glob("*.md"))]
NAMES = [path.relative_to(ROOT).as_posix() for path in PAGES]
STUDIES = "docs/studies.md"  # tests/workflow/test_studies.py follows its blocks to the letter
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.M | re.S)
OURS = r"(?:PYTHONPATH=scripts )?(?:\.venv/(?:validator/)?bin/)?"
PROGRAM = re.compile(rf"{OURS}(?:python|pip|pytest|make|pre-commit|rocrate-validator) ")

PLANNED = ["make", "snakemake", ".venv/bin/snakemake"]
INSTALLS = ["pip install", ".venv/bin/pip install"]
TESTS = ".venv/bin/python -m pytest"
# Commands that are run with something added, or in the place of a word that stands for another.
ADDED = {
    "python benchmarks/run.py": "--help",
    "python -m sparsernn.speed": "--help",
}
STANDS_FOR = {"FILE": "config/quick.yaml"}
# Commands that take long, or need a network, and the tests that run the same.
ELSEWHERE = {
    ".venv/validator/bin/rocrate-validator validate": "tests/rocrates.py",
    "PYTHONPATH=scripts python -m sparsernn.graphs.connectome": "tests/graphs/test_connectome.py",
    "PYTHONPATH=scripts python -m sparsernn.training.stages": "tests/training/test_stages.py",
    "PYTHONPATH=scripts python tests/hostile/malformed.py": "tests/hostile/test_malformed.py",
}
# Commands that take long and have no arguments: the test imports them.
IMPORTED = ["python benchmarks/plan.py", "python benchmarks/processors.py"]
# Programs that are not this project's.
OTHERS = ["git", "cd", ".", "cp", "export", "python3 -m venv", "conda", "docker", "apptainer"]
OTHERS += ["sinfo", "sacctmgr", "squeue", "$EDITOR", "tmux"]


def commands(page: str) -> list[str]:
    """The lines of a page's shell blocks, without comments."""
    text = (ROOT / page).read_text(encoding="utf-8")
    shell = "".join(code for language, code in BLOCK.findall(text) if language in ("sh", "bash"))
    lines = (line.partition(" #")[0].strip() for line in shell.replace("\\\n", "").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def inline(page: str) -> list[str]:
    """The commands in a page's sentences, of Python's programs and make."""
    text = BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
    found = (" ".join(code.split()) for code in re.findall(r"`([^`]+)`", text))
    return [code for code in found if PROGRAM.match(code)]


def every_command() -> list[str]:
    """The commands of all pages, each once; of the page that a test follows, only those inline."""
    lines = [line for page in NAMES if page != STUDIES for line in commands(page)]
    lines += [line for page in NAMES for line in inline(page)]
    parts = ([line] if "'" in line else line.split(" && ") for line in lines)
    return list(dict.fromkeys(itertools.chain.from_iterable(parts)))


def begins(line: str, starts: Iterable[str]) -> str | None:
    """The one of some starts that a command begins with."""
    return next((start for start in starts if f"{line} ".startswith(f"{start} ")), None)


def commands_of(*starts: str) -> list[str]:
    return [line for line in every_command() if begins(line, starts)]


def once(lines: Iterable[str]) -> list[str]:
    """Commands without those that differ only in how they name this environment's Python."""
    return list({line.replace(".venv/bin/python", "python"): line for line in lines}.values())


def runs_here(line: str) -> bool:
    """Whether no other test here is about a command, and no test elsewhere runs it."""
    return not begins(line, [*PLANNED, *INSTALLS, TESTS, *ELSEWHERE, *IMPORTED, *OTHERS])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the repository, with the studies that pages name."""
    folder = tmp_path_factory.mktemp("checkout") / "sparsernn"
    folder.mkdir()
    new_study(folder)
    compiled = shutil.ignore_patterns("__pycache__")
    for part in ("tests", "benchmarks"):
        shutil.copytree(ROOT / part, folder / part, ignore=compiled)
    # What commands write is copied; the results, of 9 MB, none of them writes.
    shutil.copytree(ROOT / "docs", folder / "docs", ignore=shutil.ignore_patterns("results"))
    (folder / "docs" / "results").symlink_to(ROOT / "docs" / "results")
    for name in ("Makefile", "pyproject.toml", ".pre-commit-config.yaml"):
        shutil.copy(ROOT / name, folder)
    (folder / ".venv").symlink_to(sys.prefix)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    [study] = re.findall(r"^```yaml\n(.*?)^```", readme, re.M | re.S)
    (folder / "my.yaml").write_text(study, encoding="utf-8")
    methods = (ROOT / "docs" / "pruning-methods.md").read_text(encoding="utf-8")
    for path, text in re.findall(r"^`(config/\S+)`:\n\n```yaml\n(.*?)^```", methods, re.M | re.S):
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "own_sequences.npz").touch()  # planned, and not read
    # docs/outputs.md says of this one only where its results are.
    (folder / "mine.yaml").write_text("results: results/mine\n", encoding="utf-8")
    return folder


def run(line: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a shell does with a line, with this Python's programs, and no path to the library."""
    inherited = {name: value for name, value in os.environ.items() if "MAKE" not in name}
    inherited.pop("PYTHONPATH", None)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env=inherited | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("page", NAMES)
def test_what_a_page_makes_is_a_target_of_the_makefile(page: str) -> None:
    make = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", make, re.M))
    for line in commands(page) + inline(page):
        if line.startswith("make "):
            words = shlex.split(line.partition(" && ")[0])[1:]
            assert {word for word in words if "=" not in word} - {"-j2"} <= targets, line


@pytest.mark.parametrize("page", NAMES)
def test_targets_stand_before_the_option_that_takes_all_that_follows(page: str) -> None:
    for line in commands(page):
        words = shlex.split(line.replace("'", ""))
        if "--configfile" in words:
            after = words[words.index("--configfile") + 1 :]
            files = list(itertools.takewhile(lambda word: not word.startswith("-"), after))
            assert files and all(name.endswith(".yaml") for name in files), line


@pytest.mark.parametrize("line", commands_of("snakemake"))
def test_the_jobs_of_a_command_are_planned(checkout: Path, line: str) -> None:
    """Only planned: no job runs. Commands with the profile of SLURM run in tests/cluster."""
    if "--workflow-profile" in line or ("apptainer" in line and not shutil.which("apptainer")):
        pytest.skip("needs SLURM, or Apptainer")
    done = run(f"{line} --dry-run --quiet", checkout)
    assert done.returncode == 0, done.stdout + done.stderr


def test_make_knows_what_to_do_for_every_command(checkout: Path) -> None:
    """Only planned: make expands the recipes, and runs none."""
    found = commands_of("make")
    assert {"make quick", "make figures CONFIG=my.yaml"} <= set(found)
    for line in found:
        done = run(line, checkout, MAKEFLAGS="n")
        assert done.returncode == 0 and done.stdout, line + done.stderr


def test_before_anything_is_installed_make_shows_a_word_for_the_folder_of_results(
    checkout: Path,
) -> None:
    done = run("make report crate VENV=none", checkout, MAKEFLAGS="n")
    assert '--report "RESULTS/report.html"' in done.stdout and done.stderr == ""
    assert not re.search(r'[ "]/(report|figures)', done.stdout)


def test_what_pip_installs_is_there() -> None:
    found = commands_of(*INSTALLS)
    assert {"pip install .", "pip install -r envs/requirements-tasks.txt"} <= set(found)
    for line in found:
        words = iter(shlex.split(line.partition("install ")[2]))
        for word in words:
            if word == "--index-url":
                assert next(words).startswith("https://"), line
            elif word in ("-r", "--requirement"):
                assert (ROOT / next(words)).is_file(), line
            else:
                assert word in set(installable()), line


def installable() -> Iterator[str]:
    """The project, with and without its extras, and what it pins, with and without the version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    yield from [".", *(f".[{extra}]" for extra in project["optional-dependencies"])]
    for path in (ROOT / "envs").glob("requirements*.txt"):
        for pin in path.read_text(encoding="utf-8").splitlines():
            yield from (pin, pin.partition("==")[0])


def test_the_tests_that_pages_name_are_there() -> None:
    found = commands_of(TESTS)
    assert found
    for line in found:
        path, *chosen = line.removeprefix(TESTS).split()
        assert (ROOT / path).exists(), line
        if chosen:
            option, word = chosen
            text = (ROOT / path).read_text(encoding="utf-8")
            assert option == "-k" and re.search(rf"^def test_\w*{word}", text, re.M), line


@pytest.fixture(scope="module")
def finished(checkout: Path) -> Path:
    """A second copy, with what the commands ask for that come after a study."""
    folder = checkout.parent / "finished" / "sparsernn"
    shutil.copytree(checkout, folder, symlinks=True)
    for path in (folder / "results" / "quick", folder.parent / "before"):
        (path / "figures").mkdir(parents=True)
        for name in ("findings.md", "figures/all.pdf", "figures/any.svg"):
            (path / name).write_text(name, encoding="utf-8")
        write_settings(merged(load("config.yaml"), load("quick.yaml")), path / "settings.yaml")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@pytest.mark.parametrize("line", once(filter(runs_here, every_command())))
def test_a_command_of_python_runs_as_it_is_written(finished: Path, line: str) -> None:
    added = ADDED.get(begins(line, ADDED) or "", "")
    words = [STANDS_FOR.get(word, word) for word in [*line.split(" "), added]]
    # Its page is for those who have installed the library.
    installed = {"PYTHONPATH": "scripts"} if line.startswith("python -m sparsernn.speed") else {}
    done = run(" ".join(words), finished, **installed)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("line", IMPORTED)
def test_a_program_that_takes_long_can_be_imported(finished: Path, line: str) -> None:
    assert line in every_command()
    imported = f"import runpy; runpy.run_path('{line.split()[-1]}')"
    done = run(f'python -c "{imported}"', finished)
    assert done.returncode == 0, done.stderr


def test_commands_that_do_not_run_here_are_run_by_other_tests() -> None:
    for start, test in ELSEWHERE.items():
        assert commands_of(start), start
        name = re.split(r"[./ ]", start.removesuffix(".py").removesuffix(" validate"))[-1]
        assert name in (ROOT / test).read_text(encoding="utf-8")
