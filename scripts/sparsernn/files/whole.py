"""Files that are either whole or absent: written under a temporary name, then renamed.

What is read may come from anyone: its size is bounded, and a bad one is refused with a message.
"""

import os
import stat
from pathlib import Path

from sparsernn.errors import InputError, cause

__all__ = ["read_bytes", "write_bytes", "write_text"]


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
