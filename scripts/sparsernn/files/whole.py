"""Files that are either whole or absent: written under a temporary name, then renamed.

What is read may come from anyone: its size is bounded, and a bad one is refused with a message.
"""

import io
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sparsernn.errors import InputError, cause

if TYPE_CHECKING:
    pass


__all__ = ["read_bytes", "write_bytes", "write_text", "write_torch"]


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


def write_torch(content: Mapping[str, Any], path: str | os.PathLike[str]) -> None:
    """Write tensors and plain values so that `torch.load(path, weights_only=True)` reads them."""
    import torch

    # Through a buffer: torch puts the file's own name inside the archive, and ours is temporary.
    buffer = io.BytesIO()
    torch.save(_unshared(content), buffer)
    write_bytes(buffer.getvalue(), path)


def _unshared(value: Any) -> Any:
    """The same dictionaries, lists and texts, of which only equal texts are one object.

    A pickle refers back to objects it has written. So without this its bytes would tell which parts
    of the content were read from another file, and which had just been made.
    """
    if isinstance(value, Mapping):
        return {_unshared(key): _unshared(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_unshared(part) for part in value]
    return sys.intern(value) if type(value) is str else value


def read_bytes(path: str | os.PathLike[str], limit: int, kind: str) -> bytes:
    """Read a whole file of at most `limit` bytes.

    Args:
        path: the file.
        limit: the most bytes it may have.
        kind: what it should be, for messages: "a CSV file".

    Raises:
        InputError: absent, no regular file (a pipe or device could go on for ever), or too large.
    """
    try:
        status = os.stat(path)
        size, content = status.st_size, b""
        if stat.S_ISREG(status.st_mode) and size <= limit:
            with open(path, "rb") as file:
                content = file.read(limit + 1)  # it may grow, or have told no size
            size = len(content)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. Give the path of {kind}.") from None
    except (OSError, ValueError) as error:  # no permission; a NUL in its name
        raise InputError(
            f"{path}: can't be read ({cause(error)}). Give the path of {kind} that you may read."
        ) from None
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path}: not a regular file. Give the path of {kind}.")
    if size > limit:
        raise InputError(
            f"{path}: {size:,} bytes; expected {kind} of at most {limit:,}. "
            "Split it, or drop what is not needed from it."
        )
    return content
