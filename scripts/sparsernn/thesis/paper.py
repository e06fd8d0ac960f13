"""Claims of Stier, Darji & Granitzer 2021 (arXiv 2107.12917), who studied the same networks.

Their abstract has the R² that the thesis quotes (C186). Only what the sources at hand say is in the
table; it names the source of each claim, and what couldn't be verified.
"""

import math
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import pandas as pd

from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv
from sparsernn.thesis.agreement import Estimate, by_difference
from sparsernn.thesis.claims_table import CLASSES, as_number
from sparsernn.thesis.quantities import MEASURES
from sparsernn.thesis.second_edition import NOT_COUNTED, NOT_TESTABLE, in_words_of
from sparsernn.thesis.second_tests import R2_BOUND
from sparsernn.thesis.study import NotTestableError, Study

__all__ = ["PAPER", "judge_paper", "read_judged_paper", "read_paper"]

PAPER = "arXiv 2107.12917"
_CLAIM = ["id", "class", "cell", "statement", "published", "source", "verified", "note"]
_RESULT = ["protocol", *_CLAIM, "ours", "self_rate", "verdict", "reason"]
_MEASURE = "strongest_r2"


def read_paper(path: str | PathLike[str]) -> pd.DataFrame:
    """The paper's claims, as text.

    Columns: id, class (see `claims_table.CLASSES`), cell, statement, published, measure
    ("strongest_r2", or none where a claim can't be judged), untestable (why it can't), source
    (where it was read), verified ("yes", or "no" where no source was at hand), note.

    Raises:
        InputError: a line is not as described; the message names the claim.
    """
    columns = [*_CLAIM, "measure", "untestable"]
    claims = read_csv(path, columns, text=columns)[columns].astype(object)
    claims = claims.where(claims.notna(), "").astype(str)
    for claim in claims.to_dict("records"):
        _check(claim, str(path))
    return claims


def _check(claim: Mapping[str, str], path: str) -> None:
    def refuse(column: str, expected: str) -> None:
        found = f"{path}, claim {claim['id']}: {column} {claim[column]!r}"
        raise InputError(f"{found}; expected {expected}. Correct it.")

    if claim["class"] not in CLASSES:
        refuse("class", f"one of {', '.join(CLASSES)}")
    if claim["verified"] not in ("yes", "no"):
        refuse("verified", "yes or no")
    if claim["measure"] not in ("", _MEASURE):
        refuse("measure", f"{_MEASURE}, or nothing")
    if bool(claim["measure"]) == bool(claim["untestable"]):
        refuse("untestable", "a reason where there is no measure, and only there")
    if claim["measure"] and math.isnan(as_number(claim["published"])):
        refuse("published", "a number, to hold the measure against")


def judge_paper(
    claims: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    protocols: Sequence[str],
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Judge the paper's claims on each protocol, by the second edition's tests.

    The paper prints no interval, so its R² is taken to have an error as large as ours.

    Args:
        claims: from `read_paper`.
        tables: see `sparsernn.thesis.claims.judge`; only feature_sets is read.
        protocols: whose networks.
        confidence: coverage of the intervals.

    Returns:
        One row a claim and protocol: protocol, the claim's columns, ours, self_rate, verdict and
        reason.
    """
    rows = [
        {"protocol": protocol} | claim | _judged(claim, Study(tables, protocol, "", confidence))
        for protocol in protocols
        for claim in claims.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=_RESULT)


def read_judged_paper(path: str | PathLike[str]) -> pd.DataFrame:
    """The table of `judge_paper` as it was before it was written."""
    table = read_csv(path, _RESULT, text=set(_RESULT) - {"self_rate"})
    rates = table["self_rate"].astype(float)
    return table.astype(object).where(table.notna(), "").astype(str).assign(self_rate=rates)


def _judged(claim: Mapping[str, str], study: Study) -> dict[str, Any]:
    nothing: dict[str, Any] = {"ours": "", "self_rate": math.nan}
    if claim["class"] != "outcome":
        return nothing | {"verdict": NOT_COUNTED, "reason": claim["untestable"]}
    if not claim["measure"]:
        return nothing | {"verdict": NOT_TESTABLE, "reason": claim["untestable"]}
    try:
        ours = MEASURES[claim["measure"]](study, claim["cell"])
    except NotTestableError as error:
        return nothing | {"verdict": NOT_TESTABLE, "reason": str(error)}
    theirs = as_number(claim["published"])
    shift = theirs - ours.value
    found = by_difference(
        Estimate(theirs, ours.low + shift, ours.high + shift),
        Estimate(ours.value, ours.low, ours.high),
        R2_BOUND,
        study.confidence,
        of="the paper's",
    )
    return {
        "ours": f"{ours.value:.2f} ({ours.low:.2f} to {ours.high:.2f})",
        "self_rate": found.self_rate,
        "verdict": in_words_of(found.verdict, own=study.protocol == "published"),
        "reason": f"{found.reason}; the paper's error is taken to be as large as ours",
    }
