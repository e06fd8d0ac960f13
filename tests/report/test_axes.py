"""Axes of accuracy, intervals and the bands over seeds."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sparsernn.report.axes import accuracy_axis, half_an_error, interval, limits
from sparsernn.report.bands import over_seeds


def axes() -> Axes:
    return Figure().subplots()


def places(ax: Axes, accuracies: list[float]) -> list[float]:
    """Where accuracies lie on the y axis, as shares of it."""
    inside = ax.transData + ax.transAxes.inverted()
    return [float(inside.transform((0, accuracy))[1]) for accuracy in accuracies]


def test_an_axis_of_accuracy_shows_few_errors_as_well_as_many() -> None:
    ax = axes()
    accuracy_axis(ax, [0.5, 0.9, 1 - 1 / 6250, 1.0])
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels == ["0.5", "0.9", "0.99", "0.999", "0.9999", "1"]
    found = places(ax, [0.5, 0.9, 0.99, 0.999, 1 - 1 / 6250, 1.0])
    assert found == sorted(found)
    assert min(found) > 0.03 and max(found) < 0.97  # markers have room
    assert all(np.diff(found) > 0.08)


@pytest.mark.parametrize(
    "accuracies", [[], [1.0], [0.5], [0.0, 1.0], [np.nan, 0.7], [0.99, 1.0], [1 - 1e-9]]
)
def test_an_axis_has_labels_and_room_for_any_accuracies(accuracies: list[float]) -> None:
    ax = axes()
    accuracy_axis(ax, accuracies)
    low, high = ax.get_ylim()
    assert low < min([0.9, *accuracies]) or np.isnan(accuracies).any()
    assert high > max([0.9, *accuracies]) or np.isnan(accuracies).any()
    assert len(ax.get_yticks()) >= 2
    assert all(low <= tick <= high for tick in ax.get_yticks())


def test_no_error_lies_half_the_smallest_error_away() -> None:
    assert half_an_error([1.0, 0.5, 0.99, np.nan]) == pytest.approx(0.005)
    assert half_an_error([1.0]) == half_an_error([]) == half_an_error([0.9999999]) == 1 / 12500


def test_limits_show_all_finite_values() -> None:
    low, high = limits([np.nan, -2, 3, np.inf])
    assert -3 < low < -2 and 3 < high < 4
    assert limits([]) == (-1, 1)
    low, high = limits([5, 5])
    assert low < 5 < high


def test_an_interval_ends_in_an_arrow_only_where_it_is_cut() -> None:
    ax = axes()
    ax.set_xlim(0, 1)
    interval(ax, 0.2, 0.8, 0, "black")
    assert [list(line.get_xdata()) for line in ax.get_lines()] == [[0.2, 0.8]]
    interval(ax, -5, 7, 1, "black")
    assert [line.get_marker() for line in ax.get_lines()[2:]] == ["<", ">"]
    before = len(ax.get_lines())
    interval(ax, np.nan, 0.5, 2, "black")
    assert len(ax.get_lines()) == before


def test_bands_are_the_10_and_90_per_cent_quantiles() -> None:
    table = pd.DataFrame({"cell": "gru", "test_acc": [*np.linspace(0, 1, 11), np.nan]})
    [row] = over_seeds(table, ["cell"]).to_dict("records")
    assert row == pytest.approx(
        {"cell": "gru", "seeds": 11, "median": 0.5, "low": 0.1, "high": 0.9}
    )
