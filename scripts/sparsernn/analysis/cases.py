"""The observations of an analysis: networks, with the properties of their graphs."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sparsernn.errors import InputError

__all__ = [
    "CASE",
    "GRAPH",
    "NO_SPREAD",
    "blank",
    "cases",
    "counted",
    "is_constant",
    "join",
    "observations",
    "originals",
    "require",
]

GRAPH = ["family", "graph"]
CASE = ["protocol", "cell"]
NO_SPREAD = 1e-9  # values that differ by less, relative to their size, count as constant


def join(networks: pd.DataFrame, properties: pd.DataFrame) -> pd.DataFrame:
    """Add to each network the properties of its graph.

    Args:
        networks: columns family, graph and any others.
        properties: columns family, graph and the properties; one row a graph.

    Returns:
        One row a network, in the order of `networks`.

    Raises:
        InputError: a column is missing, or a graph has no row of properties, or several.
    """
    for name, table in {"networks": networks, "properties": properties}.items():
        require(table, GRAPH, f"the table of {name}")
    graphs = pd.MultiIndex.from_frame(properties[GRAPH])
    if not graphs.is_unique:
        twice = _listed(graphs[graphs.duplicated()])
        raise InputError(f"properties of {twice}: expected one row a graph, found several.")
    wanted = pd.MultiIndex.from_frame(networks[GRAPH])
    found = graphs.get_indexer(wanted)
    if (found < 0).any():
        raise InputError(
            f"no properties of {_listed(wanted[found < 0])}; expected a row for the graph of "
            "every network. Measure the graphs that the networks were built from."
        )
    measured = properties.drop(columns=GRAPH).iloc[found]
    return pd.concat([networks.reset_index(drop=True), measured.reset_index(drop=True)], axis=1)


def cases(
    table: pd.DataFrame, properties: Sequence[str]
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Each protocol and cell, in order of first appearance, with a table of its graphs.

    Graphs that are null models of others are left out. The table has one row a graph, sorted by
    family and number, and as columns the properties and the mean test_acc of the networks with
    status "ok".
    """
    require(table, [*CASE, *GRAPH, "status", "test_acc", *properties], "the joined table")
    how = dict.fromkeys(properties, "first") | {"test_acc": "mean"}
    for case, rows in originals(table).groupby(CASE, sort=False):
        fine = rows[(rows["status"] == "ok") & rows["test_acc"].notna()]
        graphs = fine.groupby(GRAPH).agg(how).astype(float)
        yield dict(zip(CASE, case, strict=True)), graphs


def originals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table whose graphs are no null models of others."""
    return table[table["null"].isna()] if "null" in table else table


def observations(
    table: pd.DataFrame,
    responses: Sequence[str],
    columns: Sequence[str] = (),
    by: Sequence[str] = tuple(CASE),
) -> Iterator[tuple[dict[str, Any], pd.DataFrame]]:
    """Each protocol, cell and response, with the networks that count.

    Args:
        table: one row a network, with a column status.
        responses: names of columns of numbers.
        columns: further columns that a network must have a value in.
        by: what makes a case, besides the response.

    Yields:
        The case, and its networks with status "ok" and no value missing. A column `y` holds the
        response. A case without such networks comes with an empty table.

    Raises:
        InputError: a column is missing.
    """
    require(table, [*by, "status", *responses, *columns], "the table of networks")
    for case, rows in table.groupby(list(by), sort=False):
        fine = rows[rows["status"] == "ok"].dropna(subset=list(columns))
        for response in responses:
            y = fine[response].astype(float)
            complete = fine.assign(y=y)[np.isfinite(y)].reset_index(drop=True)
            yield dict(zip(by, case, strict=True)) | {"response": response}, complete


def blank(columns: Sequence[str]) -> dict[str, Any]:
    """A row of a result in which nothing is known yet: NaN, and an empty note."""
    return dict.fromkeys(columns, math.nan) | {"note": ""}


def is_constant(values: np.ndarray) -> np.ndarray:
    """Whether the values along the last axis are the same, apart from rounding."""
    return np.ptp(values, axis=-1) <= NO_SPREAD * np.abs(values).max(axis=-1)


def counted(count: int) -> str:
    """A number of graphs in words."""
    return f"{count} graph{'s' * (count != 1)}"


def _listed(graphs: pd.MultiIndex) -> str:
    names = [f"{family}/{graph}" for family, graph in graphs.unique()]
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def require(table: pd.DataFrame, columns: Sequence[str], where: str) -> None:
    """Raise an InputError that names the columns that a table lacks."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise InputError(
            f"{where} has no column {', '.join(missing)}; found {list(table.columns)}. "
            "Make it again by the workflow."
        )
