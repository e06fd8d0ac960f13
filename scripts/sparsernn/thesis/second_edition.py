"""The second edition of the verdicts: the thesis reports one run, which is a draw.

The first edition's criteria (`sparsernn.thesis.claims`) were fixed before a result was seen. This
one was written after its results, so both verdicts stand side by side, with what changed. Verdicts:

- "agrees", "disagrees": of the thesis's own procedure (published protocol, one-shot pruning). Its
  value is, or is not, a draw like ours; see `sparsernn.thesis.agreement` for the tests.
- "still holds", "does not hold": of any other protocol or schedule. Most seeds show what the claim
  says, or most do not.
- "can't tell": neither is shown, or the criterion rejects our own runs too often.
- "not testable": the study lacks what the claim is about. "not counted": the claim is no outcome.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any

import pandas as pd

from sparsernn.files.tables import read_csv
from sparsernn.thesis.agreement import AGREES, CANNOT_TELL, DISAGREES, Agreement
from sparsernn.thesis.claims import RESULT, judge_protocols
from sparsernn.thesis.claims_table import readings
from sparsernn.thesis.quantities import MEASURES
from sparsernn.thesis.second_tests import Case, compared
from sparsernn.thesis.self_replication import first_rate
from sparsernn.thesis.study import NotTestableError, Study, Value

__all__ = ["NOT_COUNTED", "NOT_TESTABLE", "PAIRED_VERDICTS", "SECOND", "judge_twice", "read_twice"]
__all__ += ["in_words_of", "second_counts", "second_measure", "second_values"]

NOT_TESTABLE, NOT_COUNTED = "not testable", "not counted"
HOLDS, FAILS = "still holds", "does not hold"
PAIRED_VERDICTS = ((AGREES, HOLDS), (DISAGREES, FAILS), (CANNOT_TELL,), (NOT_TESTABLE,))
"""The verdicts on outcomes: those on the thesis's own procedure beside those on others."""
SECOND = ["thesis_value", "second_ours", "seeds", "test", "quantile", "meeting", "first_rate"]
SECOND += ["self_rate", "chance", "second_verdict", "second_reason", "changed"]
"""The columns that `judge_twice` adds to those of `claims.judge`."""
_NUMBERS = ["low", "high", "seeds", "quantile", "meeting", "first_rate", "self_rate", "chance"]

_WHY_NOT_COUNTED = {
    "construction": "it follows from the settings or the code, whatever the networks do",
    "text": "it is about the thesis's wording, not about a result",
    "duplicate": "it repeats",
}
_SAME = {"replicated": {AGREES, HOLDS}, "not replicated": {DISAGREES, FAILS}}
_SAME |= {"inconclusive": {CANNOT_TELL}, "not testable": {NOT_TESTABLE}}
_CHANGES = {
    "place": "The thesis's run counts as one draw among our seeds.",
    "statement": "The share of seeds that show it decides; before, all of them had to.",
    "few seeds": "With so few seeds the thesis's run may differ by chance.",
    "tolerance": "The thesis's data set counts as one draw.",
    "correlation": "The thesis's r has an error of its own, as ours has.",
    "difference": "The thesis's R² has an error of its own, as ours has.",
    "sets": "Properties whose |r| may be on either side of the level count as undecided.",
}
_OTHER_MEASURES = {
    "drop": "The place of the cliff is asked for, and not the loss in one step.",
    "safe_percent": "One accuracy that larger percentages undo no longer ends the safe share.",
    "share_regained": "Cases below 100 % come first, and all cases after the slash.",
    "best_r2": "The best R² has an interval, and so has the thesis's.",
}
_OTHER_MEASURES["least_safe_percent"] = _OTHER_MEASURES["safe_percent"]


def second_measure(claim: Mapping[str, str]) -> tuple[str, str]:
    """The measure and arguments of a claim in the second edition.

    A drop between two percentages is a local difference, so the cliff's place is asked for. The
    safe share no longer ends at one accuracy that larger percentages undo. The share of cases that
    retraining repairs is given without those at 100 %, and with them. The best R² has an interval.
    """
    pairs = claim["arguments"].split()
    match claim["measure"]:
        case "drop":
            return "cliff", " ".join(pair for pair in pairs if pair.startswith("target="))
        case "safe_percent" | "least_safe_percent" as name:
            return name.replace("safe", "lasting_safe"), claim["arguments"]
        case "share_regained":
            return "share_regained", f"{claim['arguments']} until=90/100"
        case "best_r2":
            return "strongest_r2", claim["arguments"]
    return claim["measure"], claim["arguments"]


def second_values(claim: Mapping[str, str], study: Study) -> list[Value]:
    """What the second edition's measure gives, for each reading of a claim."""
    measure, arguments = second_measure(claim)
    return [MEASURES[measure](study, claim["cell"], **args) for args in readings(arguments)]


def judge_twice(
    claims: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    protocols: Sequence[str],
    schedules: Sequence[str] = ("one_shot",),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Judge all claims by both editions.

    Args:
        claims: from `claims_table.read_claims`.
        tables: see `claims.judge`; where graphs have several starts, also networks, from
            `sparsernn.analysis.cases.join`.
        protocols: whose networks.
        schedules: which networks that were pruned.
        confidence: coverage of intervals.

    Returns:
        The rows of `claims.judge`, with the columns `SECOND`: the thesis's value of the measure,
        ours, the number of seeds, the test, the thesis's quantile among our seeds, the share of
        them that show what the claim says, the self-replication rates of both editions' criteria,
        how likely a run of the thesis's own experiment would be called "disagrees", the second
        verdict, why, and what changed.
    """
    how = {"schedules": schedules, "confidence": confidence}
    judged = judge_protocols(claims, tables, protocols, **how)
    by_id = {claim["id"]: claim for claim in claims.to_dict("records")}
    cases: dict[tuple[str, str], Study] = {
        (protocol, schedule): Study(tables, protocol, schedule, confidence)
        for protocol in protocols
        for schedule in schedules
    }
    rows = []
    for first in judged.to_dict("records"):
        study = cases[first["protocol"], first["schedule"] or schedules[0]]
        own = first["protocol"] == "published" and first["schedule"] in ("", "one_shot")
        rows.append(_again(by_id[first["id"]], first, study, own, by_id))
    return judged.join(pd.DataFrame(rows, columns=SECOND, index=judged.index))


def _again(
    claim: Mapping[str, str],
    first: Mapping[str, Any],
    study: Study,
    own: bool,
    claims: Mapping[str, Mapping[str, str]],
) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(SECOND, math.nan)
    row |= {"thesis_value": claim["thesis_value"], "second_ours": "", "seeds": 0, "chance": 0.0}
    row |= {"test": "", "changed": ""}
    if claim["class"] != "outcome":
        why = " ".join([_WHY_NOT_COUNTED[claim["class"]], *claim["repeats"].split()])
        return row | {"second_verdict": NOT_COUNTED, "second_reason": why}
    try:
        values = second_values(claim, study)
        results = [
            compared(Case(claim, value, reading, study, own, claims))
            for reading, value in enumerate(values)
        ]
    except NotTestableError as error:
        return row | {"second_verdict": NOT_TESTABLE, "second_reason": str(error)}
    test, found = results[0][0], _together([agreement for _, agreement in results])
    verdict = in_words_of(found.verdict, own)
    row |= found._asdict()
    del row["verdict"], row["reason"]
    return row | {
        "second_ours": " / ".join(map(_shown, values)),
        "seeds": max(len(value.draws) for value in values),
        "test": test,
        "first_rate": first_rate(claim, study),
        "second_verdict": verdict,
        "second_reason": found.reason,
        "changed": _changed(claim, first["verdict"], verdict, test),
    }


def in_words_of(verdict: str, own: bool) -> str:
    """A verdict of `agreement`, in the words for the thesis's own procedure or for another.

    Example:
        >>> in_words_of("agrees", own=False)
        'still holds'
    """
    return verdict if own else {AGREES: HOLDS, DISAGREES: FAILS}.get(verdict, verdict)


def _changed(claim: Mapping[str, str], first: str, second: str, test: str) -> str:
    """What the second edition changed: the verdict, the measure, or nothing."""
    other = _OTHER_MEASURES.get(claim["measure"], "")
    if second in _SAME[first]:
        return other
    return f"{first.capitalize()} before, {second} now. {other or _CHANGES[test]}"


def _together(agreements: Sequence[Agreement]) -> Agreement:
    """One verdict on a claim of several readings."""
    first = agreements[0]
    if len(agreements) == 1:
        return first
    reason = "; ".join(dict.fromkeys(agreement.reason for agreement in agreements))
    rate = min(agreement.self_rate for agreement in agreements)
    chance = min(agreement.chance for agreement in agreements)
    meeting = min(agreement.meeting for agreement in agreements)
    verdicts = {agreement.verdict for agreement in agreements}
    if len(verdicts) == 1:
        return Agreement(first.verdict, reason, rate, chance, first.quantile, meeting)
    reason = f"its readings disagree: {reason}"
    return Agreement(CANNOT_TELL, reason, rate, chance, meeting=meeting)


def _shown(value: Value) -> str:
    if value.names is not None:
        return " ".join(sorted(value.names)) or "none"
    return "never" if math.isinf(value.value) else f"{value.value:.4g}"


def read_twice(path: str | PathLike[str]) -> pd.DataFrame:
    """The table of `judge_twice` as it was before it was written: text but for the numbers."""
    table = read_csv(path, [*RESULT, *SECOND], text={*RESULT, *SECOND} - set(_NUMBERS))
    numbers = table[_NUMBERS].astype(float)
    return table.astype(object).where(table.notna(), "").astype(str).assign(**numbers)


def second_counts(judged: pd.DataFrame) -> Iterator[str]:
    """A line for each protocol and schedule: second verdicts on outcomes, and chance."""
    outcomes = judged[judged["class"] == "outcome"]
    for (protocol, schedule), rows in outcomes.groupby(["protocol", "schedule"]):
        counts = rows["second_verdict"].value_counts()
        words = ", ".join(f"{n} {verdict}" for verdict, n in counts.items())
        yield (
            f"{protocol}, {schedule or 'any schedule'}, second edition: {words}; failures "
            f"expected by chance: {rows['chance'].sum():.1f}"
        )
