"""Records: what each result was made from, written beside it, and whether it has changed since.

The record of a result NAME is .NAME.made.json; that of a folder is .made.json inside it. Light to
import: the workflow looks at all records before it runs.
"""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import Any

from sparsernn.errors import InputError, cause
from sparsernn.files.digests import digest, files_of
from sparsernn.files.whole import write_text

__all__ = ["changed", "changed_input", "record_path", "write_record"]

_ENDING = ".made.json"


def record_path(result: Path) -> Path:
    """The path of the record of a result.

    Example:
        >>> record_path(Path("results/strings.csv")).name
        '.strings.csv.made.json'
    """
    return result / _ENDING if result.is_dir() else result.with_name(f".{result.name}{_ENDING}")


def write_record(result: str | PathLike[str], about: Mapping[str, Any]) -> None:
    """Write the record of a new result: its size and digest, and what it was made from (`about`).

    The same result from the same inputs has the same record, byte for byte.
    """
    path = Path(result)
    content = {"bytes": _size(path), "sha256": digest(path), **about}
    write_text(json.dumps(content, indent=1, default=str) + "\n", record_path(path))


def changed(folder: str | PathLike[str]) -> list[Path]:
    """Find the results below a folder that were edited or cut off since they were made.

    A file is read only if its date or size suggests a change. If it turns out to be unchanged, its
    record gets a new date, so that the file is not read again.

    Raises:
        InputError: a result can't be read.
    """
    return [result for result in _recorded(Path(folder)) if _differs(result)]


def changed_input(result: Path) -> Path | None:
    """An input that was made again, with other content, since a result was made from it.

    Only records are read. Paths of inputs are relative to the folder that the study ran in.
    """
    inputs = _record(result).get("inputs", {}).items()
    paths = ((Path(path), value) for path, value in inputs)
    return next(
        (path for path, value in paths if _record(path).get("sha256", value) != value), None
    )


def _record(result: Path) -> dict[str, Any]:
    """The record of a result; empty where there is none, or a broken one."""
    try:
        content = json.loads(record_path(result).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _recorded(folder: Path) -> Iterator[Path]:
    """The existing results that have a record, sorted."""
    for parent, names, files in os.walk(folder):
        names.sort()
        for file in sorted(files):
            if file == _ENDING:
                yield Path(parent)
            elif file.startswith(".") and file.endswith(_ENDING):
                result = Path(parent, file[1 : -len(_ENDING)])
                if result.exists():
                    yield result


def _differs(result: Path) -> bool:
    record, expected = record_path(result), _record(result)
    if not {"bytes", "sha256"} <= expected.keys():
        return False  # the record itself is broken, which says nothing about the result
    size, value = expected["bytes"], expected["sha256"]
    try:
        newest = max((_date(file) for file in files_of(result)), default=0)
        if _size(result) == size and newest <= record.stat().st_mtime_ns:
            return False
        if _size(result) != size or digest(result) != value:
            return True
        with suppress(OSError):
            os.utime(record, ns=(newest, newest))
    except FileNotFoundError:
        pass  # another run removed it just now
    except OSError as error:
        raise InputError(f"{result}: can't be read ({cause(error)}). Make it readable.") from None
    return False


def _date(file: Path) -> int:
    """When a file was changed or renamed. The time of a change can be set back, the other can't."""
    status = file.stat()
    return max(status.st_mtime_ns, status.st_ctime_ns)


def _size(result: Path) -> int:
    return sum(file.stat().st_size for file in files_of(result))
