"""Epochs to regain and safe percentages, against tables counted by hand."""

from collections.abc import Sequence

import pandas as pd
import pytest

from sparsernn.analysis.regain import (
    NEVER,
    epochs_to_regain,
    regained,
    regained_by_epoch,
    safe_percent,
    safe_up_to,
)

KEY = {"protocol": "corrected", "cell": "gru", "schedule": "one_shot", "target": "both"}
Curves = dict[tuple[int, int], Sequence[float]]  # by percent and seed


def held(
    curves: Curves,
    diverged: Sequence[tuple[int, int]] = (),
    levels: Sequence[float] = (),
    dense: Sequence[float] = (0.99, 0.99, 0.99),
) -> pd.DataFrame:
    """The curves held against the accuracies of their seeds' dense networks, and against levels."""
    keys = [KEY | {"percent": percent, "seed": seed} for percent, seed in curves]
    status = ["diverged" if key in diverged else "ok" for key in curves]
    history = [
        key | {"epoch": epoch, "test_acc": accuracy}
        for key, curve in zip(keys, curves.values(), strict=True)
        for epoch, accuracy in enumerate(curve)
    ]
    accuracies = [KEY | {"seed": seed, "test_acc": value} for seed, value in enumerate(dense)]
    tables = pd.DataFrame(keys).assign(status=status), pd.DataFrame(history)
    return regained(*tables, pd.DataFrame(accuracies), 0.01, levels)


def test_first_epochs_over_seeds_with_never() -> None:
    curves = {(50, 0): [0.5, 0.97, 0.985], (50, 1): [0.985, 0.9, 0.9], (50, 2): [0.5, 0.6, 0.6]}
    table = epochs_to_regain(held(curves, levels=[0.95]))
    columns = ["rule", "seeds", "regained", "earliest", "median", "latest"]
    assert table[columns].values.tolist() == [
        ["dense - 0.01", 3, 2, "0", "2", NEVER],
        ["0.95", 3, 2, "0", "1", NEVER],
    ]


def test_seeds_that_have_regained_by_each_epoch() -> None:
    curves = {(50, 0): [0.5, 0.97, 0.99], (50, 1): [0.5, 0.6, 0.6]}
    table = regained_by_epoch(held(curves), 2)
    assert table[["epoch", "regained"]].values.tolist() == [[0, 0], [1, 0], [2, 1]]
    assert set(table["seeds"]) == {2}


@pytest.mark.parametrize(
    ("curves", "median"),
    [
        ([[0.5, 0.99 - 0.01]], "1"),
        ([[0.5, 0.99], [0.5, 0.5, 0.5, 0.99]], "2"),
        ([[0.5, 0.99], 9 * [0.5]], NEVER),
        ([9 * [0.5], 9 * [0.5]], NEVER),
    ],
    ids=["exactly at the level", "both seeds", "one seed", "no seed"],
)
def test_the_median_is_never_if_one_of_two_seeds_is(curves: list[list[float]], median: str) -> None:
    table = epochs_to_regain(held({(50, seed): curve for seed, curve in enumerate(curves)}))
    assert table["median"].tolist() == [median]


def test_safe_is_up_to_the_first_percentage_that_is_not() -> None:
    fine = [0.99, 0.99]
    curves = {(10, 0): fine, (20, 0): [0.5, 0.99], (30, 0): [0.99, 0.5], (40, 0): fine}
    table = safe_percent(held(curves))
    assert table.set_index("measured")["median"].to_dict() == {"pruned": 10, "retrained": 20}


def test_a_network_that_diverged_is_counted_and_never_regains() -> None:
    table = held({(10, 0): [], (10, 1): [0.99, 0.99]}, diverged=[(10, 0)])
    epochs, safe = epochs_to_regain(table), safe_percent(table).set_index("measured")
    assert epochs.loc[0, ["seeds", "regained", "latest"]].tolist() == [2, 1, NEVER]
    assert safe.loc["retrained", ["least", "most"]].tolist() == [0, 10]


def test_a_network_that_diverged_after_it_had_regained_is_not_safe() -> None:
    table = held({(10, 0): [0.5, 0.99, 0.99]}, diverged=[(10, 0)])
    assert epochs_to_regain(table)["median"].tolist() == ["1"]
    assert set(safe_percent(table)["most"]) == {0}


def test_retraining_without_pruning_has_no_safe_percentage() -> None:
    table = held({(0, 0): [0.99, 0.99]})
    assert safe_percent(table).empty
    assert len(epochs_to_regain(table)) == 1


def test_a_percentage_that_a_seed_lacks_is_not_safe_for_it() -> None:
    keys = [(10, 0), (20, 0), (30, 0), (10, 1), (30, 1)]
    safe = safe_percent(held(dict.fromkeys(keys, (0.99, 0.99))))
    assert set(safe["least"]) == {10} and set(safe["most"]) == {30}


def test_each_seed_is_held_against_its_own_dense_network() -> None:
    curves = dict.fromkeys([(50, 0), (50, 1)], (0.96, 0.96))
    table = epochs_to_regain(held(curves, levels=[0.92], dense=[0.97, 0.98]))
    assert table.set_index("rule")["regained"].to_dict() == {"dense - 0.01": 1, "0.92": 2}


def test_percentages_count_in_their_order_not_in_that_of_the_rows() -> None:
    assert safe_up_to(pd.Series({30.0: True, 10.0: True, 20.0: False})) == 10
