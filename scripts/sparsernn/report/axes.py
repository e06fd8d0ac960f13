"""Axes of accuracy on which few errors can be read, and intervals that may leave an axis."""

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.scale import FuncScale
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

__all__ = ["accuracy_axis", "half_an_error", "interval", "limits", "whole"]

_MARGIN = 0.06  # share of an axis that stays free at each end, so that no marker is cut
_SMALLEST = 1e-6  # a smaller error is a rounding of none
_LEAST_HALF = 1 / (2 * 6250)  # half an error in the thesis's test strings
_LABELLED = (1, 5, 2)  # digits of the errors that have labels; the first, if there is no room


def whole(table: pd.DataFrame, every: pd.DataFrame | None) -> pd.DataFrame:
    """The table of all protocols where there is one, else the table that is drawn."""
    return table if every is None else every


def half_an_error(accuracies: Iterable[float]) -> float:
    """Half of the smallest error among some accuracies, but at least 1/12500.

    That is half an error in the thesis's test strings. Were it smaller, most of an axis would be
    used for accuracies that hardly differ.

    Example:
        >>> half_an_error([0.75, 0.5, 1.0])
        0.125
    """
    errors = 1 - np.array([value for value in accuracies if math.isfinite(value)], dtype=float)
    seen = errors[errors > _SMALLEST]
    return max(float(seen.min()) / 2, _LEAST_HALF) if len(seen) else _LEAST_HALF


def accuracy_axis(
    ax: Axes,
    accuracies: Iterable[float],
    which: Literal["x", "y"] = "y",
    apart: float = 0.08,
) -> None:
    """Make an axis (shared) logarithmic in the error, with labels in accuracy.

    The place of an accuracy a is −log(1 − a + h), where h is `half_an_error`. So no errors at all
    have a place too. The axis reaches at least from 0.9 to the best accuracy.

    Args:
        ax: a panel.
        accuracies: all that figures which are compared show, of all protocols.
        which: of its axes.
        apart: least distance of two labels, as a share of the axis.
    """
    values = [float(value) for value in accuracies if math.isfinite(value)]
    half = half_an_error(values)

    def forward(accuracy: Any) -> Any:
        return -np.log10(np.maximum(1 - np.asarray(accuracy) + half, half / 100))

    def inverse(place: Any) -> Any:
        return 1 + half - 10.0 ** -np.asarray(place)

    low, high = limits(forward(np.array([0.9, *(values or [0.5, 1.0])])))
    ends = float(inverse(low)), float(inverse(high))
    ax.set(**{f"{which}scale": FuncScale(None, (forward, inverse)), f"{which}lim": ends})
    axis = ax.xaxis if which == "x" else ax.yaxis
    inside = {value: float(forward(value)) for value in _round_accuracies(_LABELLED)}
    inside = {value: place for value, place in inside.items() if low <= place <= high}
    labelled = _spaced(inside, apart * (high - low))
    axis.set_major_locator(FixedLocator(labelled))
    axis.set_major_formatter(FixedFormatter([f"{value:g}" for value in labelled]))
    every = {value: float(forward(value)) for value in _round_accuracies(range(1, 11))}
    axis.set_minor_locator(FixedLocator(_spaced(every, 0.012 * (high - low))))
    axis.set_minor_formatter(NullFormatter())


def _round_accuracies(digits: Iterable[int]) -> list[float]:
    """Accuracies whose errors have one digit, ordered by it; no errors and half come first."""
    errors = [digit * 10.0**-k for digit in digits for k in range(1, 7)]
    return list(dict.fromkeys([1.0, 0.5, *(round(1 - error, 6) for error in errors)]))


def _spaced(places: Mapping[float, float], apart: float) -> list[float]:
    """The values, the first ones first, that have room beside those chosen before; in order."""
    chosen: dict[float, float] = {}
    for value, place in places.items():
        if all(abs(place - other) >= apart for other in chosen.values()):
            chosen[value] = place
    return sorted(chosen)


def limits(values: Iterable[float]) -> tuple[float, float]:
    """The ends of an axis that shows all finite values, with room for their markers.

    Example:
        >>> limits([0, 1, float("inf")])
        (-0.06, 1.06)
    """
    finite = [float(value) for value in values if math.isfinite(value)]
    if not finite:
        return -1.0, 1.0
    low, high = min(finite), max(finite)
    room = _MARGIN * (high - low) or _MARGIN * abs(low) or 1.0
    return low - room, high + room


def interval(ax: Axes, low: float, high: float, y: float, colour: str, wide: float = 1.0) -> None:
    """Draw a horizontal interval; an end that lies beyond the axis becomes an arrow at its border.

    Args:
        ax: a panel whose x axis has its limits already.
        low: where the interval begins; nothing is drawn if an end is not a number.
        high: where it ends.
        y: its height.
        colour: of line and arrows.
        wide: width of the line, in points.
    """
    if math.isnan(low) or math.isnan(high):
        return
    left, right = ax.get_xlim()
    if low <= right and high >= left:
        ax.plot([max(low, left), min(high, right)], [y, y], color=colour, lw=wide)
    for beyond, border, marker in ((low < left, left, "<"), (high > right, right, ">")):
        if beyond:
            ax.plot(border, y, marker, color=colour, ms=4, mew=0, clip_on=False)
