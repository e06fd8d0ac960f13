"""Progress: what was trained is counted from files, and the time left follows from their logs."""

from pathlib import Path

import pytest

from sparsernn.workflow import progress
from sparsernn.workflow.progress import Progress

PATHS = [f"sparse/corrected/{cell}/ws/seed0/shard{n}" for cell in ("gru", "lstm") for n in range(3)]


def study(folder: Path) -> Progress:
    tables = {"sparse": [f"{folder}/{path}.networks.csv" for path in PATHS]}
    return Progress(tables, {"sparse": 60, "dense": 0})


def end(folder: Path, path: str, seconds: float, networks: int = 10) -> None:
    table, log = folder / f"{path}.networks.csv", folder / f"{path}.log"
    table.parent.mkdir(parents=True, exist_ok=True)
    table.write_text("status\n" + "ok\n" * networks, encoding="utf-8")
    log.write_text(f"process 1\ncore-seconds: {seconds}, start-up 1\n", encoding="utf-8")


def test_nothing_has_ended(tmp_path: Path) -> None:
    mine = study(tmp_path)
    mine.look()
    assert mine.left is None and mine.spent == 0
    assert mine.line(pace=1) == "0 of 60 networks on graphs"


def test_jobs_take_as_long_as_those_of_their_cell(tmp_path: Path) -> None:
    mine = study(tmp_path)
    end(tmp_path, PATHS[0], 100)
    mine.look()
    assert mine.left == 500  # those of the other cell count like the part's
    end(tmp_path, PATHS[3], 400)
    mine.look()
    assert mine.left == 2 * 100 + 2 * 400
    assert mine.line(pace=2) == "20 of 60 networks on graphs; about 8 minutes left"


def test_a_job_that_writes_still_does_not_count(tmp_path: Path) -> None:
    mine = study(tmp_path)
    end(tmp_path, PATHS[0], 100)
    (tmp_path / f"{PATHS[0]}.log").write_text("process 1\n", encoding="utf-8")
    mine.look()
    assert not mine.done


def test_a_run_says_how_far_it_is_when_that_has_changed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, log = study(tmp_path), tmp_path / "progress.log"
    end(tmp_path, PATHS[0], 100)
    naps = iter([None, lambda: end(tmp_path, PATHS[1], 50), None])

    def sleep(seconds: float) -> None:
        if happens := next(naps):
            happens()

    monkeypatch.setattr(progress.time, "sleep", sleep)
    with pytest.raises(StopIteration):
        progress._follow(mine, log, 60)
    assert "20 of 60 networks on graphs" in capfd.readouterr().err
    lines = log.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 and lines[0].endswith("left")
