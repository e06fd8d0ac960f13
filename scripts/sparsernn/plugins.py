"""Plug-ins: tasks, cells, families and nulls of graphs, ways to prune and to grow, a file each.

A file's name is the name in a configuration, and the file defines a function of that name. So a new
one is a new file: nothing else need change, and nothing is computed again for the others. Files are
only listed and read here, not imported, as the workflow asks whenever it is parsed.
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

__all__ = [
    "PluginKind",
    "defines",
    "display_name",
    "file",
    "function",
    "keys",
    "literal",
    "load",
    "names",
    "parameters",
    "statements",
]

PluginKind = Literal[
    "tasks",
    "families",
    "nulls",
    "measures",
    "cells",
    "criteria",
    "schedules",
    "growth",
    "questions",
    "findings",
]
_PACKAGE = Path(__file__).parent
_FOLDERS: dict[PluginKind, str] = {
    "tasks": "data/tasks",
    "families": "graphs/families",
    "nulls": "graphs/nulls",
    "measures": "graphs/measures",
    "cells": "wiring/cells",
    "criteria": "pruning/criteria",
    "schedules": "pruning/schedules",
    "growth": "pruning/growth",
    "questions": "analysis/questions",
    "findings": "report/findings",
}


@cache
def names(kind: PluginKind, first: Sequence[str] = ()) -> tuple[str, ...]:
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


def file(kind: PluginKind, name: str) -> str:
    """A file of a kind, its path relative to the folder `scripts`."""
    return f"{_PACKAGE.name}/{_FOLDERS[kind]}/{name}.py"


def load(kind: PluginKind, name: str) -> ModuleType:
    """Import a file of a kind."""
    folder = _FOLDERS[kind].replace("/", ".")
    return import_module(f"{_PACKAGE.name}.{folder}.{name}")


def function(kind: PluginKind, name: str) -> Callable[..., Any]:
    """The function of a file that has the file's name.

    Raises:
        InputError: there is none.
    """
    parameters(kind, name)
    return getattr(load(kind, name), name)


@cache
def statements(kind: PluginKind, name: str) -> list[ast.stmt]:
    """The statements of a file, without importing it.

    Raises:
        InputError: the file is no Python.
    """
    path = _PACKAGE / _FOLDERS[kind] / f"{name}.py"
    try:
        return ast.parse(path.read_text(encoding="utf-8")).body
    except (SyntaxError, ValueError) as error:
        raise InputError(f"{kind}/{name}.py: {error}. Correct the file or remove it.") from None


def _functions(kind: PluginKind, name: str) -> dict[str, ast.FunctionDef]:
    found = statements(kind, name)
    return {node.name: node for node in found if isinstance(node, ast.FunctionDef)}


def parameters(kind: PluginKind, name: str) -> tuple[str, ...]:
    """Names of the function's parameters, without importing it.

    Raises:
        InputError: the file is no Python, or has no function of its name.

    Example:
        >>> parameters("families", "watts_strogatz")
        ('n', 'k', 'p', 'rng')
    """
    functions = _functions(kind, name)
    if name not in functions:
        raise InputError(
            f"{kind}/{name}.py: has no function {name}. Define it, named as the file is; "
            "docs/studies.md shows how."
        )
    own = functions[name].args
    return tuple(each.arg for each in (*own.posonlyargs, *own.args, *own.kwonlyargs))


def defines(kind: PluginKind, name: str, *functions: str) -> bool:
    """Whether a file defines all of these functions, without importing it.

    Raises:
        InputError: the file is no Python.
    """
    return _functions(kind, name).keys() >= set(functions)


def display_name(kind: PluginKind, name: str) -> str:
    """What readers call it: `NAME = "…"` in its file, or else the file's name in words.

    Example:
        >>> display_name("cells", "rnn_tanh"), display_name("cells", "one_that_was_removed")
        ('RNN-Tanh', 'one that was removed')
    """
    known = literal(kind, name, "NAME") if name in names(kind) else None
    return known if isinstance(known, str) else name.replace("_", " ")


def literal(kind: PluginKind, name: str, constant: str) -> Any:
    """The value of a constant of a file, without importing it; None if the file lacks it.

    Raises:
        InputError: the file is no Python, or computes the constant.
    """
    for node in statements(kind, name):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == constant:
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                raise InputError(
                    f"{kind}/{name}.py: {constant} is computed; expected a literal, which can be "
                    "read without running the file. Write out its values."
                ) from None
    return None


def keys(kind: PluginKind, name: str, constant: str) -> tuple[str, ...]:
    """The keys of a mapping of a file, whose values may be functions, without importing it.

    Returns:
        None of them if the file lacks the mapping.

    Raises:
        InputError: the file is no Python, or the mapping is no dictionary with texts for keys.

    Example:
        >>> keys("tasks", "even_pairs", "BASELINES")
        ('first and last letter',)
    """
    found: list[Any] = []
    for node in statements(kind, name):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(each, ast.Name) and each.id == constant for each in targets):
            value = getattr(node, "value", None)
            own = value.keys if isinstance(value, ast.Dict) else [None]
            found += [getattr(key, "value", None) for key in own]
    if not all(isinstance(key, str) for key in found) or len(set(found)) < len(found):
        raise InputError(
            f"{kind}/{name}.py: {constant} is not a dictionary whose keys are different texts; "
            f'expected {constant} = {{"name": function, …}}, written out. Correct it.'
        )
    return tuple(found)
