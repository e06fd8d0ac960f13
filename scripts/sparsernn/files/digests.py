"""Hashes of files and of folders."""

import hashlib
from os import PathLike
from pathlib import Path

__all__ = ["digest", "files_of"]


def digest(result: str | PathLike[str]) -> str:
    """SHA-256 of a file; of a folder, of the names and contents of its files, hidden ones left out.

    Returns:
        64 hexadecimal digits.
    """
    path = Path(result)
    if not path.is_dir():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    total = hashlib.sha256()
    for file in files_of(path):
        name = file.relative_to(path).as_posix()
        total.update(f"{name}\0{digest(file)}\n".encode())
    return total.hexdigest()


def files_of(result: str | PathLike[str]) -> list[Path]:
    """The files of a folder, hidden ones left out; of a file, the file itself."""
    path = Path(result)
    if not path.is_dir():
        return [path]
    found = (file for file in sorted(path.rglob("*")) if file.is_file())
    return [file for file in found if not file.name.startswith(".")]
