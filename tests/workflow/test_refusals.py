"""What is refused before anything runs: folders of no use, and too few graphs where they count."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from configurations import ROOT

from sparsernn.errors import InputError
from sparsernn.workflow.places import check_places


@pytest.mark.parametrize("home", ["/a/{b}", "/a}/b"])
def test_a_checkout_with_braces_is_refused(home: str) -> None:
    with pytest.raises(InputError, match=f"^{re.escape(home)}: .*braces.* Move the checkout"):
        check_places(home, "/usr/bin/python3")


@pytest.mark.parametrize("python", ["/My Study/python", "/it's/python", '/"/python', "/$a/python"])
def test_a_python_that_the_shell_would_not_find_is_refused(python: str) -> None:
    with pytest.raises(InputError, match=r"shell reads .* make VENV=\S+ quick$"):
        check_places("/home/me", python)


def test_other_letters_are_fine() -> None:
    check_places("/home/René/It's a study (2)", "/home/René/v1.2_x-y+z@w/bin/python")


def checkout(folder: Path) -> Path:
    for name in ("Makefile", "Snakefile"):
        shutil.copy(ROOT / name, folder)
    for name in ("config", "envs", "rules", "scripts"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def test_a_study_runs_where_the_path_has_spaces_and_quotes(tmp_path: Path) -> None:
    folder = tmp_path / 'It\'s a "study" $x'
    folder.mkdir()
    made = "results/quick/data/strings.csv"
    command = ["snakemake", "--quiet", "all", "--cores", "1", made]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", *command, "--configfile", "config/quick.yaml"],
        cwd=checkout(folder),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (folder / made).exists(), done.stderr
    # Here `make` would have to make Python's environment in a folder that the shell misreads.
    make = ["make", f"PYTHON={sys.executable}", "quick"]
    refused = subprocess.run(make, cwd=folder, capture_output=True, text=True, check=False)
    assert refused.returncode and "make VENV=$HOME/sparsernn-venv quick" in refused.stderr
    assert not (folder / ".venv").exists()


@pytest.mark.parametrize(
    ("target", "said"),
    [("data/strings.csv", "rule strings"), ("analysis/prediction.csv", "2 graphs for each fold")],
)
def test_folds_are_asked_for_only_where_networks_are_analysed(
    tmp_path: Path, target: str, said: str
) -> None:
    (tmp_path / "few.yaml").write_text(
        "graphs: {families: {barabasi_albert: {count: 2}, watts_strogatz: {count: 0}}}\nresults: r"
    )
    command = ["snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1", "--dry-run"]
    done = subprocess.run(
        [sys.executable, "-m", *command, f"r/{target}", "--configfile", "few.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = "fold" in said
    assert done.returncode == refused and said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
