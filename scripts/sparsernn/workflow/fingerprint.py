"""A fingerprint of code: what a result depends on, apart from its inputs and settings.

Every module of ours counts that a script imports, directly or through others, except those that
only carry bytes (`PLUMBING`): they never choose a number. Comments, formatting, docstrings and
display names (`NAME`) do not count. Nothing is executed.

Snakemake asks for all fingerprints whenever it starts, also in each job of a cluster. So what
counts of a file is stored in `XDG_CACHE_HOME` or ~/.cache, under a hash of the file's text.
"""

import ast
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

__all__ = ["PLUMBING", "fingerprint", "imported_files"]

PLUMBING = ("sparsernn/files", "sparsernn/workflow")
"""Folders of modules that only read, write and organise; neither they nor their imports count."""


@cache
def fingerprint(script: str | Path, root: str | Path, *more: str | Path) -> str:
    """Hash the syntax trees of a script and of the modules below `root` that it imports.

    Files that a process has read once are not read again.

    Args:
        script: path of a Python file.
        root: the folder that the script's imports of our modules start from.
        more: paths of files that it imports by names that are not in its code.

    Returns:
        16 hexadecimal digits.
    """
    digest = hashlib.sha256()
    files = {path for start in (script, *more) for path in imported_files(Path(start), Path(root))}
    for path in sorted(files):
        digest.update(_module(path).code.encode())
    return digest.hexdigest()[:16]


def imported_files(script: Path, root: Path) -> list[Path]:
    """The script and every file below `root` that it imports and that counts, sorted by path."""
    found: set[Path] = set()
    waiting, root = [script.resolve()], root.resolve()
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imports(path, root)
    return sorted(found)


@cache
def _imports(path: Path, root: Path) -> list[Path]:
    files = (root.joinpath(*name.split(".")).with_suffix(".py") for name in _module(path).imports)
    plumbing = {root / folder for folder in PLUMBING}
    return [file for file in files if file.is_file() and plumbing.isdisjoint(file.parents)]


class _Module(NamedTuple):
    """What counts of a file: its code without comments, docstrings and formatting, and the names
    that it imports, sorted, whether they are modules or in modules.
    """

    code: str
    imports: list[str]


@cache
def _module(path: Path) -> _Module:
    """What counts of a file: as it was stored for a file of the same text, or parsed and stored."""
    text = path.read_text(encoding="utf-8")
    stored = _store() / hashlib.sha256(f"{_own_text()}\0{text}".encode()).hexdigest()
    # None is stored yet, or it was cut off; one that is cut off is no JSON.
    with suppress(OSError, ValueError):
        return _Module(*json.loads(stored.read_bytes()))
    module = _parsed(text, path)
    with suppress(OSError):  # it can't be written, and every process parses
        stored.parent.mkdir(parents=True, exist_ok=True)
        stored.write_text(json.dumps(module), encoding="utf-8")
    return module


def _store() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base, "sparsernn", "modules")


@cache
def _own_text() -> str:
    """This file's text: where it changes, what counts may change."""
    return Path(__file__).read_text(encoding="utf-8")


def _parsed(text: str, path: Path) -> _Module:
    tree = ast.parse(text, filename=str(path))
    imports: set[str] = set()
    for node in (tree, *_statements(tree)):
        if isinstance(node, ast.Import):
            imports.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            imports.add(node.module)
            imports.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and _has_docstring(node):
            node.body = node.body[1:]
    tree.body = [node for node in tree.body if not _is_display_name(node)]
    return _Module(ast.unparse(tree), sorted(imports))  # the same in every version of Python


def _statements(block: ast.AST) -> Iterator[ast.AST]:
    """All statements in a block, at any depth; there are none in expressions."""
    for field in ("body", "orelse", "handlers", "finalbody", "cases"):
        for node in getattr(block, field, ()):
            yield node
            yield from _statements(node)


def _has_docstring(node: ast.Module | ast.ClassDef | ast.FunctionDef) -> bool:
    first = node.body[0] if node.body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)


def _is_display_name(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NAME"
