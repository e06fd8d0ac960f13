"""The table of claims: what it may say, checked line by line."""

import inspect
import itertools
import math
from collections.abc import Iterator, Mapping
from os import PathLike
from typing import Any

import pandas as pd

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv
from sparsernn.thesis.quantities import MEASURES

__all__ = [
    "CLASSES",
    "NO_NUMBER",
    "VERDICTS",
    "as_number",
    "read_claims",
    "readings",
    "split_criterion",
]

VERDICTS = ("replicated", "not replicated", "inconclusive", "not testable")
CLASSES = ("outcome", "construction", "text", "duplicate")
NO_NUMBER = ("same set", "audit")  # criteria that hold no number against another
_TEXTS = ["id", "question", "section", "cell", "statement", "measure", "arguments"]
_COLUMNS = [*_TEXTS, "published", "criterion", "audit", "note", "class", "repeats"]
_COLUMNS += ["thesis_value", "thesis_low", "thesis_high"]
_BOUNDS = ("above", "below", "at least", "at most")
_AMOUNTS = ("within", "agrees within", "agrees among seeds within")
_PLAIN = ("equals", *NO_NUMBER)


def read_claims(path: str | PathLike[str]) -> pd.DataFrame:
    """The table of claims, as text, checked line by line.

    Columns: id, question (0 data and dense networks, 1 to 5 the thesis's research questions),
    section, cell ("all" or one), statement, measure, arguments (`name=value`, apart by spaces;
    `name=one/other` for a claim with two readings), published, criterion, audit (the verdict on
    the thesis's own data), note. Criteria:

    - `above`, `below`, `at least`, `at most` and a number;
    - `equals`: the published number; `within X`: at most X from it;
    - `agrees within X`: for an estimate (r, R²) where X allows for the sampling of both studies.
      Replicated if ours is at most X from the published value. Else not replicated if our interval
      excludes the published value, and inconclusive if it does not;
    - `agrees among seeds within X`: the same, and where a regressor draws random numbers the
      published value must be in the range over its seeds (to two decimals), or it is inconclusive;
    - `same set`: the published names. Inconclusive if they differ from ours only in names that the
      intervals leave open;
    - `audit`: of the thesis's text or code, not of results; the audit's verdict stands.

    Some columns are of the second edition (`sparsernn.thesis.second_edition`):

    - class: "outcome" (of training, or of drawing strings), "construction" (follows from the
      settings or the code), "text" (of the thesis's wording), or "duplicate";
    - repeats: the claims that a duplicate follows from, apart by spaces;
    - thesis_value, thesis_low, thesis_high: what the second edition's measure gives on the thesis's
      own results, with the interval of that one network or estimate; readings apart by slashes.

    Raises:
        InputError: a line is not as described; the message names the claim.
    """
    claims = read_csv(path, _COLUMNS, text=_COLUMNS)[_COLUMNS].astype(object)
    claims = claims.where(claims.notna(), "").astype(str)
    for claim in claims.to_dict("records"):
        _check(claim, str(path))
    twice = claims["id"][claims["id"].duplicated()]
    if len(twice):
        raise InputError(f"{path}: claim {twice.iloc[0]} occurs twice; expected ids of their own.")
    _check_repeats(claims, str(path))
    return claims


def _check_repeats(claims: pd.DataFrame, path: str) -> None:
    """A duplicate names other claims that exist, and nothing else does."""
    for claim in claims.to_dict("records"):
        repeated = claim["repeats"].split()
        unknown = [name for name in repeated if name not in set(claims["id"]) - {claim["id"]}]
        if unknown or bool(repeated) != (claim["class"] == "duplicate"):
            raise InputError(
                f"{path}, claim {claim['id']}: class {claim['class']!r} and repeats "
                f"{claim['repeats']!r}; expected ids of other claims for a duplicate, and nothing "
                "for another class. Correct it."
            )


def _check(claim: Mapping[str, str], path: str) -> None:
    def refuse(found: str, expected: str) -> None:
        raise InputError(f"{path}, claim {claim['id']}: {found}; expected {expected}. Correct it.")

    rule, amount = split_criterion(claim["criterion"])
    known = (*_BOUNDS, *_AMOUNTS, *_PLAIN)
    if rule not in known or math.isnan(amount) == (rule not in _PLAIN):
        refuse(f"criterion {claim['criterion']!r}", f"one of {', '.join(known)}, and its number")
    if claim["class"] not in CLASSES:
        refuse(f"class {claim['class']!r}", f"one of {', '.join(CLASSES)}")
    if claim["audit"] not in VERDICTS[:3]:
        refuse(f"audit {claim['audit']!r}", f"one of {', '.join(VERDICTS[:3])}")
    if rule in ("equals", *_AMOUNTS) and math.isnan(as_number(claim["published"])):
        refuse(f"published {claim['published']!r}", f"a number, for criterion {rule!r}")
    if rule == "audit":
        return
    if claim["measure"] not in MEASURES:
        refuse(f"measure {claim['measure']!r}", f"one of {', '.join(MEASURES)}")
    measure = inspect.signature(MEASURES[claim["measure"]])
    try:
        for arguments in readings(claim["arguments"]):
            measure.bind(None, claim["cell"], **arguments)
    except (TypeError, ValueError) as error:
        refuse(f"arguments {claim['arguments']!r} ({error})", f"those of {measure}")


def split_criterion(criterion: str) -> tuple[str, float]:
    """Its rule and its number, NaN where it has none."""
    rule, _, amount = criterion.rpartition(" ")
    number = as_number(amount)
    return (criterion, math.nan) if math.isnan(number) else (rule, number)


def as_number(text: str) -> float:
    """The number that a text is, NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def readings(arguments: str) -> Iterator[dict[str, Any]]:
    """The arguments in each of the claim's readings."""
    pairs = [pair.split("=") for pair in arguments.split()]
    for values in itertools.product(*(value.split("/") for _, value in pairs)):
        yield {
            name: value if math.isnan(as_number(value)) else as_number(value)
            for (name, _), value in zip(pairs, values, strict=True)
        }
