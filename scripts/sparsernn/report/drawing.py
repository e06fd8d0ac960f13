"""Runs the function of a figure or table that the catalogue names."""

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
            the rows of this one.
    """
    tables = {name: read_csv(path, text=TEXT) for name, path in paths.items()}
    for name, table in tables.items():
        if "protocol" in table:
            tables[name] = table[table["protocol"] == spec["protocol"]]
    return function(folder, spec["module"], spec["kind"])(**tables, **spec["options"])


def function(folder: str, module: str, kind: str) -> Callable[..., Any]:
    """The function that draws a kind of figure or table."""
    found: Callable[..., Any] = getattr(import_module(f"sparsernn.report.{folder}.{module}"), kind)
    return found
