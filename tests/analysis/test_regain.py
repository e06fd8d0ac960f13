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


def tables(
    curves: dict[tuple[int, int], Sequence[float]], diverged: Sequence[tuple[int, int]] = ()
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Curves by (percent, seed); the dense networks have an accuracy of 0.99."""
    networks = pd.DataFrame(
        [
            KEY | {"percent": p, "seed": s, "status": "diverged" if (p, s) in diverged else "ok"}
            for p, s in curves
        ]
    )
    history = pd.DataFrame(
        [
            KEY | {"percent": p, "seed": s, "epoch": epoch, "test_acc": accuracy}
            for (p, s), curve in curves.items()
            for epoch, accuracy in enumerate(curve)
        ]
    )
    seeds = sorted({s for _, s in curves})
    dense = pd.DataFrame(
        [{"protocol": "corrected", "cell": "gru", "seed": s, "test_acc": 0.99} for s in seeds]
    )
    return networks, history, dense


def test_first_epochs_over_seeds_with_never() -> None:
    made = tables(
        {(50, 0): [0.5, 0.97, 0.985], (50, 1): [0.985, 0.9, 0.9], (50, 2): [0.5, 0.6, 0.6]}
    )
    table = epochs_to_regain(regained(*made, 0.01, [0.95])).set_index("rule")
    near = table.loc["dense - 0.01"]
    assert (near["seeds"], near["regained"]) == (3, 2)
    assert list(near[["earliest", "median", "latest"]]) == ["0", "2", NEVER]
    assert list(table.loc["0.95", ["earliest", "median", "latest"]]) == ["0", "1", NEVER]


def test_an_accuracy_exactly_at_the_level_is_enough() -> None:
    made = tables({(50, 0): [0.5, 0.99 - 0.01]})
    assert epochs_to_regain(regained(*made, 0.01, [])).loc[0, "median"] == "1"


def test_seeds_that_have_regained_by_each_epoch() -> None:
    made = tables({(50, 0): [0.5, 0.97, 0.99], (50, 1): [0.5, 0.6, 0.6]})
    table = regained_by_epoch(regained(*made, 0.01, []), 2)
    assert table["epoch"].tolist() == [0, 1, 2]
    assert table["regained"].tolist() == [0, 0, 1]
    assert set(table["seeds"]) == {2}


def test_safe_is_up_to_the_first_percentage_that_is_not() -> None:
    made = tables(
        {(10, 0): [0.99, 0.99], (20, 0): [0.5, 0.99], (30, 0): [0.99, 0.5], (40, 0): [0.99, 0.99]}
    )
    table = safe_percent(regained(*made, 0.01, [])).set_index("measured")
    assert table.loc["pruned", "median"] == 10
    assert table.loc["retrained", "median"] == 20


def test_a_network_that_diverged_is_counted_and_never_regains() -> None:
    made = tables({(10, 0): [], (10, 1): [0.99, 0.99]}, diverged=[(10, 0)])
    epochs = epochs_to_regain(regained(*made, 0.01, []))
    assert epochs.loc[0, ["seeds", "regained", "latest"]].tolist() == [2, 1, NEVER]
    safe = safe_percent(regained(*made, 0.01, [])).set_index("measured")
    assert safe.loc["retrained", ["least", "most"]].tolist() == [0, 10]


def test_retraining_without_pruning_has_no_safe_percentage() -> None:
    made = tables({(0, 0): [0.99, 0.99]})
    assert safe_percent(regained(*made, 0.01, [])).empty
    assert len(epochs_to_regain(regained(*made, 0.01, []))) == 1


@pytest.mark.parametrize(("regains", "median"), [((1, 3), "2"), ((1, 9), NEVER), ((9, 9), NEVER)])
def test_the_median_of_two_seeds_is_never_if_one_of_them_is(
    regains: tuple[int, int], median: str
) -> None:
    curves = {(50, seed): [0.5] * at + [0.99] for seed, at in enumerate(regains)}
    made = tables({key: curve[:9] for key, curve in curves.items()})
    assert epochs_to_regain(regained(*made, 0.01, [])).loc[0, "median"] == median


def test_a_network_that_diverged_after_it_had_regained_is_not_safe() -> None:
    made = tables({(10, 0): [0.5, 0.99, 0.99]}, diverged=[(10, 0)])
    assert epochs_to_regain(regained(*made, 0.01, [])).loc[0, "median"] == "1"
    assert (safe_percent(regained(*made, 0.01, []))["most"] == 0).all()


def test_a_percentage_that_a_seed_lacks_is_not_safe_for_it() -> None:
    fine = [0.99, 0.99]
    made = tables({(10, 0): fine, (20, 0): fine, (30, 0): fine, (10, 1): fine, (30, 1): fine})
    safe = safe_percent(regained(*made, 0.01, []))
    assert set(safe["least"]) == {10} and set(safe["most"]) == {30}


def test_each_seed_is_held_against_its_own_dense_network() -> None:
    networks, history, dense = tables({(50, 0): [0.96, 0.96], (50, 1): [0.96, 0.96]})
    dense["test_acc"] = [0.97, 0.98]
    table = epochs_to_regain(regained(networks, history, dense, 0.01, [0.92])).set_index("rule")
    assert table["regained"].to_dict() == {"dense - 0.01": 1, "0.92": 2}


def test_percentages_count_in_their_order_not_in_that_of_the_rows() -> None:
    assert safe_up_to(pd.Series({30.0: True, 10.0: True, 20.0: False})) == 10
