"""Correlation, prediction and regression: the thesis's numbers, known answers, poor tables."""

import math
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from statsmodels.stats.diagnostic import linear_reset
from statsmodels.stats.outliers_influence import variance_inflation_factor
from thesis_tables import sparse_networks

from sparsernn.analysis.cases import join
from sparsernn.analysis.correlation import correlations
from sparsernn.analysis.prediction import REGRESSORS, CrossValidation, ThesisSplit, prediction
from sparsernn.analysis.regression import ols
from sparsernn.errors import InputError
from sparsernn.graphs.property_names import PROPERTIES

PUBLISHED = Path(__file__).parents[2] / "config" / "published"
SCHEMES = ["thesis_split", "cross_validation"]
CELLS = ("rnn_tanh", "rnn_relu", "lstm", "gru")


def observed(columns: dict[str, Sequence[float]], **given: object) -> pd.DataFrame:
    """A joined table with one network a graph."""
    table = pd.DataFrame(columns)
    fixed = {"protocol": "corrected", "cell": "gru", "family": "f", "seed": 0, "status": "ok"}
    return table.assign(**{"graph": range(len(table)), **fixed, **given})


def random_table(count: int = 30, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    columns = {name: rng.normal(size=count) for name in PROPERTIES}
    accuracy = 0.8 + 0.05 * columns["nodes"] + 0.02 * rng.normal(size=count)
    return observed({**columns, "test_acc": accuracy})


def predict(
    table: pd.DataFrame, seed: int = 1, share: float = 0.1, folds: int = 3, repeats: int = 2
) -> pd.DataFrame:
    crossed = CrossValidation(folds, repeats, 0.9, seed)
    return prediction(table, ThesisSplit(share, 7, 0.9, seed), crossed)


def test_a_correlation_between_families_is_none_within_them() -> None:
    rng = np.random.default_rng(0)
    high = np.arange(200) % 2  # two families that differ in both, and nothing else
    x, y = (high + 0.1 * rng.normal(size=200) for _ in range(2))
    table = random_table(200).assign(nodes=x, test_acc=y, family=np.where(high, "a", "b"))
    row = correlations(table, ["nodes", "edges"], 0.95).set_index("property").loc["nodes"]
    assert row["r"] > 0.9 and row["low_within"] < 0 < row["high_within"]
    both = [table.loc[high == one, ["nodes", "test_acc"]] for one in (0, 1)]
    centred = np.concatenate([(part - part.mean()).to_numpy() for part in both])
    assert row["r_within"] == pytest.approx(np.corrcoef(centred.T)[0, 1])
    assert row["high_within"] - row["low_within"] == pytest.approx(2 * 1.96 / 14, rel=0.02)
    exact = table.assign(test_acc=table["nodes"] / 10)
    row = correlations(exact, ["nodes"], 0.95).iloc[0]
    assert row[["r_within", "low_within", "high_within"]].tolist() == pytest.approx([1, 1, 1])
    alone = correlations(random_table(), ["nodes"], 0.95)
    assert alone[["r_within", "low_within", "high_within"]].isna().all(axis=None)


@pytest.fixture
def only_linear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the slow regressors."""
    linear = {"bayesian_ridge": REGRESSORS["bayesian_ridge"]}
    monkeypatch.setattr("sparsernn.analysis.prediction.REGRESSORS", linear)


def test_the_48_published_correlations_come_back(thesis: Path) -> None:
    printed = pd.read_csv(PUBLISHED / "pearson.csv")
    found = correlations(sparse_networks(thesis), PROPERTIES, 0.95).merge(
        printed, on=["cell", "property"], suffixes=("", "_published")
    )
    assert len(found) == len(printed) == 48
    np.testing.assert_allclose(found["r"], found["r_published"], rtol=0, atol=0.005 + 1e-9)


@pytest.mark.usefixtures("only_linear")
def test_the_published_r2_of_bayesian_ridge_come_back(thesis: Path) -> None:
    printed = pd.read_csv(PUBLISHED / "r2.csv")
    found = predict(sparse_networks(thesis)).query("scheme == 'thesis_split'")
    found = found.merge(printed, on=["cell", "regressor"], suffixes=("", "_published"))
    assert list(found["cell"]) == list(CELLS)
    np.testing.assert_allclose(found["r2"], found["r2_published"], rtol=0, atol=1e-4)


def test_join_keeps_the_order_of_networks_and_gives_each_its_graph() -> None:
    networks = pd.DataFrame(
        {"family": ["b", "a", "b", "b"], "graph": [1, 0, 0, 1], "test_acc": [0.1, 0.2, 0.3, 0.4]}
    )
    properties = pd.DataFrame({"family": ["a", "b", "b"], "graph": [0, 0, 1], "nodes": [5, 6, 7]})
    expected = networks.assign(nodes=[7, 5, 6, 7])
    pd.testing.assert_frame_equal(join(networks, properties), expected)


@pytest.mark.parametrize(
    ("graph", "measured", "message"),
    [
        (2, [0], "no properties of a/2"),
        ("mine", [0], "no properties of a/mine"),
        (0, [0, 0], "properties of a/0"),
    ],
)
def test_join_needs_one_row_of_each_graph(graph: object, measured: list[int], message: str) -> None:
    properties = pd.DataFrame({"family": "a", "graph": measured, "nodes": 5})
    with pytest.raises(InputError, match=message):
        join(pd.DataFrame({"family": ["a"], "graph": [graph]}), properties)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="no column nodes"):
        correlations(random_table().drop(columns="nodes"), PROPERTIES, 0.95)


def test_an_observation_is_the_mean_over_the_seeds_of_a_graph() -> None:
    table = random_table(12)
    shift = np.random.default_rng(3).normal(size=len(table))
    up = table.assign(test_acc=table["test_acc"] + shift)
    down = table.assign(test_acc=table["test_acc"] - shift, seed=1)
    one = correlations(table, ["nodes"], 0.95)
    two = correlations(pd.concat([up, down]), ["nodes"], 0.95)
    assert two["n"].item() == 12
    pd.testing.assert_frame_equal(one, two)


def test_only_networks_with_status_ok_count() -> None:
    table = random_table(12)
    bad = table.assign(seed=1, status="diverged", test_acc=0.5)
    lost = table.assign(graph=table["graph"] + 100, status="failed", test_acc=math.nan)
    found, _ = ols(pd.concat([table, bad, lost]), ["nodes"], 0.95)
    pd.testing.assert_frame_equal(found, ols(table, ["nodes"], 0.95)[0])


def test_rows_follow_the_table_and_the_given_properties() -> None:
    first = random_table().assign(protocol="published", cell="lstm")
    table = pd.concat([first, random_table().assign(cell="gru"), random_table().assign(cell="a")])
    found = correlations(table, ["nodes", "edges"], 0.95)
    assert list(found["cell"]) == ["lstm", "lstm", "gru", "gru", "a", "a"]
    assert list(found["property"]) == ["nodes", "edges"] * 3
    assert list(found["protocol"])[:3] == ["published", "published", "corrected"]
    coefficients, diagnostics = ols(table, ["nodes", "edges"], 0.95)
    assert list(coefficients["term"]) == ["const", "nodes", "edges"] * 3
    assert list(diagnostics["cell"]) == ["lstm", "gru", "a"]


def test_p_values_are_adjusted_by_benjamini_and_hochberg(monkeypatch: pytest.MonkeyPatch) -> None:
    p_values = iter([0.01, 0.04, math.nan, 0.03, 0.005])
    name = "sparsernn.analysis.correlation._correlation"
    monkeypatch.setattr(name, lambda *_: {"p_value": next(p_values), "p_adjusted": math.nan})
    found = correlations(random_table(), PROPERTIES[:5], 0.95)
    # Ranks 2, 4, -, 3, 1 of four: p * 4 / rank, then the minimum over this and all larger p.
    np.testing.assert_allclose(found["p_adjusted"], [0.02, 0.04, np.nan, 0.04, 0.02])


def test_intervals_of_r_cover_the_true_correlation() -> None:
    x, noise = np.random.default_rng(0).normal(size=(2, 400 * 20))
    table = observed({"nodes": x, "test_acc": 0.6 * x + 0.8 * noise})
    table["protocol"] = np.arange(len(table)) // 20
    found = correlations(table, ["nodes"], 0.9)
    assert 0.86 < ((found["low"] < 0.6) & (found["high"] > 0.6)).mean() < 0.94


def test_a_perfect_correlation_is_no_trouble() -> None:
    row = correlations(observed({"nodes": range(9), "test_acc": range(9)}), ["nodes"], 0.95).iloc[0]
    assert row[["r", "high"]].tolist() == pytest.approx([1, 1])
    assert row["p_value"] < 1e-9


@pytest.mark.parametrize(
    ("nodes", "accuracy", "n", "note"),
    [
        ([1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4], 4, "property is constant"),
        ([1, 2, 3, 4], [0.1 + 0.2, 0.3, 0.3, 0.3], 4, "accuracy is constant"),
        ([1, 2, 3], [0.1, 0.2, 0.4], 3, "3 graphs, at least 4 needed"),
        ([1, 2, 3, math.nan], [0.1, 0.2, 0.4, 0.3], 3, "3 graphs, at least 4 needed"),
    ],
)
def test_no_r_is_explained(nodes: list[float], accuracy: list[float], n: int, note: str) -> None:
    row = correlations(observed({"nodes": nodes, "test_acc": accuracy}), ["nodes"], 0.95).iloc[0]
    assert (row["n"], row["note"]) == (n, note)
    assert row[["r", "low", "high", "p_value", "p_adjusted"]].isna().all()


def test_prediction_has_a_row_for_each_regressor_and_scheme() -> None:
    found = predict(random_table(24), share=0.5)
    rows = product(["bayesian_ridge", "random_forest", "adaboost"], SCHEMES)
    assert list(zip(found["regressor"], found["scheme"], strict=True)) == list(rows)
    assert (found["n"] == 24).all()
    assert ((found["low"] <= found["r2"]) & (found["r2"] <= found["high"])).all()
    assert (found["note"] == "").all()
    shuffled = random_table(24).sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(found, predict(shuffled, share=0.5))


def test_protocols_share_their_random_numbers_and_seeds_do_not() -> None:
    table = random_table(24)
    both = predict(pd.concat([table, table.assign(protocol="published")]))
    first, second = (rows.drop(columns="protocol") for _, rows in both.groupby("protocol"))
    pd.testing.assert_frame_equal(first.reset_index(drop=True), second.reset_index(drop=True))
    other = predict(table, seed=2)
    crossed = other["scheme"] == "cross_validation"
    assert (other["r2"].to_numpy() != first["r2"].to_numpy())[crossed].all()


@pytest.mark.usefixtures("only_linear")
def test_accuracy_that_has_nothing_to_do_with_properties_is_not_predicted() -> None:
    table = random_table(60)
    found = predict(table).query("scheme == 'cross_validation'")["r2"].item()
    table["test_acc"] = np.random.default_rng(5).normal(size=60)
    assert predict(table).query("scheme == 'cross_validation'")["r2"].item() < 0.1 < 0.6 < found


@pytest.mark.usefixtures("only_linear")
def test_with_several_starts_r2_stands_beside_its_ceiling() -> None:
    table = random_table(60)
    assert predict(table)["ceiling"].isna().all()
    noise = table["test_acc"].std() * np.random.default_rng(6).normal(size=(2, 60))
    starts = [table.assign(seed=i, test_acc=table["test_acc"] + noise[i]) for i in range(2)]
    found = predict(pd.concat(starts, ignore_index=True))
    assert found["starts"].eq(2).all()
    assert (found["ceiling_low"] < 2 / 3).all() and (found["ceiling_high"] > 2 / 3).all()
    np.testing.assert_allclose(found["ratio"], found["r2"] / found["ceiling"])


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_too_few_graphs_are_not_predicted(count: int) -> None:
    table = random_table(5).assign(status=["ok"] * count + ["diverged"] * (5 - count))
    found = predict(table, folds=4)
    assert found[["r2", "low", "high"]].isna().all(axis=None)
    assert found["note"].str.contains("held out|for 4 folds").all()


def test_four_graphs_are_just_enough() -> None:
    found = predict(random_table(4), folds=2, share=0.5)
    assert found["r2"].notna().all()
    assert found[["low", "high"]].isna().all(axis=None)
    assert found["note"].str.contains("too few for an interval").all()


def test_constant_accuracy_is_not_predicted() -> None:
    found = predict(random_table().assign(test_acc=0.5))
    assert found["r2"].isna().all()
    assert found["note"].str.contains("constant").all()


def test_one_deviant_graph_is_survived() -> None:
    found = predict(random_table().assign(test_acc=[0.9] + [0.5] * 29))
    assert found.query("scheme == 'cross_validation'")["r2"].notna().all()


@pytest.mark.usefixtures("only_linear")
def test_one_repeat_has_an_interval_over_graphs() -> None:
    row = predict(random_table(), repeats=1).iloc[1]
    assert row["low"] < row["r2"] < row["high"]


def test_ols_is_the_least_squares_solution_with_hc3_errors() -> None:
    table, features = random_table(), ["nodes", "edges", "layers"]
    design = np.column_stack([np.ones(len(table)), table[features]])
    found, diagnostics = ols(table, features, 0.9)
    solution, residual, *_ = np.linalg.lstsq(design, table["test_acc"], rcond=None)
    np.testing.assert_allclose(found["estimate"], solution)
    total = ((table["test_acc"] - table["test_acc"].mean()) ** 2).sum()
    assert diagnostics["r2"].item() == pytest.approx(1 - residual.item() / total)
    inverse = np.linalg.inv(design.T @ design)
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    scaled = design * ((table["test_acc"] - design @ solution) / (1 - leverage)).to_numpy()[:, None]
    errors = np.sqrt(np.diag(inverse @ scaled.T @ scaled @ inverse))
    np.testing.assert_allclose(found["std_error"], errors)
    inflation = [math.nan, *(variance_inflation_factor(design, i) for i in (1, 2, 3))]
    np.testing.assert_allclose(found["vif"], inflation)
    reset = linear_reset(sm.OLS(table["test_acc"], design).fit(), power=3, use_f=True)
    assert diagnostics["reset_p"].item() == pytest.approx(float(reset.pvalue), rel=1e-4)


def test_robust_intervals_cover_the_slope_under_unequal_variances() -> None:
    x, noise = np.random.default_rng(1).normal(size=(2, 150 * 40))
    table = observed({"nodes": x, "test_acc": 0.5 * x + (0.1 + np.abs(x)) * noise})
    table["protocol"] = np.arange(len(table)) // 40
    slopes = ols(table, ["nodes"], 0.9)[0].query("term == 'nodes'")
    assert 0.85 < ((slopes["low"] < 0.5) & (slopes["high"] > 0.5)).mean() < 0.96


def test_units_change_neither_fit_nor_condition() -> None:
    table, features = random_table(), ["nodes", "edges"]
    coefficients, diagnostics = ols(table, features, 0.95)
    tiny, same = ols(table.assign(edges=table["edges"] * 1e-6), features, 0.95)
    np.testing.assert_allclose(tiny["estimate"], coefficients["estimate"] * [1, 1, 1e6])
    np.testing.assert_allclose(tiny["p_value"], coefficients["p_value"])
    numbers = diagnostics.columns.drop(["protocol", "cell", "note"])
    np.testing.assert_allclose(same[numbers], diagnostics[numbers])


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"status": "diverged"}, "0 graphs, at least 4 needed for 3 terms"),
        ({"status": ["ok"] * 3 + ["diverged"] * 27}, "3 graphs, at least 4"),
        ({"test_acc": 0.5}, "accuracy is constant"),
        ({"edges": 3.0}, "constant: edges"),
        ({"edges": lambda table: 2 * table["nodes"] + 1}, "collinear"),
        ({"edges": [1.0] + [0.0] * 29}, "leverage 1"),
        ({"test_acc": lambda table: 1 - 0.1 * table["nodes"]}, "exact"),
    ],
)
def test_no_regression_is_noted(change: dict[str, object], note: str) -> None:
    coefficients, diagnostics = ols(random_table().assign(**change), ["nodes", "edges"], 0.95)
    assert list(coefficients["term"]) == ["const", "nodes", "edges"]
    assert coefficients["note"].str.contains(note).all()
    assert note in diagnostics["note"].item()
    numbers = diagnostics.columns.drop(["protocol", "cell", "n", "note"])
    assert len(numbers) == 11
    assert diagnostics[numbers].isna().all(axis=None)
    assert coefficients[["estimate", "std_error", "p_value", "vif"]].isna().all(axis=None)


def test_a_feature_of_two_values_has_no_reset_but_a_regression() -> None:
    table = random_table().assign(nodes=[0.0, 1.0] * 15)
    coefficients, diagnostics = ols(table, ["nodes"], 0.95)
    assert coefficients["estimate"].notna().all()
    assert math.isnan(diagnostics["reset_p"].item())


def test_residuals_of_one_size_are_survived() -> None:
    table = observed({"nodes": [0, 0, 1, 1], "test_acc": [0.1, 0.3, 0.5, 0.7]})
    coefficients, _ = ols(table, ["nodes"], 0.95)
    np.testing.assert_allclose(coefficients["estimate"], [0.2, 0.4])


def test_a_table_without_networks_gives_tables_without_rows() -> None:
    empty = random_table().iloc[:0]
    tables = [correlations(empty, PROPERTIES, 0.9), predict(empty), *ols(empty, ["nodes"], 0.9)]
    assert [len(table) for table in tables] == [0, 0, 0, 0]
