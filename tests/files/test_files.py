"""Files are whole or absent, tables say why they can't be read; versions are those of what runs."""

import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sparsernn.errors import InputError
from sparsernn.files.environment import PACKAGES, machine, versions
from sparsernn.files.tables import read_csv, read_rows, write_csv
from sparsernn.files.whole import write_bytes, write_text


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_writing_makes_the_folder_and_replaces_the_file(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "file.txt"
    write_text("one\u00e9", target)
    assert target.read_bytes() == b"one\xc3\xa9"
    write_bytes(b"two", target)
    assert target.read_bytes() == b"two"
    assert listing(target.parent) == ["file.txt"]


@pytest.mark.parametrize("broken", ["os.fsync", "os.replace"])
def test_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*args: Any) -> None:
        raise OSError("disk full")

    write_text("old", tmp_path / "table.csv")
    monkeypatch.setattr(broken, fail)
    for name in ("table.csv", "other.csv"):
        with pytest.raises(OSError, match="disk full"):
            write_text("new", tmp_path / name)
        assert listing(tmp_path) == ["table.csv"]
    assert (tmp_path / "table.csv").read_text() == "old"


def test_the_name_appears_only_when_the_content_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    replace = os.replace

    def spy(source: Path, target: Path) -> None:
        seen.append((Path(target).exists(), Path(source).read_bytes(), Path(source).parent))
        replace(source, target)

    monkeypatch.setattr(os, "replace", spy)
    write_bytes(b"whole", tmp_path / "file")
    assert seen == [(False, b"whole", tmp_path)]


# Tables


def test_floats_come_back_exactly(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=5000) * 10.0 ** rng.integers(-300, 300, 5000)
    frame = pd.DataFrame({"x": [*values, 0.1 + 0.2, 5e-324, np.nan]})
    write_csv(frame, tmp_path / "x.csv")
    assert np.array_equal(read_csv(tmp_path / "x.csv")["x"], frame["x"], equal_nan=True)


def test_a_table_is_plain_text_with_a_header(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"a": [1, 2], "b": [0.5, np.nan]}), tmp_path / "x.csv")
    assert (tmp_path / "x.csv").read_bytes() == b"a,b\n1,0.5\n2,\n"


def test_columns_of_text_stay_as_they_are_written(tmp_path: Path) -> None:
    write_text("string,count,reason\nNA,1,\nnull,2,loss nan\n007,3,nan\n", tmp_path / "x.csv")
    frame = read_csv(tmp_path / "x.csv", ["string"], text=["string", "count", "absent"])
    assert frame["string"].tolist() == ["NA", "null", "007"]
    assert frame["count"].tolist() == ["1", "2", "3"]
    assert frame["reason"].isna().tolist() == [True, False, False]
    assert read_csv(tmp_path / "x.csv")["count"].tolist() == [1, 2, 3]


def test_a_table_of_one_column_may_have_empty_cells(tmp_path: Path) -> None:
    write_csv(pd.DataFrame({"x": [1, np.nan, 3]}), tmp_path / "x.csv")
    assert read_csv(tmp_path / "x.csv")["x"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize("blank", ["", " ", "\t", "\f", "\xa0", '""', '" "'])
def test_blank_lines_are_no_rows(tmp_path: Path, blank: str) -> None:
    rows = [blank, "a,b", blank, "1,x", blank, '2,""', "3,y", blank]
    write_text("\n".join(rows), tmp_path / "x.csv")
    frame, lines = read_rows(tmp_path / "x.csv", ["a"])
    assert lines == [4, 6, 7]
    assert frame["a"].tolist() == [1, 2, 3]
    assert frame["b"].fillna("-").tolist() == ["x", "-", "y"]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_a_cell_may_have_lines(tmp_path: Path, end: str) -> None:
    (tmp_path / "t.csv").write_bytes(f'string,note\nA,"x{end}y"\nB,z\n'.encode())
    assert read_csv(tmp_path / "t.csv").to_numpy().tolist() == [["A", f"x{end}y"], ["B", "z"]]


def test_a_name_with_a_nul_is_refused() -> None:
    with pytest.raises(InputError, match=r"can't be read \(embedded null byte\)"):
        read_csv("a\0b")


# The environment


def test_versions_are_those_of_what_runs() -> None:
    found = versions()
    assert found["Python"] == platform.python_version()
    assert found["numpy"] == np.__version__
    assert set(found) == {"Python", *PACKAGES}
    assert "not installed" not in found.values()
    assert versions(["no-such-package"])["no-such-package"] == "not installed"


def test_the_machine_is_named() -> None:
    assert list(machine()) == ["processor", "C library", "instructions", "cores", "system"]
    assert machine()["system"] == platform.platform()
