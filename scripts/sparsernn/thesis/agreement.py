"""Whether the thesis's value and ours agree, when both are draws.

The thesis reports one run. So its value may differ from ours by chance, and a test must know how
often it would. Every test here says how often it would accept a run of ours as the thesis's: its
self-replication rate. What a rate below `LEAST_RATE` rules out depends on the test:

- A place in the range of our seeds, and what most seeds show, are one criterion for both verdicts:
  it accepts or rejects. One that rejects our own runs too often can't tell, either way.
- A difference (of few seeds, correlations, R², sets) has two tests. "Agrees" rests on an
  equivalence test, and the rate is how often that would pass if nothing differed; below
  `LEAST_RATE` it never says "agrees". "Disagrees" rests on a significant difference, whose false
  alarms are rare whatever that rate is (1 - confidence of them), so it stands at any rate.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import stats

__all__ = [
    "AGREES",
    "CANNOT_TELL",
    "DISAGREES",
    "LEAST_RATE",
    "Agreement",
    "Estimate",
    "by_correlation",
    "by_difference",
    "by_few_seeds",
    "by_place",
    "by_statement",
]

AGREES, DISAGREES, CANNOT_TELL = "agrees", "disagrees", "can't tell"
LEAST_RATE = 0.8
"""The least self-replication rate with which a test says "agrees", or a range "disagrees"."""
_ROUNDING = 1e-6  # of values that were written with six decimals


class Agreement(NamedTuple):
    """A verdict.

    Attributes:
        verdict: `AGREES`, `DISAGREES` or `CANNOT_TELL`.
        reason: why.
        self_rate: how often the criterion would accept one run of an experiment by another; of
            a difference, how often its equivalence test would say "agrees".
        chance: how often it would say "disagrees" of them.
        quantile: the share of our seeds below the thesis's value; ties count half.
        meeting: the share of our seeds that show what the claim says.
    """

    verdict: str
    reason: str
    self_rate: float = math.nan
    chance: float = 0.0
    quantile: float = math.nan
    meeting: float = math.nan


class Estimate(NamedTuple):
    """A value, and its interval."""

    value: float
    low: float
    high: float


def by_place(thesis: float, ours: Sequence[float], margin: float = 0.0) -> Agreement:
    """Is the thesis's value within the range of our seeds?

    With n seeds the range holds another draw with a probability of (n - 1) / (n + 1): it is a
    prediction interval, of 90 % for 20 seeds. More seeds make it wider. The self-replication rate
    is found by leaving out each seed in turn: (n - 2) / n where all differ. So with fewer than ten
    seeds it can't tell, unless several share the least or the greatest value, or the margin does.

    Args:
        thesis: its value.
        ours: the value of each seed.
        margin: a distance from the range that doesn't matter.
    """
    draws = np.asarray(ours, dtype=float)
    count = len(draws)
    rate = float(np.mean([_within(v, np.delete(draws, i), margin) for i, v in enumerate(draws)]))
    coverage = (count - 1) / (count + 1)
    equal = np.isclose(draws, thesis, rtol=0, atol=_ROUNDING)
    quantile = float(np.mean(np.where(equal, 0.5, draws < thesis)))
    inside = _within(thesis, draws, margin)
    where = "within" if inside else "outside"
    ends = f"{_text(draws.min())} to {_text(draws.max())}"
    reason = f"the thesis's {_text(thesis)} is {where} the range of {count} seeds, {ends} "
    reason += f"(prediction interval of {coverage:.0%}; the thesis is at quantile {quantile:.2f})"
    wanted = AGREES if inside else DISAGREES
    return _told(wanted, reason, rate, 1 - max(coverage, rate), quantile)


def by_statement(meets: Sequence[bool], thesis_meets: bool | None, confidence: float) -> Agreement:
    """Do most runs show what the claim says?

    They do if the Clopper-Pearson interval of the share of seeds that meet the claim is above a
    half, and do not if it is below. A run replicates itself if it is on the side of most others.

    Args:
        meets: for each seed, whether it meets the claim.
        thesis_meets: whether the thesis's own value does, None if it isn't known.
        confidence: coverage of the interval.
    """
    side = _most(meets, confidence)
    reason = f"{sum(meets)} of {len(meets)} seeds meet the claim"
    if thesis_meets is False:
        reason += ", and the thesis's own value does not"
    if side is None:
        said = f"{reason}, which leaves open whether most runs do"
        return Agreement(CANNOT_TELL, said, quantile=math.nan)
    rate = float(np.mean([one == side for one in meets]))
    return _told(AGREES if side else DISAGREES, reason, rate, (1 - confidence) / 2)


def by_few_seeds(
    thesis: float, ours: Sequence[float], bound: float, confidence: float
) -> Agreement:
    """With two to four seeds: a t-test of one more draw, and an equivalence bound.

    Both errors count: the thesis's value is one draw with the spread of ours, and our mean has an
    error as well.
    """
    draws = np.asarray(ours, dtype=float)
    if len(draws) < 2 or not np.isfinite([*draws, thesis]).all():
        what = "one seed" if len(draws) < 2 else "a seed that never does, in so few,"
        return Agreement(CANNOT_TELL, f"{what} says nothing of the spread over seeds")
    error = float(draws.std(ddof=1)) * math.sqrt(1 + 1 / len(draws))
    away = float(thesis - draws.mean())
    if error == 0 and abs(away) > bound + _ROUNDING:
        reason = f"{len(draws)} seeds give the same value, too few to know the spread"
        return Agreement(CANNOT_TELL, reason)
    spread = stats.t(len(draws) - 1)
    half, narrow = (float(spread.ppf(q)) * error for q in ((1 + confidence) / 2, confidence))
    rate = 1.0
    if error > 0:
        rate = 2 * float(spread.cdf(max(0.0, bound - narrow) / error)) - 1
    reason = f"the thesis's {_text(thesis)} is {away:+.2g} ± {half:.2g} from the mean of "
    reason += f"{len(draws)} seeds"
    return _tested(away, half, narrow, bound, reason, rate, 1 - confidence)


def by_correlation(
    thesis: tuple[float, int], ours: tuple[float, int], bound: float, confidence: float
) -> Agreement:
    """Fisher's test of two correlations, each with the error of its graphs, and a bound.

    Args:
        thesis: its r, and number of graphs.
        ours: our r, and number of graphs.
        bound: the largest difference of Fisher's z that doesn't matter.
        confidence: of the test.
    """
    if min(thesis[1], ours[1]) < 4:
        return Agreement(CANNOT_TELL, "a correlation of fewer than 4 graphs has no interval")
    error = math.sqrt(1 / (thesis[1] - 3) + 1 / (ours[1] - 3))
    away = math.atanh(ours[0]) - math.atanh(thesis[0])
    half = float(stats.norm.ppf((1 + confidence) / 2)) * error
    reason = f"{ours[0]:.2f} over {ours[1]} graphs and {thesis[0]:.2f} over {thesis[1]} differ by "
    reason += f"{away:+.2g} ± {half:.2g} (Fisher's z)"
    narrow = float(stats.norm.ppf(confidence)) * error
    rate = _equivalence_rate(error, narrow, bound)
    return _tested(away, half, narrow, bound, reason, rate, 1 - confidence)


def by_difference(
    thesis: Estimate, ours: Estimate, bound: float, confidence: float, of: str = "the thesis's"
) -> Agreement:
    """Do two estimates differ, when each has an interval that may be skewed?

    The interval of the difference is that of Zou & Donner (2008, Statistics in Medicine 27:1693),
    which adds the distances to the ends of both intervals in quadrature.

    Args:
        thesis: its estimate.
        ours: our estimate.
        bound: the largest difference that doesn't matter.
        confidence: coverage of both intervals, and of the test.
        of: whose the first estimate is, in words.
    """
    away = ours.value - thesis.value
    low = away - math.hypot(ours.value - ours.low, thesis.high - thesis.value)
    high = away + math.hypot(ours.high - ours.value, thesis.value - thesis.low)
    scale = float(stats.norm.ppf((1 + confidence) / 2))
    error = (high - low) / (2 * scale)
    narrow = float(stats.norm.ppf(confidence)) * error
    reason = f"{ours.value:.2f} ({ours.low:.2f} to {ours.high:.2f}) and {of} "
    reason += f"{thesis.value:.2f} ({thesis.low:.2f} to {thesis.high:.2f}) differ by {away:+.2g} "
    reason += f"({low:+.2g} to {high:+.2g})"
    rate = _equivalence_rate(error, narrow, bound)
    half = away - low if away > 0 else high - away
    return _tested(away, half, narrow, bound, reason, rate, 1 - confidence)


def _tested(
    away: float,
    half: float,
    narrow: float,
    bound: float,
    reason: str,
    rate: float,
    chance: float,
) -> Agreement:
    """The verdict of an equivalence test, and else of a difference test.

    Only the first needs a high self-replication rate: the false alarms of the second are `chance`.
    """
    if abs(away) <= bound and abs(away) + narrow <= bound + _ROUNDING:
        return _told(AGREES, f"{reason}, within {bound:g}", rate, chance)
    if abs(away) > half:
        return Agreement(DISAGREES, reason, rate, chance)  # its false alarms are the chance
    short = f"{reason}: no difference shown, nor one below {bound:g}"
    return Agreement(CANNOT_TELL, short, rate, chance)


def _told(
    verdict: str, reason: str, rate: float, chance: float, quantile: float = math.nan
) -> Agreement:
    """A verdict, unless its criterion would too seldom accept another run of ours."""
    if rate >= LEAST_RATE - _ROUNDING:
        return Agreement(verdict, reason, rate, chance, quantile)
    poor = f"{reason}, but of our own runs this criterion accepts only {rate:.0%}"
    return Agreement(CANNOT_TELL, poor, rate, 0.0, quantile)


def _equivalence_rate(error: float, narrow: float, bound: float) -> float:
    """How often the equivalence test passes if there is no difference."""
    return 2 * float(stats.norm.cdf(max(0.0, bound - narrow) / error)) - 1 if error > 0 else 1.0


def _most(meets: Sequence[bool], confidence: float) -> bool | None:
    interval = stats.binomtest(sum(meets), len(meets)).proportion_ci(confidence, method="exact")
    if interval.low > 0.5:
        return True
    return False if interval.high < 0.5 else None


def _within(value: float, draws: np.ndarray, margin: float) -> bool:
    reach = margin + _ROUNDING
    return bool(draws.min() - reach <= value <= draws.max() + reach)


def _text(value: float) -> str:
    return "never" if math.isinf(value) else f"{value:.4g}"
