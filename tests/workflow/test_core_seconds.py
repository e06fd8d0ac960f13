"""Times of jobs are summed by what the jobs did."""

from pathlib import Path

import pytest

from sparsernn.errors import InputError
from sparsernn.workflow.core_seconds import costs


def write(path: Path, seconds: float, start_up: float = 1.5) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    line = f"core-seconds: {seconds:.2f}, start-up {start_up:.2f}"
    path.write_text(f"process 1 on here\nsome words\n{line}\n", encoding="utf-8")


def test_jobs_are_summed_by_part_protocol_and_cell(tmp_path: Path) -> None:
    write(tmp_path / "logs/strings.log", 2.0)
    write(tmp_path / "logs/figures/corrected/pruning.log", 1.0)
    write(tmp_path / "logs/figures/dataset.log", 1.0)
    write(tmp_path / "dense/corrected/gru/seed0/dense.log", 10.0)
    write(tmp_path / "pruning/corrected/gru/seed0/one_shot/both.log", 3.5)
    write(tmp_path / "pruning/corrected/gru/seed0/iterative/both.log", 4.0)
    killed = tmp_path / "pruning/corrected/gru/seed0/retrained/both.log"
    killed.parent.mkdir(parents=True)
    killed.write_text("process 2 on here\n", encoding="utf-8")
    assert {tuple(row) for row in costs(tmp_path).to_numpy()} == {
        ("strings", "", "", 1, 2.0, 1.5),
        ("figures", "", "", 2, 2.0, 3.0),
        ("dense", "corrected", "gru", 1, 10.0, 1.5),
        ("pruning", "corrected", "gru", 2, 7.5, 3.0),
    }


def test_no_job_that_ended_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no logs of jobs"):
        costs(tmp_path)
