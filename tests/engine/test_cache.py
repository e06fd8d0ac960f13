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
    if len(x) == 3:
        raise ValueError("double takes no three numbers")
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


@pytest.mark.parametrize("argument", ["['no array']", "np.arange(3.0)"])
def test_a_wrong_argument_leaves_what_others_compiled(project: Path, argument: str) -> None:
    use(project)
    wrong = f"import numpy as np; from own_kernel import double; double('float', {argument})"
    environment = os.environ | {"PYTHONPATH": str(project)}
    environment["NUMBA_CACHE_DIR"] = str(project.parent / "cache")
    command = [sys.executable, "-c", wrong]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "double" in done.stderr
    assert use(project) == "loaded"


# Root may write whatever the permissions say, until it has given up its capabilities (Linux).
WITHOUT_PRIVILEGES = """
import ctypes
if hasattr(ctypes.CDLL(None), "capset"):
    header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
    assert ctypes.CDLL(None).capset(header, none) == 0
"""


def test_a_cache_that_can_only_be_read_is_read(project: Path) -> None:
    use(project)
    cache = project.parent / "cache"
    folders = [cache, *(path for path in cache.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    before = sorted(path for path in cache.rglob("*"))
    environment = os.environ | {"PYTHONPATH": str(project), "NUMBA_CACHE_DIR": str(cache)}
    command = [sys.executable, "-c", WITHOUT_PRIVILEGES + USE]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    for folder in folders:
        folder.chmod(0o755)
    assert done.returncode == 0, done.stderr[-4000:]
    assert done.stdout.splitlines() == ["[0.0, 2.0, 4.0, 6.0]", "loaded"]
    assert sorted(path for path in cache.rglob("*")) == before


WINDOWS = """
import os, sys
for name in ("fcntl", "resource", "pwd", "grp", "termios"):
    sys.modules[name] = None
for name in ("getuid", "geteuid", "getgid", "fork", "setsid", "mkfifo"):
    if hasattr(os, name):
        delattr(os, name)
"""
RUN = """
import torch
from sparsernn import SparseRNN, Wiring, prune, save, load
import sparsernn.training.loop
rnn = SparseRNN(Wiring.dense("rnn_tanh", 3, 4), engine=ENGINE)
print(tuple(rnn(torch.ones(5, 2, 3))[0].shape))
"""


def run(code: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(ROOT / "scripts")} | variables
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_it_runs_without_what_windows_lacks() -> None:
    done = run(WINDOWS + RUN.replace("ENGINE", "'fused'"), {})
    assert done.stdout == "(5, 2, 4)\n", done.stderr[-4000:]


@pytest.mark.parametrize(
    ("before", "variables", "told"),
    [
        ("", {"NUMBA_DISABLE_JIT": "1"}, "NUMBA_DISABLE_JIT switches off"),
        ("import sys; sys.modules['numba'] = None\n", {}, "needs numba, which can't be imported"),
    ],
)
def test_without_a_compiler_the_torch_engine_is_named_and_runs(
    before: str, variables: dict[str, str], told: str
) -> None:
    done = run(before + RUN.replace("ENGINE", "'fused'"), variables)
    [last] = done.stderr.splitlines()[-1:]
    assert "InputError" in last and told in last and "engine='torch'" in last
    done = run(before + RUN.replace("ENGINE", "'torch'"), variables)
    assert done.stdout == "(5, 2, 4)\n", done.stderr[-4000:]
