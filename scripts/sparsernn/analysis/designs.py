"""Two-level designs: factorials, regular fractions of them, and one field at a time.

Light to import, as the workflow plans the runs whenever it is parsed.

References:
    D. C. Montgomery, Design and analysis of experiments, 8th edition, 2013, table 8.14.
"""

import itertools
import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sparsernn.errors import InputError

__all__ = ["GENERATORS", "ONE_AT_A_TIME", "levels", "one_at_a_time", "runs_of"]

ONE_AT_A_TIME = "one_at_a_time"
"""In the place of a number of runs: all fields low, then each alone at its high level."""

GENERATORS: Mapping[tuple[int, int], tuple[str, ...]] = MappingProxyType(
    {
        (3, 4): ("AB",),
        (4, 8): ("ABC",),
        (5, 8): ("AB", "AC"),
        (6, 8): ("AB", "AC", "BC"),
        (7, 8): ("AB", "AC", "BC", "ABC"),
        (5, 16): ("ABCD",),
        (6, 16): ("ABC", "BCD"),
        (7, 16): ("ABC", "BCD", "ACD"),
        (8, 16): ("BCD", "ACD", "ABC", "ABD"),
        (6, 32): ("ABCDE",),
        (7, 32): ("ABCD", "ABDE"),
        (8, 32): ("ABC", "ABD", "BCDE"),
        (7, 64): ("ABCDEF",),
        (8, 64): ("ABCD", "ABEF"),
    }
)
"""By number of fields and of runs: the last columns, as products of the first ones A, B, …; of the
highest resolution that there is."""


def runs_of(fields: int) -> list[int]:
    """The numbers of runs for which there is a design of so many fields."""
    return sorted([runs for known, runs in GENERATORS if known == fields] + [2**fields])


def levels(fields: Sequence[str], runs: int) -> list[dict[str, int]]:
    """The level of each field, −1 or 1, in each run of a design; the first fields vary freely.

    Args:
        fields: names of the fields.
        runs: number of runs, one of `runs_of`.

    Raises:
        InputError: there is no such design.

    Example:
        >>> levels(["a", "b", "c"], 4)[:2]
        [{'a': -1, 'b': -1, 'c': 1}, {'a': 1, 'b': -1, 'c': -1}]
    """
    if runs not in (known := runs_of(len(fields))) or len(set(fields)) < len(fields):
        raise InputError(
            f"a design of {len(fields)} fields in {runs} runs; expected different fields, and a "
            f"number of runs among {', '.join(map(str, known))}."
        )
    words = () if runs == 2 ** len(fields) else GENERATORS[len(fields), runs]
    design = []
    for signs in itertools.product((-1, 1), repeat=len(fields) - len(words)):
        free = dict(zip("ABCDEFGH", reversed(signs), strict=False))
        further = [math.prod(free[letter] for letter in word) for word in words]
        design.append(dict(zip(fields, [*free.values(), *further], strict=True)))
    return design


def one_at_a_time(fields: Sequence[str]) -> list[dict[str, int]]:
    """The level of each field, −1 or 1: all low in the first run, then one field high in each.

    Example:
        >>> one_at_a_time(["a", "b"])
        [{'a': -1, 'b': -1}, {'a': 1, 'b': -1}, {'a': -1, 'b': 1}]
    """
    return [{name: 1 if name == high else -1 for name in fields} for high in (None, *fields)]
