"""Runs the function of a figure or table that the catalogue names."""

import inspect
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv

__all__ = ["drawn", "function"]


def drawn(folder: str, spec: Mapping[str, Any], paths: Mapping[str, str]) -> Any:
    """The figure or table that a function returns.

    The catalogue itself isn't read, so that another entry in it draws nothing again.

    Args:
        folder: "figures" or "tables".
        spec: module and kind, which name the function; protocol; options, its other arguments.
        paths: of the tables that it takes, by argument. Of a table with a column protocol it gets
            the rows of this one. A function with an argument `every_history` gets the whole
            `history` there, so that the axes of all protocols can have the same limits.
    """
    draw = function(folder, spec["module"], spec["kind"])
    arguments = inspect.signature(draw).parameters
    tables = {name: read_csv(path, text=TEXT) for name, path in paths.items()}
    every = {f"every_{name}": table for name, table in tables.items()}
    for name, table in tables.items():
        if "protocol" in table:
            tables[name] = table[table["protocol"] == spec["protocol"]]
    every = {name: table for name, table in every.items() if name in arguments}
    return draw(**tables, **every, **spec["options"])


def function(folder: str, module: str, kind: str) -> Callable[..., Any]:
    """The function that draws a kind of figure or table."""
    found: Callable[..., Any] = getattr(import_module(f"sparsernn.report.{folder}.{module}"), kind)
    return found
