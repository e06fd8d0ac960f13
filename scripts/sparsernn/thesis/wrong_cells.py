"""How sharp the criteria of both editions are: would they accept the r of another cell?"""

import itertools
from collections import Counter

import pandas as pd

from sparsernn.thesis.agreement import AGREES, CANNOT_TELL, DISAGREES, by_correlation
from sparsernn.thesis.claims_table import split_criterion
from sparsernn.thesis.second_tests import GRAPHS_OF_THESIS, R_BOUND

__all__ = ["wrong_cells"]

_ROUNDING = 1e-9


def wrong_cells(claims: pd.DataFrame, confidence: float = 0.95) -> dict[str, int]:
    """Judge each of the thesis's correlations by its value for each other cell, which is wrong.

    Args:
        claims: columns cell, statement, criterion and published; of the claims on correlations, one
            a cell and property, or several rows of the same.
        confidence: of the second edition's tests.

    Returns:
        pairs (of a right and a wrong cell), first (how many the first edition's criterion accepts),
        and how many the second edition says "agrees", "disagrees" and "can't tell" of.
    """
    of_r = claims[claims["statement"].str.startswith("Pearson's r of ")]
    known = of_r.assign(what=of_r["statement"].map(_before_the_value))
    known = known.drop_duplicates(["cell", "what"])
    counts: Counter[str] = Counter(pairs=0, first=0, **{AGREES: 0, DISAGREES: 0, CANNOT_TELL: 0})
    for _, rows in known.groupby("what", sort=False):
        for right, wrong in itertools.permutations(rows.to_dict("records"), 2):
            one, other = float(right["published"]), float(wrong["published"])
            _, amount = split_criterion(right["criterion"])
            graphs = GRAPHS_OF_THESIS
            second = by_correlation((one, graphs), (other, graphs), R_BOUND, confidence).verdict
            counts.update(["pairs", second])
            counts["first"] += abs(one - other) <= amount + _ROUNDING
    return dict(counts)


def _before_the_value(statement: str) -> str:
    return statement.rpartition(" is ")[0]
