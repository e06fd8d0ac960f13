"""Equivalence tests: is an effect smaller than what would matter?

A difference that is not significant may still be large. Two one-sided tests (TOST) reject that it
is at least as large as a margin, in either direction. Together with the usual test there are four
verdicts, and one where nothing can be tested:

    equivalent   smaller than the margin, and not significantly different from 0
    different    significantly different from 0, and perhaps as large as the margin
    both         significantly different from 0, but smaller than the margin
    undecided    neither
    equal        all differences are 0

References:
    Schuirmann 1987, "A comparison of the two one-sided tests procedure and the power approach";
    Lakens 2017, "Equivalence tests".
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.stats.weightstats import DescrStatsW

from sparsernn.analysis.cases import blank, is_constant, require
from sparsernn.errors import InputError

__all__ = ["correlation_equivalence", "paired_equivalence", "verdict", "with_adjusted"]

_RESULT = ["n", "estimate", "low", "high", "margin", "p_difference", "p_equivalence", "verdict"]
_RESULT += ["note"]


def verdict(p_difference: float, p_equivalence: float, alpha: float) -> str:
    """What the two tests say together.

    Args:
        p_difference: two-sided p of no difference.
        p_equivalence: p of a difference of at least the margin (TOST).
        alpha: the level of each test.

    Returns:
        "equivalent", "different", "both" or "undecided"; "" if a p is NaN.

    Example:
        >>> verdict(0.6, 0.01, 0.05), verdict(0.6, 0.3, 0.05)
        ('equivalent', 'undecided')
    """
    if math.isnan(p_difference) or math.isnan(p_equivalence):
        return ""
    names = {
        (False, True): "equivalent",
        (True, False): "different",
        (True, True): "both",
        (False, False): "undecided",
    }
    return names[p_difference <= alpha, p_equivalence <= alpha]


def with_adjusted(found: pd.DataFrame, alpha: float = 0.05) -> pd.DataFrame:
    """The verdicts with p-values that are adjusted for other tests.

    Args:
        found: columns verdict, p_adjusted (of no difference) and p_equivalence, which is not
            adjusted. Where one of them is NaN, the verdict stays.
        alpha: the level of each test.
    """
    known = found["p_adjusted"].notna() & found["p_equivalence"].notna()
    pairs = zip(found["p_adjusted"], found["p_equivalence"], strict=True)
    again = pd.Series([verdict(*both, alpha) for both in pairs], index=found.index, dtype=object)
    return found.assign(verdict=found["verdict"].where(~known, again))


def paired_equivalence(
    differences: pd.DataFrame,
    by: Sequence[str],
    *,
    margin: float = 0.005,
    alpha: float = 0.05,
    cluster: Sequence[str] = (),
) -> pd.DataFrame:
    """Test whether paired differences are, in the mean, smaller than a margin.

    Args:
        differences: a column difference, for example from `sparsernn.analysis.pairs.differences`.
        by: columns within which the differences are tested separately, such as protocol, cell,
            response, arm, reference.
        margin: what would matter, such as half a point of accuracy.
        alpha: level of each test.
        cluster: columns within which differences are averaged first, such as family and graph.

    Returns:
        One row a value of `by`: n (pairs, or clusters), estimate (mean), low and high (the 1 − 2α
        interval of Student's t, which lies within the margin just if TOST rejects), margin,
        p_difference, p_equivalence, verdict, note.

    Raises:
        InputError: a column is missing, or margin or alpha is out of range.
    """
    _check(margin, alpha)
    require(differences, [*by, *cluster, "difference"], "the table of differences")
    rows = []
    for values, group in differences.groupby(list(by), sort=False):
        change = group.dropna(subset=["difference"])
        if cluster:
            change = change.groupby(list(cluster), as_index=False)["difference"].mean()
        found = _paired(change["difference"].to_numpy(dtype=float), margin, alpha)
        rows.append(dict(zip(by, values, strict=True)) | found)
    return pd.DataFrame(rows, columns=[*by, *_RESULT])


def _paired(change: np.ndarray, margin: float, alpha: float) -> dict[str, Any]:
    row = blank(_RESULT) | {"n": len(change), "margin": margin, "verdict": ""}
    if len(change) < 3:
        return row | {"note": f"{len(change)} of 3 differences that a test needs"}
    row["estimate"] = change.mean()
    if not np.any(change):  # no sign of a difference, but no test of how large it may be
        return row | {"p_difference": 1.0, "verdict": "equal", "note": "all differences are 0"}
    if is_constant(change):
        # No spread, so no test: the value itself decides.
        name = "both" if abs(change[0]) < margin else "different"
        return row | {"verdict": name, "note": "all differences are the same"}
    sample = DescrStatsW(change)
    row["low"], row["high"] = sample.tconfint_mean(2 * alpha)
    row["p_difference"] = float(sample.ttest_mean(0)[1])
    row["p_equivalence"] = float(sample.ttost_mean(-margin, margin)[0])
    return row | {"verdict": verdict(row["p_difference"], row["p_equivalence"], alpha)}


def correlation_equivalence(
    correlations: pd.DataFrame, *, margin: float = 0.2, alpha: float = 0.05
) -> pd.DataFrame:
    """Test whether correlations, or partial ones, are smaller than a margin.

    Fisher's z = artanh r has the standard error 1 / √(n − controls − 3).

    Args:
        correlations: columns r, n, and for partial correlations controls (their number).
        margin: the |r| that would matter.
        alpha: level of each test.

    Returns:
        The columns of `correlations` but r, n and note, and n, estimate (r), low and high (the
        1 − 2α interval), margin, p_difference, p_equivalence, verdict, note.

    Raises:
        InputError: a column is missing, or margin or alpha is out of range.
    """
    _check(margin, alpha)
    if margin >= 1:
        raise InputError(f"margin is {margin}; expected less than 1, as it is a correlation.")
    require(correlations, ["r", "n"], "the table of correlations")
    about = [name for name in correlations if name not in ("r", *_RESULT)]
    rows = [
        {name: row[name] for name in about}
        | _correlated(row["r"], row["n"], row.get("controls", 0), margin, alpha)
        for row in correlations.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=[*about, *_RESULT])


def _correlated(r: float, n: float, controls: float, margin: float, alpha: float) -> dict[str, Any]:
    row = blank(_RESULT) | {"n": n, "estimate": r, "margin": margin, "verdict": ""}
    freedom = n - controls - 3
    if math.isnan(r) or not freedom > 0:
        return row | {"note": "no correlation" if math.isnan(r) else "too few observations"}
    z, bound, error = (
        np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)),
        np.arctanh(margin),
        freedom**-0.5,
    )
    reach = stats.norm.isf(alpha) * error
    row["low"], row["high"] = float(np.tanh(z - reach)), float(np.tanh(z + reach))
    row["p_difference"] = float(2 * stats.norm.sf(abs(z) / error))
    row["p_equivalence"] = float(stats.norm.sf((bound - abs(z)) / error))
    return row | {"verdict": verdict(row["p_difference"], row["p_equivalence"], alpha)}


def _check(margin: float, alpha: float) -> None:
    if not margin > 0:
        raise InputError(f"margin is {margin}; expected more than 0.")
    if not 0 < alpha < 0.5:
        raise InputError(f"alpha is {alpha}; expected between 0 and 0.5.")
