"""Tests of agreement: they know how often they err, and say so when they can't tell."""

import itertools
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from thesis_tables import sparse_networks

from sparsernn.thesis.agreement import (
    AGREES,
    CANNOT_TELL,
    DISAGREES,
    Estimate,
    by_correlation,
    by_difference,
    by_few_seeds,
    by_place,
    by_statement,
)
from sparsernn.thesis.claims_table import read_claims
from sparsernn.thesis.essential_sets import by_sets, member
from sparsernn.thesis.quantities import PRINTED
from sparsernn.thesis.wrong_cells import wrong_cells

PUBLISHED = Path(__file__).parents[2] / "config" / "published"
TWENTY = [0.5 + 0.02 * seed for seed in range(20)]


@pytest.mark.parametrize(
    ("thesis", "verdict", "quantile"),
    [(0.7, AGREES, 0.525), (0.49, DISAGREES, 0.0), (0.9, DISAGREES, 1.0), (0.88, AGREES, 0.975)],
)
def test_a_run_has_its_place_among_twenty_seeds(
    thesis: float, verdict: str, quantile: float
) -> None:
    found = by_place(thesis, TWENTY)
    assert (found.verdict, found.self_rate) == (verdict, pytest.approx(0.9))
    assert found.quantile == pytest.approx(quantile)
    assert "prediction interval of 90%; the thesis is at quantile" in found.reason
    assert found.chance == pytest.approx(2 / 21)


def test_a_range_of_few_seeds_can_t_tell() -> None:
    for thesis in (0.55, 0.9):
        found = by_place(thesis, TWENTY[:5])
        assert (found.verdict, found.self_rate) == (CANNOT_TELL, pytest.approx(0.6))
        assert found.chance == 0


def test_more_seeds_never_turn_agreement_into_its_opposite() -> None:
    rng = np.random.default_rng(0)
    seeds = rng.normal(size=40)
    for thesis in rng.normal(size=50):
        verdicts = [by_place(thesis, seeds[:n]).verdict for n in range(10, 41)]
        assert DISAGREES not in verdicts[verdicts.index(AGREES) :] if AGREES in verdicts else True


def test_the_range_holds_another_draw_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(2000, 21))
    found = [by_place(one[0], one[1:]).verdict for one in draws]
    assert found.count(DISAGREES) / len(found) == pytest.approx(2 / 21, abs=0.02)


def test_a_difference_that_does_not_matter_is_none() -> None:
    assert by_place(0.99984, [1.0] * 20).verdict == DISAGREES
    found = by_place(0.99984, [1.0] * 20, margin=0.005)
    assert (found.verdict, found.self_rate) == (AGREES, 1.0)


@pytest.mark.parametrize(
    ("meeting", "of", "verdict"),
    [
        *((8, 8, AGREES), (7, 8, CANNOT_TELL), (0, 8, DISAGREES), (5, 5, CANNOT_TELL)),
        *((16, 20, AGREES), (15, 20, CANNOT_TELL), (4, 20, DISAGREES), (10, 20, CANNOT_TELL)),
    ],
)
def test_most_seeds_decide_a_statement(meeting: int, of: int, verdict: str) -> None:
    meets = [True] * meeting + [False] * (of - meeting)
    assert by_statement(meets, True, 0.95).verdict == verdict


@pytest.mark.parametrize(
    ("thesis", "ours", "verdict"),
    [
        (0.95, [0.95], CANNOT_TELL),
        (0.95, [0.94, 0.96], CANNOT_TELL),
        (0.95, [0.9501, 0.9502, 0.9499, 0.95], AGREES),
        (0.5, [0.94, 0.95, 0.96], DISAGREES),
        (0.95, [1.0, 1.0], CANNOT_TELL),
        (1.0, [1.0, 1.0], AGREES),
        (math.inf, [1.0, 2.0, 3.0], CANNOT_TELL),
    ],
)
def test_few_seeds_need_a_large_difference(thesis: float, ours: list[float], verdict: str) -> None:
    assert by_few_seeds(thesis, ours, 0.005, 0.95).verdict == verdict


def printed() -> pd.Series:
    return pd.read_csv(PUBLISHED / "pearson.csv").set_index(["cell", "property"])["r"]


def test_a_wrong_cell_s_r_no_longer_passes() -> None:
    """Within 0.2, as the first edition asked, most would."""
    found = wrong_cells(read_claims(PUBLISHED / "claims.csv"))
    assert found == {"pairs": 144, "first": 130, AGREES: 0, DISAGREES: 24, CANNOT_TELL: 120}
    table = printed()
    for right, wrong in itertools.permutations(table.index.unique("cell"), 2):
        for name in PRINTED:
            one = by_correlation((table[right, name], 200), (table[wrong, name], 200), 0.2, 0.95)
            assert one.self_rate < 0.8


def test_the_thesis_s_own_csvs_say_the_same_of_wrong_cells() -> None:
    claims = read_claims(PUBLISHED / "claims.csv")
    of_r = claims[claims["measure"] == "correlation"]
    computed = of_r.assign(published=of_r["thesis_value"])  # of its CSVs, in six decimals
    assert wrong_cells(computed)["first"] == 130


def test_a_significant_difference_disagrees_at_any_rate() -> None:
    """A low rate only says that the test could not have said "agrees"."""
    found = by_correlation((0.4, 200), (0.8, 200), 0.2, 0.95)
    assert (found.verdict, found.self_rate < 0.3) == (DISAGREES, True)
    few = by_few_seeds(0.5, [0.94, 0.95, 0.96], 0.005, 0.95)
    assert (few.verdict, few.self_rate) == (DISAGREES, 0)
    rng = np.random.default_rng(4)
    z = np.arctanh(0.4) + rng.normal(size=(4000, 2)) / math.sqrt(197)
    pairs = [by_correlation((a, 200), (b, 200), 0.2, 0.95) for a, b in np.tanh(z)]
    verdicts = [one.verdict for one in pairs]
    assert verdicts.count(DISAGREES) / len(pairs) == pytest.approx(0.05, abs=0.01)
    assert AGREES not in verdicts or max(one.self_rate for one in pairs) >= 0.8


@pytest.mark.parametrize("count", range(5, 13))
def test_a_range_of_fewer_than_ten_different_seeds_never_tells(count: int) -> None:
    seeds = list(np.linspace(0.5, 0.6, count))
    verdicts = {by_place(thesis, seeds).verdict for thesis in (0.55, 0.9)}
    assert verdicts == ({AGREES, DISAGREES} if count >= 10 else {CANNOT_TELL})
    tied = [0.5, 0.5, *seeds, 0.6, 0.6]  # the range stays whichever is left out
    assert {by_place(thesis, tied).verdict for thesis in (0.55, 0.9)} == {AGREES, DISAGREES}


def test_what_most_seeds_show_is_limited_by_its_rate_either_way() -> None:
    for meeting, limited in ((15, True), (16, False), (5, True), (4, False)):
        found = by_statement([True] * meeting + [False] * (20 - meeting), True, 0.95)
        assert (found.verdict == CANNOT_TELL) == limited


def test_enough_graphs_can_confirm_an_r() -> None:
    found = by_correlation((0.4, 2000), (0.41, 2000), 0.2, 0.95)
    assert (found.verdict, found.self_rate) == (AGREES, pytest.approx(1, abs=1e-3))
    assert by_correlation((0.4, 2000), (0.8, 2000), 0.2, 0.95).verdict == DISAGREES


def test_halves_of_the_thesis_s_graphs_differ_as_often_as_chance(thesis: Path) -> None:
    networks = sparse_networks(thesis)
    rng = np.random.default_rng(2)
    rejected = []
    for _ in range(30):
        for _, rows in networks.groupby("cell"):
            order = rng.permutation(len(rows))
            halves = [rows.iloc[order[i::2]] for i in range(2)]
            for name in PRINTED:
                one, two = ((half[name].corr(half["test_acc"]), len(half)) for half in halves)
                rejected.append(by_correlation(one, two, 0.2, 0.95).verdict == DISAGREES)
    assert 0.02 < np.mean(rejected) < 0.1  # 0.05 if the values were normal


def test_the_thesis_s_r2_has_an_error_too() -> None:
    ours = Estimate(0.30, 0.25, 0.35)
    assert by_difference(Estimate(0.6, 0.6, 0.6), ours, 0.1, 0.95).verdict == DISAGREES
    found = by_difference(Estimate(0.6, 0.1, 0.8), ours, 0.1, 0.95)
    assert (found.verdict, found.self_rate) == (CANNOT_TELL, 0.0)
    skewed = Estimate(0.6, 0.5, 1.5)  # only its lower end matters for a lower value
    assert by_difference(skewed, ours, 0.1, 0.95).verdict == DISAGREES
    narrow = Estimate(0.31, 0.29, 0.33)
    assert by_difference(narrow, Estimate(0.30, 0.28, 0.32), 0.1, 0.95).verdict == AGREES


def essentials(graphs: int, cells: int, level: float = 0.4) -> dict:
    table = printed()
    chosen = table.index.unique("cell") if cells > 1 else ["gru"]
    return {
        name: member({c: (table[c, name], graphs) for c in chosen}, level, cells, 0.95)
        for name in PRINTED
    }


@pytest.mark.parametrize("cells", [4, 3])
def test_sets_with_undecided_members_can_t_tell(cells: int) -> None:
    """C171 and C172: the thesis's own 200 graphs leave most of their members open."""
    thesis = essentials(200, cells)
    assert sum(one.sure is None for one in thesis.values()) >= 5
    found = by_sets(thesis, thesis)
    assert found.verdict == CANNOT_TELL
    assert "undecided: " in found.reason and "nodes" in found.reason


def test_sets_agree_or_disagree_where_members_are_sure() -> None:
    sure = essentials(100_000, 1)
    assert by_sets(sure, sure).verdict == AGREES
    other = sure | {"source_nodes": member({"gru": (0.1, 200)}, 0.4, 1, 0.95)}
    found = by_sets(sure, other)
    assert (found.verdict, "source_nodes" in found.reason) == (DISAGREES, True)


def test_the_first_edition_s_normal_rate_is_that_of_simulated_runs() -> None:
    rng = np.random.default_rng(3)
    z = np.arctanh(0.4) + rng.normal(size=(20_000, 2)) / math.sqrt(197)
    simulated = np.mean(np.abs(np.diff(np.tanh(z))) <= 0.1)
    error = (1 - 0.4**2) * math.sqrt(2 / 197)
    assert simulated == pytest.approx(2 * stats.norm.cdf(0.1 / error) - 1, abs=0.01)
