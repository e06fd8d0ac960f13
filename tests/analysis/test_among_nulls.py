"""A graph among its null models: a planted effect is found, and a planted null at its rate."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from simulated import within_limits

from sparsernn.analysis.among_nulls import ALL_CELLS, Level, among_nulls, place_p, powered
from sparsernn.errors import InputError

NULLS = ("keep_in_out_degrees", "same_density")


def study(
    graphs: int = 1,
    nulls: int = 39,
    starts: int = 1,
    *,
    effect: float = 0.0,
    start_sd: float = 0.5,
    seed: int = 0,
) -> pd.DataFrame:
    """Networks of some graphs and their null models; an effect in standard deviations of graphs.

    The response is skewed, so that nothing rests on normal values.
    """
    rng, rows = np.random.default_rng(seed), []
    for graph in range(graphs):
        for null, copies in (("", 1), *((name, nulls) for name in NULLS)):
            drawn = rng.exponential(size=(copies, 1)) + (effect if null == "" else 0)
            values = drawn + start_sd * rng.normal(size=(copies, starts))
            rows += [
                (graph, null or math.nan, copy if null else math.nan, start, values[copy, start])
                for copy in range(copies)
                for start in range(starts)
            ]
    table = pd.DataFrame(rows, columns=["graph", "null", "copy", "seed", "late_test_acc"])
    return table.assign(protocol="corrected", cell="gru", original="own", status="ok")


def placed(table: pd.DataFrame, level: Level | None = None) -> pd.DataFrame:
    return among_nulls(table, ["late_test_acc"], level)


def test_one_more_null_is_found_at_the_stated_rate() -> None:
    draws = np.random.default_rng(1).exponential(size=(2000, 20))
    p_values = np.array([place_p(draw[0], draw[1:]) for draw in draws])
    for rate in (0.05, 0.1, 0.5):
        assert within_limits((p_values <= rate + 1e-9).sum(), 2000, rate)
    found = placed(study(graphs=100, nulls=19, starts=2))
    assert within_limits((found["p_value"] <= 0.05).sum(), 200, 0.05)
    assert (found["p_adjusted"] > 0.05).all()


def test_a_planted_effect_is_found_beyond_doubt() -> None:
    found = placed(study(effect=8.0, starts=3))
    assert found["null"].tolist() == list(NULLS)
    assert (found["p_value"] == 1 / 40).all() and (found["p_adjusted"] == 1 / 40).all()
    assert (found["low"] > 4).all() and (found["high"] < 14).all() and (found["sds"] > 4).all()
    assert found[["nulls", "starts", "tests"]].to_numpy().tolist() == [[39, 3, 2], [39, 3, 2]]
    assert (found["note"] == "").all()


def test_cells_together_show_what_no_single_one_does() -> None:
    cells = ["gru", "lstm", "rnn_relu", "rnn_tanh"]
    apart = [study(effect=2.5, seed=i).assign(cell=cell) for i, cell in enumerate(cells)]
    found = placed(pd.concat(apart)).set_index("cell")
    assert (found.loc[ALL_CELLS, "p_adjusted"] <= 0.05).all()
    assert (found.loc[cells, "p_adjusted"] > 0.05).all()
    assert set(found.loc[ALL_CELLS, "tests"]) == {2} and set(found.loc[cells, "tests"]) == {8}
    means = found.loc[cells].groupby("null")["value"].mean()
    assert np.allclose(found.loc[ALL_CELLS].set_index("null")["value"], means)


def test_cells_together_are_found_at_the_stated_rate() -> None:
    table = study(graphs=200, nulls=19, seed=3)
    other = table.assign(cell="lstm", late_test_acc=-0.5 * table["late_test_acc"] ** 2)
    found = placed(pd.concat([table, other])).query("cell == @ALL_CELLS")
    assert within_limits((found["p_value"] <= 0.05).sum(), 400, 0.05)


def test_a_null_graph_that_one_cell_did_not_train_on_is_no_part_of_all() -> None:
    table = pd.concat([study(nulls=5), study(nulls=5).assign(cell="lstm")], ignore_index=True)
    table.loc[(table["copy"] == 2) & (table["cell"] == "lstm"), "status"] = "diverged"
    found = placed(table).set_index("cell")["nulls"]
    assert found[ALL_CELLS].tolist() == [4, 4] and found["gru"].tolist() == [5, 5]


def test_intervals_hold_the_graph_s_own_difference_from_its_null_model() -> None:
    drawn = {"graphs": 100, "nulls": 19, "starts": 3}
    found = placed(study(**drawn, start_sd=1.0)).query("null == 'same_density'")
    without_luck = study(**drawn, start_sd=0.0)  # the same graphs
    graphs = without_luck[without_luck["null"].isna()].groupby("graph")["late_test_acc"].mean()
    truth = graphs.to_numpy() - 1  # the mean of the null model
    assert within_limits(found["low"].le(truth).mul(found["high"].ge(truth)).sum(), 100, 0.95)


def test_how_many_nulls_a_claim_needs() -> None:
    found = placed(study(nulls=19, effect=8.0)).iloc[0]
    assert found[["together", "alone"]].tolist() == [2, 39]  # of two tests, at least 1 / 20
    enough = placed(study(nulls=39, effect=8.0)).iloc[0]
    assert enough["together"] == 1 and enough["alone"] == 39
    assert found["p_adjusted"] == 0.05 and enough["for_power"] >= 39
    assert math.isnan(placed(study())["for_power"].iloc[0])  # no effect, so no number is enough
    one = placed(study(nulls=9, effect=8.0)).iloc[0]
    assert one["together"] == 4 > one["tests"] and one["p_adjusted"] > 0.05


def test_the_number_for_power_has_it() -> None:
    rng, count = np.random.default_rng(0), powered(2.5, 0.05, 0.8)
    far = stats.binom.rvs(int(count), 2 * stats.norm.sf(2.5), size=4000, random_state=rng)
    assert ((1 + far) / (1 + count) <= 0.05).mean() >= 0.78
    assert count > powered(3.0, 0.05, 0.8) == powered(-3.0, 0.05, 0.8)


def test_p_counts_ties_and_has_no_side() -> None:
    nulls = np.array([1.0, 2.0, 3.0, 4.0])
    assert place_p(-5.0, nulls) == place_p(10.0, nulls) == 1 / 5
    assert place_p(0.1 + 0.2, np.array([0.3, 0.3, 0.3])) == 1


@pytest.mark.parametrize(
    ("change", "note"),
    [
        (lambda table: table[table["copy"].isna() | (table["copy"] < 2)], "2 of 3 null graphs"),
        (lambda table: table[table["null"].notna()], "no network on the graph itself"),
        (lambda table: table.assign(late_test_acc=0.5), "all null graphs are alike"),
        (lambda table: table, "one start: the interval allows"),
    ],
)
def test_what_cannot_be_told_is_noted(change, note: str) -> None:
    found = placed(change(study()))
    assert found["note"].str.startswith(note).all()
    assert found["low"].isna().all() == (not note.startswith("one start"))


def test_networks_that_failed_are_left_out() -> None:
    table = study(nulls=5)
    table.loc[table["copy"] == 2, "status"] = "diverged"
    assert placed(table)["nulls"].tolist() == [4, 4]
    assert placed(table.assign(status="diverged")).empty


def test_a_level_is_a_probability() -> None:
    with pytest.raises(InputError, match=r"alpha is 5; expected between 0 and 1"):
        Level(alpha=5)
