"""What is wrong with a configuration, a line of a message for each key."""

import re
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

__all__ = ["Key", "Problems", "close", "shown"]

Key = tuple[str | int, ...]


class Problems:
    """What was found wrong so far: one line for each key."""

    def __init__(self) -> None:
        self.lines: dict[Key, str] = {}

    def add(
        self, key: Key, value: Any, allowed: str, hint: str = "", found: str = "received {}"
    ) -> None:
        """Note what is wrong with a key; of one key, only the first is noted.

        Args:
            key: where it is, in the sections and lists around it.
            value: what is there.
            allowed: what may be there.
            hint: what to do, in a sentence.
            found: what was found, `{}` in the place of the value.
        """
        names = (f"[{part}]" if isinstance(part, int) else f".{_cut(part, 60)}" for part in key)
        name = "".join(names)[1:] or "the configuration"
        found = found.format(_cut(shown(value), 80))
        line = f"{name}: {found}; allowed: {_cut(allowed, 600)}. {_cut(hint, 200)}"
        self.lines.setdefault(key, _printable(line.rstrip()))

    def none_at(self, *key: str) -> bool:
        """Whether nothing is wrong at `key`, above it or below it."""
        return not any(key[: len(bad)] == bad[: len(key)] for bad in self.lines)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _printable(text: str) -> str:
    """The text with line breaks, and what a terminal would obey, as Python escapes them."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def shown(value: Any) -> str:
    """A value nearly as YAML writes it."""
    if isinstance(value, list):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{key}: {shown(item)}' for key, item in value.items())}}}"
    return {"None": "null", "True": "true", "False": "false"}.get(repr(value), repr(value))


def close(word: str, names: Sequence[str]) -> list[str]:
    """The name that was probably meant by a word; none if there is no such one."""
    return get_close_matches(re.sub(r"[- ]", "_", word.lower()), names, n=1, cutoff=0.65)
