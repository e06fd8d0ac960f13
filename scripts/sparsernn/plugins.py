"""Families of graphs, properties of graphs, and cells: each a file of its own in its folder.

A file's name is the name in a configuration, and the file defines a function of that name. So a new
one is a new file, and nothing else need change: what is made with the others isn't made again.
The files are only listed and read here, not imported, as the workflow asks whenever it is parsed.
"""

import ast
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

from sparsernn.errors import InputError

__all__ = ["Kind", "file", "function", "literal", "load", "names", "parameters"]

Kind = Literal["families", "measures", "cells", "criteria"]
_PACKAGE = Path(__file__).parent
_FOLDERS: dict[Kind, str] = {
    "families": "graphs/families",
    "measures": "graphs/measures",
    "cells": "wiring/cells",
    "criteria": "pruning/criteria",
}


@cache
def names(kind: Kind, first: Sequence[str] = ()) -> tuple[str, ...]:
    """All there are of a kind: those of `first` in that order, then the others by name.

    Raises:
        InputError: a file has a name that no configuration could use.

    Example:
        >>> names("cells", first=("rnn_tanh", "rnn_relu"))[:3]
        ('rnn_tanh', 'rnn_relu', 'gru')
    """
    found = {path.stem for path in (_PACKAGE / _FOLDERS[kind]).glob("[!_.]*.py")}
    for name in sorted(found):
        if not re.fullmatch("[a-z][a-z0-9_]*", name):
            raise InputError(
                f"{kind}/{name}.py: expected a name of small letters, digits and _, that starts "
                "with a letter. Rename the file, and its function."
            )
    return *first, *sorted(found - set(first))


def file(kind: Kind, name: str) -> str:
    """A file of a kind, its path relative to the folder `scripts`."""
    return f"{_PACKAGE.name}/{_FOLDERS[kind]}/{name}.py"


def load(kind: Kind, name: str) -> ModuleType:
    """Import a file of a kind."""
    folder = _FOLDERS[kind].replace("/", ".")
    return import_module(f"{_PACKAGE.name}.{folder}.{name}")


def function(kind: Kind, name: str) -> Callable[..., Any]:
    """The function of a file: of a family, a property or a cell."""
    parameters(kind, name)  # says so if there is none
    return getattr(load(kind, name), name)


@cache
def parameters(kind: Kind, name: str) -> tuple[str, ...]:
    """Names of the function's parameters, without importing it.

    Raises:
        InputError: the file is no Python, or has no function of its name.

    Example:
        >>> parameters("families", "watts_strogatz")
        ('n', 'k', 'p', 'rng')
    """
    for node in _parsed(kind, name).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            arguments = node.args
            return tuple(
                each.arg
                for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            )
    raise InputError(
        f"{kind}/{name}.py: has no function {name}. Define it, named as the file is; "
        "docs/studies.md shows how."
    )


def literal(kind: Kind, name: str, constant: str) -> Any:
    """The value of a constant of a file, without importing it; None if the file lacks it.

    Raises:
        InputError: the file is no Python, or computes the constant.
    """
    for node in _parsed(kind, name).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == constant:
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                raise InputError(
                    f"{kind}/{name}.py: {constant} is computed; expected a literal, which can be "
                    "read without running the file. Write out its values."
                ) from None
    return None


def _parsed(kind: Kind, name: str) -> ast.Module:
    path = _PACKAGE / _FOLDERS[kind] / f"{name}.py"
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{kind}/{name}.py: {error}. Correct the file or remove it.") from None
