"""Compiled kernels in their cache: shared by copies of the project, mended where damaged."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

# A kernel of its own: those of the networks take a quarter of a minute.
USE = """
import sys, time
import numpy as np
from own_kernel import double
x = np.arange(4.0)
double(x.dtype, x)
print(x.tolist())
print("loaded" if double.compiled.stats.cache_hits else "compiled")
"""
OWN = """
from sparsernn.engine.cache import kernel

@kernel
def double(x):
    for i in range(len(x)):
        x[i] *= 2
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the library with one kernel more."""
    shutil.copytree(ROOT / "scripts" / "sparsernn", tmp_path / "here" / "sparsernn")
    (tmp_path / "here" / "own_kernel.py").write_text(OWN, encoding="utf-8")
    return tmp_path / "here"


def use(project: Path) -> str:
    """How the kernel came to be in a new process that gets its numbers right."""
    cache = str(project.parent / "cache")
    environment = os.environ | {"PYTHONPATH": str(project), "NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-c", USE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    numbers, how = done.stdout.splitlines()
    assert numbers == "[0.0, 2.0, 4.0, 6.0]"
    return how


def test_copies_of_the_project_share_what_is_compiled(project: Path) -> None:
    assert use(project) == "compiled"
    assert use(project) == "loaded"
    copy = shutil.copytree(project, project.with_name("copy"))
    assert use(Path(copy)) == "loaded"


@pytest.mark.parametrize(("ending", "keep"), [("nbi", 0), ("nbc", 100)])
def test_files_that_were_cut_off_are_compiled_again(project: Path, ending: str, keep: int) -> None:
    use(project)
    [file] = (project.parent / "cache").rglob(f"*.double-*.{ending}")
    file.write_bytes(file.read_bytes()[:keep])
    assert use(project) == "compiled"  # for itself alone
    assert use(project) == "compiled"
    assert use(project) == "loaded"


def test_a_changed_cell_is_compiled_again_and_a_new_one_changes_nothing(project: Path) -> None:
    use(project)
    cells = project / "sparsernn" / "wiring" / "cells"
    (cells / "new.py").write_text("GATES = 1\n\n\ndef new(a, u, state): ...\n", encoding="utf-8")
    assert use(project) == "loaded"
    changed = (cells / "gru.py").read_text(encoding="utf-8").replace("1.0 - z", "1.0 - 1.0 * z")
    (cells / "gru.py").write_text(changed, encoding="utf-8")
    assert use(project) == "compiled"
