"""A task of a user's, for tests of what its file may define."""

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sparsernn import plugins


def define(
    folder: Path, monkeypatch: pytest.MonkeyPatch, constant: str, functions: dict[str, Any]
) -> None:
    """Let `mine` be the only task, with a dictionary of functions."""
    folder.mkdir(exist_ok=True)
    text = f"{constant} = {{{', '.join(f'{name!r}: len' for name in functions)}}}\n"
    (folder / "mine.py").write_text(text)
    module, load = ModuleType("mine"), plugins.load
    vars(module)[constant] = functions
    monkeypatch.setitem(plugins._FOLDERS, "tasks", str(folder))
    monkeypatch.setattr(
        plugins, "load", lambda kind, name: module if kind == "tasks" else load(kind, name)
    )
    monkeypatch.setattr(plugins, "statements", plugins.statements.__wrapped__)  # not cached
