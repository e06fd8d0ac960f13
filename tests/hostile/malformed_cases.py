"""What a malformed input is, for the tests and the table of them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from sparsernn.errors import InputError

Make = Callable[[Path], object]
Content = Make | str | bytes


class Case(NamedTuple):
    """A malformed input.

    Attributes:
        kind: what it is given as.
        name: what is wrong with it.
        make: its content, or a function that writes it to a path.
        read: reads the path, as the workflow does.
        file: the name it is written under.
    """

    kind: str
    name: str
    make: Content
    read: Make
    file: str

    def message(self, folder: Path) -> str:
        """The message it gets, without the folder's name.

        Raises:
            AssertionError: it passes.
        """
        path = folder / self.file
        if callable(self.make):
            self.make(path)
        else:
            path.write_bytes(self.make.encode() if isinstance(self.make, str) else self.make)
        try:
            self.read(path)
        except InputError as error:
            return str(error).replace(f"{folder}{os.sep}", "")
        raise AssertionError(f"{self.kind}, {self.name}: nothing is wrong with it")


def nothing(path: Path) -> None:
    """No file at all."""


def sized(size: int) -> Make:
    """A file of so many bytes, which take no room on the disk."""

    def make(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return make
