"""How often the first edition's criteria would accept another run of our own experiment.

One of our seeds stands for the thesis, another one for us. A criterion that our own runs often fail
says little when the thesis's run fails it.
"""

import itertools
import math
from collections.abc import Mapping, Sequence

from scipy import stats

from sparsernn.thesis.claims import region
from sparsernn.thesis.claims_table import as_number, readings, split_criterion
from sparsernn.thesis.quantities import MEASURES
from sparsernn.thesis.second_tests import GRAPHS_OF_THESIS, TOLERANCE_RATE
from sparsernn.thesis.starts import correlation_of_one_start
from sparsernn.thesis.study import NotTestableError, Study, Value

__all__ = ["first_rate", "rate_among_seeds"]

_ROUNDING = 1e-9


def first_rate(claim: Mapping[str, str], study: Study) -> float:
    """The self-replication rate of a claim's first criterion; NaN where it can't be found.

    Of seeds it is counted over all pairs. Of a correlation or an R² it follows from its error: two
    estimates of that error differ by less than the criterion allows.
    """
    rule, amount = split_criterion(claim["criterion"])
    if rule in ("same set", "audit"):
        return math.nan
    try:
        values = [
            MEASURES[claim["measure"]](study, claim["cell"], **args)
            for args in readings(claim["arguments"])
        ]
    except NotTestableError:
        return math.nan
    if rule.startswith("agrees"):
        return min(_of_estimate(claim, value, study, amount) for value in values)
    if claim["section"] == "data" and rule == "within":
        return TOLERANCE_RATE
    published = as_number(claim["published"])
    return min(rate_among_seeds(v.draws, rule, amount, published) for v in values)


def rate_among_seeds(
    draws: Sequence[float], rule: str, amount: float, published: float = math.nan
) -> float:
    """How often a criterion of `claims_table.read_claims` accepts one seed by another.

    Args:
        draws: the value of each seed.
        rule: the criterion without its number.
        amount: its number.
        published: the claim's number; only whether there is one matters.

    Example:
        >>> rate_among_seeds([0.90, 0.91, 0.99], "within", 0.02)
        0.3333333333333333
    """
    if len(draws) < 2:
        return math.nan
    if rule in ("equals", "within"):
        allowed = (0.0 if rule == "equals" else amount) + _ROUNDING
        pairs = list(itertools.combinations(draws, 2))
        return sum(one == other or abs(one - other) <= allowed for one, other in pairs) / len(pairs)
    low, high = region(rule, amount, published)
    return sum(low <= draw <= high for draw in draws) / len(draws)


def _of_estimate(claim: Mapping[str, str], value: Value, study: Study, amount: float) -> float:
    if claim["measure"] == "correlation":
        name = claim["arguments"].removeprefix("property=")
        r, graphs = correlation_of_one_start(study, claim["cell"], name)
        error = (1 - r**2) * math.sqrt(1 / (GRAPHS_OF_THESIS - 3) + 1 / max(graphs - 3, 1))
    else:
        scale = float(stats.norm.ppf((1 + study.confidence) / 2))
        error = math.sqrt(2) * (value.high - value.low) / (2 * scale)
    return 2 * float(stats.norm.cdf(amount / error)) - 1 if error > 0 else 1.0
