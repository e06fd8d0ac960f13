"""A training is the same, bit by bit, whatever code its libraries choose for the processor."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from sparsernn.engine.choice import fused_cells
from sparsernn.training import stages
from sparsernn.training.stages import stages as stages_of

SCRIPTS = Path(stages.__file__).parents[2]
OTHER_LIBRARIES = {
    "OPENBLAS_CORETYPE": "Haswell",
    "ATEN_CPU_CAPABILITY": "default",
    "NPY_DISABLE_CPU_FEATURES": "AVX2,FMA3,AVX512F,AVX512_SKX,AVX512_ICL",
}
OTHERS = {
    "libraries": OTHER_LIBRARIES,
    "newer libraries": {"OPENBLAS_CORETYPE": "SkylakeX", "ATEN_CPU_CAPABILITY": "avx2"},
    # No features but haswell's: otherwise numba adds those of the processor at hand.
    "kernels and libraries": OTHER_LIBRARIES
    | {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": ""},
}


def printed(variables: dict[str, str]) -> list[str]:
    """What the command prints, without its first line, which names the machine."""
    environment = os.environ | {"PYTHONPATH": str(SCRIPTS)} | variables
    command = [sys.executable, "-W", "ignore", "-m", "sparsernn.training.stages"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    first, *lines = done.stdout.splitlines()
    assert first.startswith("# ")
    return lines


@pytest.fixture(scope="module")
def lines() -> list[str]:
    """What the command prints with the code that libraries choose here."""
    return printed({})


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names of x86-64 processors")
@pytest.mark.parametrize("other", OTHERS)
def test_every_stage_is_the_same_under_other_code_of_the_libraries(
    other: str, lines: list[str]
) -> None:
    assert len(lines) == 9 * len(fused_cells())
    assert printed(OTHERS[other]) == lines


def test_a_change_shows_from_its_stage_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before = dict(stages_of("gru"))
    monkeypatch.setattr(stages, "HOW", stages.HOW.__class__(1, 32, 0.002, 5.0))
    after = dict(stages_of("gru"))
    changed = [name for name in before if before[name] != after[name]]
    assert changed == ["step", "epoch", "test"]
