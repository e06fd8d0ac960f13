"""The matrix of a linear model, by terms: factors, numbers, and their interactions."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sparsernn.analysis.cases import is_constant
from sparsernn.errors import InputError

__all__ = ["Design", "columns_of", "design"]

_LOG = "log_"
_NOTHING = 1e-6  # what a column must add to those before it, relative to its length


@dataclass(frozen=True)
class Design:
    """The matrix of a linear model.

    Attributes:
        x: (rows, columns), of full rank; the first column is of ones.
        names: of the columns.
        terms: for each term, the numbers of its columns; none if it adds nothing to those before.
    """

    x: np.ndarray
    names: list[str]
    terms: dict[str, list[int]]

    def interactions_of(self, term: str) -> list[int]:
        """The columns of the interactions that contain a term."""
        found = [name for name in self.terms if name != term and term in name.split(":")]
        return [column for name in found for column in self.terms[name]]


def columns_of(terms: Sequence[str]) -> list[str]:
    """The columns of a table that terms need, each once."""
    found: dict[str, None] = {}
    for part in (part for term in terms for part in term.split(":")):
        wanted = ("edges", "nodes") if part == "degree" else (part.removeprefix(_LOG),)
        found |= dict.fromkeys(wanted)
    return list(found)


def design(table: pd.DataFrame, terms: Sequence[str]) -> Design:
    """The matrix of terms in order.

    Args:
        table: one row an observation.
        terms: names of columns. Text is a factor, in effect coding: its coefficients sum to 0 over
            the levels, and the last one is left out. Numbers are standardised. "log_x" is the
            logarithm of the column x, "degree" is twice the edges over the nodes, and "a:b" is an
            interaction.

    Returns:
        The matrix, without columns that those before them determine.

    Raises:
        InputError: a logarithm is of a number that is not positive.

    Example:
        >>> table = pd.DataFrame({"family": ["a", "b", "c"], "nodes": [1, 1, 1]})
        >>> design(table, ["family", "nodes"]).terms
        {'family': [1, 2], 'nodes': []}
    """
    x = np.ones((len(table), 1))
    names, numbers = ["const"], {}
    for term in terms:
        first = len(names)
        for name, column in _block(table, term).items():
            if _adds(column, x):
                x = np.column_stack([x, column])
                names.append(name)
        numbers[term] = list(range(first, len(names)))
    return Design(x, names, numbers)


def _block(table: pd.DataFrame, term: str) -> dict[str, np.ndarray]:
    """The columns of a term by name."""
    if ":" in term:
        first, second = (_block(table, part) for part in term.split(":", 1))
        return {f"{a}:{b}": x * y for a, x in first.items() for b, y in second.items()}
    if term in table and not pd.api.types.is_numeric_dtype(table[term]):
        levels = sorted(table[term].unique())
        indicators = {level: (table[term] == level).to_numpy(dtype=float) for level in levels}
        return {f"{term}[{a}]": indicators[a] - indicators[levels[-1]] for a in levels[:-1]}
    values = _number(table, term)
    spread = values.std() if len(values) and not is_constant(values) else 0.0
    return {term: (values - values.mean()) / spread} if spread else {}


def _number(table: pd.DataFrame, term: str) -> np.ndarray:
    if term == "degree":
        return (2 * table["edges"] / table["nodes"]).to_numpy(dtype=float)
    if not term.startswith(_LOG):
        return table[term].to_numpy(dtype=float)
    values = table[term.removeprefix(_LOG)].to_numpy(dtype=float)
    if (values <= 0).any():
        raise InputError(f"{term}: the least value is {values.min():g}; expected more than 0.")
    return np.log(values)


def _adds(column: np.ndarray, x: np.ndarray) -> bool:
    """Whether a column is more than a combination of others."""
    fitted = x @ np.linalg.lstsq(x, column, rcond=None)[0]
    return bool(np.linalg.norm(column - fitted) > _NOTHING * np.linalg.norm(column))
