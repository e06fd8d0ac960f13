"""Files that are either whole or absent: written under a temporary name, then renamed."""

import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparsernn.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["graph_files", "read_csv", "write_bytes", "write_csv", "write_text", "write_torch"]


def write_bytes(content: bytes, path: str | os.PathLike[str]) -> None:
    """Write `content` to `path`, making its folder; a reader never sees a half-written file."""
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def write_text(content: str, path: str | os.PathLike[str]) -> None:
    """Write text as UTF-8."""
    write_bytes(content.encode(), path)


def write_csv(frame: "pd.DataFrame", path: str | os.PathLike[str]) -> None:
    """Write a table: a header, no index, floats in the shortest form that reads back the same."""
    write_text(frame.to_csv(index=False, lineterminator="\n"), path)


def write_torch(content: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Write tensors and plain values so that `torch.load(path, weights_only=True)` reads them."""
    import torch

    # Through a buffer: torch puts the file's own name inside the archive, and ours is temporary.
    buffer = io.BytesIO()
    torch.save(dict(content), buffer)
    write_bytes(buffer.getvalue(), path)


def read_csv(path: str | os.PathLike[str], columns: list[str] | None = None) -> "pd.DataFrame":
    """Read a table that a rule or a person wrote.

    Args:
        path: the CSV file.
        columns: names that must be among its columns.

    Raises:
        InputError: the file is absent, empty, not a CSV, or lacks a column.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(
            path,
            dtype=dict.fromkeys(("string", "reason", "published", "ours"), str),
            keep_default_na=False,  # "NA" may be a string of a grammar
            na_values=[""],
        )
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. Give the path of an existing CSV file.") from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: not a readable CSV file ({error}). Expected UTF-8 text with a header line."
        ) from None
    missing = [name for name in columns or [] if name not in frame.columns]
    if missing:
        raise InputError(
            f"{path}: no column {', '.join(map(repr, missing))}; found {list(frame.columns)}. "
            "Add the column to the header and to every line."
        )
    return frame


def graph_files(folder: str) -> list[str]:
    """The paths of a folder's GraphML files, hidden ones left out, in their order."""
    names = os.listdir(folder) if os.path.isdir(folder) else []
    chosen = [name for name in names if name.endswith(".graphml") and not name.startswith(".")]
    return [os.path.join(folder, name) for name in sorted(chosen)]
