"""How a job computes, whatever the machine."""

import subprocess
import sys
from pathlib import Path

SCRIPTS = Path(__file__).parents[1] / "scripts"
PROGRAM = """
import torch
from types import SimpleNamespace
from jobs import job

with job(SimpleNamespace(log=["log"], threads=1)) as say:
    tiny = torch.tensor([1e-39])
    say(f"{torch.get_num_threads()} {float(tiny * 1)}")
"""


def test_a_job_has_its_threads_and_no_numbers_too_small_to_be_fast(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=tmp_path,
        env={"PYTHONPATH": str(SCRIPTS)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "log").read_text(encoding="utf-8") == "1 0.0\n"
