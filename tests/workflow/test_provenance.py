"""Results and their records: what counts as changed since it was made."""

import os
from pathlib import Path

import pytest

from sparsernn.files.digests import digest
from sparsernn.workflow.provenance import changed, record_path, write_record


def later(path: Path) -> None:
    """Date a file after everything else."""
    os.utime(path, (path.stat().st_atime + 100, path.stat().st_mtime + 100))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "part" / "table.csv"
    path.parent.mkdir()
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    write_record(path, {"rule": "some"})
    return path


def test_a_result_as_it_was_made_is_not_changed(table: Path, tmp_path: Path) -> None:
    assert changed(tmp_path) == []
    later(table)  # as a copy is
    assert changed(tmp_path) == []


@pytest.mark.parametrize("text", ["a,b\n1,3\n", "a,b\n"], ids=["edited", "shortened"])
@pytest.mark.parametrize("seconds", [100, 0, -1000])  # a crash leaves the date of before
def test_an_edited_or_shortened_result_is_changed_whatever_its_date(
    table: Path, tmp_path: Path, text: str, seconds: int
) -> None:
    dates = [
        time + seconds * 10**9 for time in (table.stat().st_atime_ns, table.stat().st_mtime_ns)
    ]
    table.write_text(text, encoding="utf-8")
    os.utime(table, ns=(dates[0], dates[1]))
    assert changed(tmp_path) == [table]


def test_what_proved_to_be_as_it_was_made_is_not_read_again(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(table)  # Snakemake dates its outputs, too
    assert changed(tmp_path) == []
    read = "sparsernn.files.digests.digest"
    monkeypatch.setattr(read, lambda path: pytest.fail(f"{path} is read"))
    assert changed(tmp_path) == []


def test_files_that_changed_their_names_are_a_change(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).write_text(f"graph {name}", encoding="utf-8")
    write_record(tmp_path, {})
    assert changed(tmp_path) == []
    for old, new in ("ac", "ba", "cb"):
        (tmp_path / old).rename(tmp_path / new)
    assert changed(tmp_path) == [tmp_path]


def test_what_is_gone_or_has_no_record_is_not_changed(table: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("mine", encoding="utf-8")
    record_path(table).write_text("{", encoding="utf-8")
    assert changed(tmp_path) == []
    table.unlink()
    assert changed(tmp_path) == []
    assert changed(tmp_path / "absent") == []


def test_a_folder_is_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "shard0"
    folder.mkdir()
    for i in range(3):
        (folder / f"{i}.graphml").write_text(f"graph {i}", encoding="utf-8")
    before = digest(folder)
    write_record(folder, {})
    assert digest(folder) == before  # the record within is no part of it
    assert changed(tmp_path) == []
    (folder / "1.graphml").unlink()
    assert changed(tmp_path) == [folder]
    (folder / "1.graphml").write_text("graph 7", encoding="utf-8")
    assert changed(tmp_path) == [folder]
    (folder / "1.graphml").write_text("graph 1", encoding="utf-8")
    assert changed(tmp_path) == []


def test_the_same_result_has_the_same_record(table: Path) -> None:
    before = record_path(table).read_bytes()
    write_record(table, {"rule": "some"})
    assert record_path(table).read_bytes() == before
