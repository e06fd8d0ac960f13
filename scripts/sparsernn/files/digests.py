"""Hashes of files and of folders."""

import hashlib
from collections.abc import Iterable
from os import PathLike
from pathlib import Path

__all__ = ["digest"]


def digest(result: str | PathLike[str]) -> str:
    """SHA-256 of a file; of a folder, of the names and contents of its files, hidden ones left out.

    Returns:
        64 hexadecimal digits.
    """
    path = Path(result)
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    total = hashlib.sha256()
    for file in _files(path):
        name = file.relative_to(path).as_posix()
        total.update(f"{name}\0{digest(file)}\n".encode())
    return total.hexdigest()


def _files(folder: Path) -> Iterable[Path]:
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in found if not path.name.startswith(".")]
