"""A fingerprint of code: what a result depends on, apart from its inputs and settings.

Every module of ours counts that a script imports, directly or through others, except those that
only carry bytes (`PLUMBING`): they never choose a number. Comments, formatting, docstrings and
display names (`NAME`) do not count. Nothing is executed.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

__all__ = ["PLUMBING", "fingerprint", "imported_files"]

PLUMBING = ("sparsernn/files", "sparsernn/workflow")
"""Folders of modules that only read, write and organise; neither they nor their imports count."""


def fingerprint(script: str | Path, root: str | Path, *more: str | Path) -> str:
    """Hash the syntax trees of a script and of the modules below `root` that it imports.

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
        digest.update(_code(path).encode())
    return digest.hexdigest()[:16]


def imported_files(script: Path, root: Path) -> list[Path]:
    """The script and every file below `root` that it imports and that counts, sorted by path."""
    found: set[Path] = set()
    waiting = [script.resolve()]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imports(path, root.resolve())
    return sorted(found)


@cache
def _imports(path: Path, root: Path) -> list[Path]:
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
            modules.update(f"{node.module}.{alias.name}" for alias in node.names)
    files = (root.joinpath(*name.split(".")).with_suffix(".py") for name in sorted(modules))
    plumbing = {root / folder for folder in PLUMBING}
    return [file for file in files if file.is_file() and plumbing.isdisjoint(file.parents)]


@cache
def _code(path: Path) -> str:
    """The code of a file without comments, docstrings and formatting."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                node.body = node.body[1:]
    tree.body = [node for node in tree.body if not _is_display_name(node)]
    return ast.unparse(tree)  # the same text in every version of Python


def _is_display_name(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "NAME"
