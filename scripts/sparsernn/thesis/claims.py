"""The thesis's claims, each judged by a rule on the results of a study.

A claim names a measure (a function of `sparsernn.thesis.quantities`) with its arguments, and a
criterion. Both are fixed before a result is seen. Verdicts:

- "replicated", "not replicated": the whole interval meets, or the whole interval misses, the
  criterion. Without an interval the value alone decides.
- "inconclusive": the interval lies across the criterion's border; or the claim can be read in
  several ways that disagree; or the value meets the criterion but says nothing (a doubt).
- "not testable": the study lacks what the claim is about.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import pandas as pd

from sparsernn.thesis.claims_table import VERDICTS, as_number, readings, split_criterion
from sparsernn.thesis.quantities import MEASURES, OF_PRUNING
from sparsernn.thesis.study import NotTestableError, Study, Value

__all__ = ["Judgement", "assess", "judge", "judge_protocols", "region", "text_of"]
__all__ += ["RESULT", "verdict_counts"]

_REPLICATED, _FAILED, _INCONCLUSIVE, _NOT_TESTABLE = VERDICTS
RESULT = ["protocol", "schedule", "id", "question", "cell", "statement", "class", "repeats"]
RESULT += ["published", "ours", "low", "high", "over", "criterion", "verdict", "reason"]
"""The columns of `judge`."""
_ROUNDING = 1e-9
_HALF_DIGIT = 0.005  # of an R² of two decimals


class Judgement(NamedTuple):
    """A verdict, and why."""

    verdict: str
    reason: str


def judge(
    claims: pd.DataFrame,
    tables: Mapping[str, pd.DataFrame],
    protocol: str,
    schedules: Sequence[str] = ("one_shot",),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Judge all claims on one protocol of a study: those on pruning once for each schedule.

    Args:
        claims: from `claims_table.read_claims`.
        tables: the study's tables by name: strings, dense and dense_history, pruning and
            pruning_history, correlations, and feature_sets (R², from
            `sparsernn.analysis.prediction.feature_sets`).
        protocol: whose networks.
        schedules: which networks that were pruned; the thesis released "one_shot".
        confidence: coverage of the binomial intervals of accuracies.

    Returns:
        One row a claim, or one for each schedule where the claim is on pruning: protocol,
        schedule (else ""), id, question, cell, statement, published, ours (as text; readings
        apart by slashes), low, high, over (what the interval is over), criterion, verdict,
        reason; and the claim's class and what it repeats.
        With several seeds ours is the median and low, high are the range. With one they are
        Wilson's interval of an accuracy on the strings tested, Fisher's of a correlation, the
        bootstrap's of R²; other values have none.
    """
    studies = {name: Study(tables, protocol, name, confidence) for name in schedules}
    rows = [
        {"protocol": protocol, "schedule": schedule if pruned else ""}
        | claim
        | _judged(claim, studies[schedule])
        for claim in claims.to_dict("records")
        for pruned in [claim["measure"] in OF_PRUNING]
        for schedule in (schedules if pruned else schedules[:1])
    ]
    return pd.DataFrame(rows, columns=RESULT)


def judge_protocols(
    claims: pd.DataFrame, tables: Mapping[str, pd.DataFrame], protocols: Sequence[str], **how: Any
) -> pd.DataFrame:
    """Judge all claims on each protocol; `how` are further arguments of `judge`."""
    judged = [judge(claims, tables, protocol, **how) for protocol in protocols]
    return pd.concat(judged, ignore_index=True)


def verdict_counts(judged: pd.DataFrame) -> Iterator[str]:
    """A line for each protocol and schedule: how many claims have which verdict."""
    for (protocol, schedule), verdicts in judged.groupby(["protocol", "schedule"])["verdict"]:
        counts = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.value_counts().items())
        yield f"{protocol}, {schedule or 'any schedule'}: {counts}"


def _judged(claim: Mapping[str, str], study: Study) -> dict[str, Any]:
    nothing = {"ours": "", "low": math.nan, "high": math.nan, "over": ""}
    if claim["criterion"] == "audit":
        return nothing | {"verdict": claim["audit"], "reason": claim["note"]}
    measure = MEASURES[claim["measure"]]
    try:
        found = [measure(study, claim["cell"], **args) for args in readings(claim["arguments"])]
    except NotTestableError as error:
        return nothing | {"verdict": _NOT_TESTABLE, "reason": str(error)}
    lows = [value.low for value in found if not math.isnan(value.low)]
    highs = [value.high for value in found if not math.isnan(value.high)]
    judgement = _together([assess(v, claim["criterion"], claim["published"]) for v in found])
    return {
        "ours": " / ".join(map(text_of, found)),
        "low": min(lows, default=math.nan),
        "high": max(highs, default=math.nan),
        "over": "; ".join(dict.fromkeys(value.over for value in found if value.over)),
        **judgement._asdict(),
    }


def _together(judgements: list[Judgement]) -> Judgement:
    """One verdict on a claim of several readings."""
    verdicts = {judgement.verdict for judgement in judgements}
    reason = "; ".join(dict.fromkeys(judgement.reason for judgement in judgements))
    if len(verdicts) == 1:
        return Judgement(verdicts.pop(), reason)
    return Judgement(_INCONCLUSIVE, f"its readings disagree: {reason}")


def assess(value: Value, criterion: str, published: str) -> Judgement:
    """Hold a value against a criterion.

    Args:
        value: what was measured.
        criterion: see `claims_table.read_claims`.
        published: the published value.

    Example:
        >>> assess(Value(0.91, 0.89, 0.93), "above 0.9", "")
        Judgement(verdict='inconclusive', reason='0.91 (0.89 to 0.93) lies across: above 0.9')
    """
    rule, amount = split_criterion(criterion)
    if rule == "same set":
        judgement = _same_set(value, frozenset(published.split()))
    elif rule.startswith("agrees"):
        judgement = _agrees(value, float(published), amount, "among seeds" in rule)
    else:
        words = {"equals": f"equal to {published}", "within": f"{criterion} of {published}"}
        wanted = region(rule, amount, as_number(published))
        judgement = _in_region(value, words.get(rule, criterion), wanted)
    if value.doubt and judgement.verdict == _REPLICATED:
        return Judgement(_INCONCLUSIVE, f"{judgement.reason}, but {value.doubt}")
    return judgement


def region(rule: str, amount: float, published: float) -> tuple[float, float]:
    """The least and the greatest value that meets a criterion."""
    return {
        "above": (amount + _ROUNDING, math.inf),
        "below": (-math.inf, amount - _ROUNDING),
        "at least": (amount - _ROUNDING, math.inf),
        "at most": (-math.inf, amount + _ROUNDING),
        "equals": (published - _ROUNDING, published + _ROUNDING),
        "within": (published - amount - _ROUNDING, published + amount + _ROUNDING),
    }[rule]


def _in_region(value: Value, wanted: str, region: tuple[float, float]) -> Judgement:
    found = replace(value, low=value.value, high=value.value) if math.isnan(value.low) else value
    if region[0] <= found.low and found.high <= region[1]:
        return Judgement(_REPLICATED, f"{_shown(value)} is {wanted}")
    if found.high < region[0] or region[1] < found.low:
        return Judgement(_FAILED, f"{_shown(value)} is not {wanted}")
    return Judgement(_INCONCLUSIVE, f"{_shown(value)} lies across: {wanted}")


def _agrees(value: Value, published: float, amount: float, among_seeds: bool) -> Judgement:
    away = abs(value.value - published)
    distance = f"{_shown(value)} is {away:.2g} from {published:g}"
    if away > amount + _ROUNDING:
        if value.low <= published <= value.high:
            return Judgement(_INCONCLUSIVE, f"{distance}, which the interval includes")
        return Judgement(_FAILED, f"{distance}, which the interval excludes")
    least, most = value.seeds or (-math.inf, math.inf)
    if among_seeds and not least - _HALF_DIGIT <= published <= most + _HALF_DIGIT:
        ends = f"{least:.3g} to {most:.3g}"
        return Judgement(_INCONCLUSIVE, f"{distance}, but seeds of the regressor give {ends}")
    return Judgement(_REPLICATED, f"{distance}, at most {amount:g} allowed")


def _same_set(value: Value, published: frozenset[str]) -> Judgement:
    names = value.names or frozenset()
    if names == published:
        return Judgement(_REPLICATED, "the same")
    more, fewer = (" ".join(sorted(part)) for part in (names - published, published - names))
    parts = [f"{word} {part}" for word, part in (("also", more), ("without", fewer)) if part]
    open_ = names ^ published <= value.unsure
    reason = ", ".join(parts) + (", which the intervals leave open" if open_ else "")
    return Judgement(_INCONCLUSIVE if open_ else _FAILED, reason)


def _shown(value: Value) -> str:
    interval = "" if math.isnan(value.low) else f" ({value.low:.3g} to {value.high:.3g})"
    return f"{text_of(value)}{interval}"


def text_of(value: Value) -> str:
    """A value in words, to five digits."""
    if value.names is not None:
        return " ".join(sorted(value.names)) or "none"
    if math.isinf(value.value):
        return "never"
    return f"{value.value:.5g}" if value.value % 1 else f"{value.value:.0f}"
