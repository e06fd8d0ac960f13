"""Which test of agreement a claim gets."""

import math
from collections.abc import Mapping
from typing import NamedTuple

from sparsernn.thesis.agreement import (
    AGREES,
    CANNOT_TELL,
    DISAGREES,
    Agreement,
    Estimate,
    by_correlation,
    by_difference,
    by_few_seeds,
    by_place,
    by_statement,
)
from sparsernn.thesis.claims import region
from sparsernn.thesis.claims_table import as_number, split_criterion
from sparsernn.thesis.essential_sets import Member, by_sets, member
from sparsernn.thesis.quantities import PRINTED
from sparsernn.thesis.repository import CELLS
from sparsernn.thesis.starts import correlation_of_one_start, starts
from sparsernn.thesis.study import NotTestableError, Study, Value

__all__ = ["GRAPHS_OF_THESIS", "R2_BOUND", "R_BOUND", "TOLERANCE_RATE", "Case", "compared"]

GRAPHS_OF_THESIS = 200  # for each cell
R_BOUND = 0.2  # differences of Fisher's z below this do not matter
R2_BOUND = 0.1
HALF_POINT = 0.005  # of accuracy: a smaller difference does not matter
TOLERANCE_RATE = 0.95  # the tolerances of the data set's claims are 2.8 = 1.96 · √2 deviations
_ENOUGH = 5  # seeds for a distribution
_ACCURACIES = (
    *("accuracy", "dense_accuracy", "least_dense_accuracy"),
    *("best_accuracy", "recovery_gap"),
)


class Case(NamedTuple):
    """A reading of a claim, and what the study finds for it.

    Attributes:
        claim: its line in the table.
        value: what the second edition's measure gives.
        reading: number of the reading.
        study: of one protocol and schedule.
        own: whether these are the thesis's own protocol and schedule.
        claims: all claims by id; those on correlations have the thesis's r.
    """

    claim: Mapping[str, str]
    value: Value
    reading: int
    study: Study
    own: bool
    claims: Mapping[str, Mapping[str, str]]

    def thesis(self, column: str = "thesis_value") -> float:
        """The thesis's number of this reading; NaN where it has none."""
        texts = self.claim[column].split(" / ")
        text = texts[min(self.reading, len(texts) - 1)]
        return math.inf if text == "never" else as_number(text)


def compared(case: Case) -> tuple[str, Agreement]:
    """The name of the test, and what it says."""
    measure, section = case.claim["measure"], case.claim["section"]
    if case.claim["criterion"] == "same set":
        return "sets", _sets(case)
    if measure == "correlation":
        return "correlation", _correlation(case)
    if measure in ("r2", "best_r2"):
        return "difference", _r2(case)
    if section == "data":
        return "tolerance", _tolerance(case)
    return _seeds(case)


def _seeds(case: Case) -> tuple[str, Agreement]:
    draws, note = case.value.draws, ""
    if case.claim["measure"] == "first_epoch":
        fell = tuple(epoch for epoch in draws if epoch > 0)
        note = f"nothing to regain in {len(draws) - len(fell)} of {len(draws)} seeds; "
        note = note if len(fell) < len(draws) else ""
        draws = fell
        if case.own and case.thesis() == 0:
            reason = "the thesis's own network had nothing to regain"
            return "place", Agreement(CANNOT_TELL, reason)
    if not draws:
        return "statement", Agreement(CANNOT_TELL, note.removesuffix("; ") or "no seeds")
    test, found = _of_draws(case, draws)
    low, high = _wanted(case.claim)
    meeting = sum(low <= draw <= high for draw in draws) / len(draws)
    return test, found._replace(reason=note + found.reason + _baseline(case), meeting=meeting)


def _baseline(case: Case) -> str:
    """What a network knows that has no input-to-hidden weight left: how long a string is."""
    if "target=i2h percent=100" not in case.claim["arguments"]:
        return ""
    try:
        return f"; the length of a string alone gives {case.study.length_baseline():.3f}"
    except NotTestableError:
        return ""


def _of_draws(case: Case, draws: tuple[float, ...]) -> tuple[str, Agreement]:
    low, high = _wanted(case.claim)
    meets = [low <= draw <= high for draw in draws]
    thesis, confidence = case.thesis(), case.study.confidence
    own_meets = None if math.isnan(thesis) else low <= thesis <= high
    margin = HALF_POINT if case.claim["measure"] in _ACCURACIES else 0.0
    if not case.own or own_meets is not True:
        return "statement", by_statement(meets, own_meets, confidence)
    if len(draws) < _ENOUGH:
        return "few seeds", by_few_seeds(thesis, draws, margin, confidence)
    place = by_place(thesis, draws, margin)
    statement = by_statement(meets, own_meets, confidence)
    if place.verdict != AGREES and statement.verdict == AGREES:
        both = statement._replace(quantile=place.quantile)
        return "statement", both._replace(reason=f"{statement.reason}; {place.reason}")
    counted = f"{sum(meets)} of {len(meets)} seeds meet the claim"
    return "place", place._replace(reason=f"{place.reason}; {counted}")


def _wanted(claim: Mapping[str, str]) -> tuple[float, float]:
    """The least and the greatest value that meets a claim."""
    if claim["measure"] == "drop":
        ends = dict(pair.split("=") for pair in claim["arguments"].split())
        return float(ends["before"]), float(ends["at"])
    rule, amount = split_criterion(claim["criterion"])
    return region(rule, amount, as_number(claim["published"]))


def _tolerance(case: Case) -> Agreement:
    low, high = _wanted(case.claim)
    inside = low <= case.value.value <= high
    reason = f"{case.value.value:g} is {'within' if inside else 'outside'} {low:.4g} to {high:.4g},"
    reason += " 95 % of the differences of two such data sets"
    verdict = AGREES if inside else DISAGREES
    return Agreement(verdict, reason, TOLERANCE_RATE, 1 - TOLERANCE_RATE)


def _correlation(case: Case) -> Agreement:
    name = case.claim["arguments"].removeprefix("property=")
    ours = correlation_of_one_start(case.study, case.claim["cell"], name)
    return by_correlation((case.thesis(), GRAPHS_OF_THESIS), ours, R_BOUND, case.study.confidence)


def _r2(case: Case) -> Agreement:
    thesis = Estimate(case.thesis(), case.thesis("thesis_low"), case.thesis("thesis_high"))
    ours = Estimate(case.value.value, case.value.low, case.value.high)
    found = by_difference(thesis, ours, R2_BOUND, case.study.confidence)
    cell = case.claim["cell"]
    count = starts(case.study, cell)
    if count == 1:
        return found
    note = f"; ours is of the mean of {count} starts, which raises R², and the thesis's of one"
    return found._replace(reason=found.reason + note)


def _sets(case: Case) -> Agreement:
    arguments = dict(pair.split("=") for pair in case.claim["arguments"].split())
    level = float(arguments["level"])
    whole = case.claim["cell"] == "all"
    cells = CELLS if whole else [case.claim["cell"]]
    number = int(arguments["cells"]) if whole else 1
    printed = {
        (claim["cell"], claim["arguments"].removeprefix("property=")): claim["thesis_value"]
        for claim in case.claims.values()
        if claim["measure"] == "correlation"
    }
    thesis: dict[str, Member] = {}
    ours: dict[str, Member] = {}
    for name in PRINTED:
        theirs = {c: (as_number(printed.get((c, name), "")), GRAPHS_OF_THESIS) for c in cells}
        found = {c: correlation_of_one_start(case.study, c, name) for c in cells}
        thesis[name] = member(theirs, level, number, case.study.confidence)
        ours[name] = member(found, level, number, case.study.confidence)
    return by_sets(thesis, ours)
