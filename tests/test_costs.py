"""Times of jobs are summed by what the jobs did."""

from pathlib import Path

import pytest

from sparsernn.costs import costs
from sparsernn.errors import InputError


def write(path: Path, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"s\th:m:s\n{seconds}\t0:00:01\n", encoding="utf-8")


def test_jobs_are_summed_by_part_protocol_and_cell(tmp_path: Path) -> None:
    write(tmp_path / "strings.tsv", 2.0)
    write(tmp_path / "dense/corrected/gru/seed0.tsv", 10.0)
    write(tmp_path / "pruning/corrected/gru/seed0/one_shot/both/10.tsv", 3.5)
    write(tmp_path / "pruning/corrected/gru/seed0/one_shot/both/20.tsv", 4.0)
    rows = {tuple(row[:3]): tuple(row[3:]) for row in costs(tmp_path).itertuples(index=False)}
    assert rows == {
        ("strings", "", ""): (1, 2.0),
        ("dense", "corrected", "gru"): (1, 10.0),
        ("pruning", "corrected", "gru"): (2, 7.5),
    }


def test_no_timings_is_a_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no timings"):
        costs(tmp_path)
