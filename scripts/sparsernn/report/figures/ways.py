"""Ways to a sparse network: accuracy against the numbers that are left, and against the costs."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TypeAlias

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from sparsernn.analysis.ways import KINDS, REFERENCE
from sparsernn.report import style
from sparsernn.report.axes import accuracy_axis, whole
from sparsernn.report.bands import band, over_seeds
from sparsernn.report.words import way_name

__all__ = ["ways_by_cost", "ways_by_nonzeros"]

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#7F3C8D")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X")
_DENSE = "retrained"
_LOOKS = dict(zip(KINDS, zip(_COLOURS, _MARKERS, strict=True), strict=False))
_NETWORK = ["cell", "seed", "schedule", "target", "percent"]
_Place: TypeAlias = tuple[float, float]
_APART = 0.085  # of the height of a panel, from label to label
_TICKS = 0.22  # of the width of a panel, from number to number


@style.style()
def ways_by_nonzeros(
    networks: pd.DataFrame,
    costs: pd.DataFrame,
    ways: pd.DataFrame,
    cell: str,
    every_networks: pd.DataFrame | None = None,
) -> style.Drawn:
    """Accuracy against the non-zeros of the whole network, a panel for each kind of way.

    Args:
        networks: columns cell, seed, schedule, target, percent, status, test_acc.
        costs: the same networks, with nonzeros.
        ways: columns arm and kind.
        cell: whose networks are shown.
        every_networks: those of all protocols, which the axis has room for.
    """
    joined = _joined(networks, costs, ways, cell)
    points = over_seeds(joined, ["schedule", "kind", "percent"])
    sizes = joined.groupby(["schedule", "percent"])["nonzeros"].median().reset_index()
    data = points.merge(sizes, on=["schedule", "percent"])
    kinds = [kind for kind in KINDS if kind in set(data["kind"])]
    if not kinds:
        return style.blank("No network was pruned."), data
    figure, axes = style.panels(len(kinds), height=50, columns=2)
    shown = whole(networks, every_networks)
    accuracy_axis(axes[0], shown.loc[shown["status"] == "ok", "test_acc"], apart=0.12)
    _size_axis(axes[0], data.loc[data["kind"] != _DENSE, "nonzeros"])
    dense = over_seeds(joined[joined["schedule"] == _DENSE], ["schedule"])
    reference = _line_of(data, REFERENCE)
    for ax, kind in zip(axes, kinds, strict=True):
        for level in dense["median"]:
            ax.axhline(level, color=style.GREY, lw=0.8, ls=":")
        band(ax, reference["nonzeros"], reference, style.GREY)
        ax.plot(reference["nonzeros"], reference["median"], color=style.GREY, lw=1.3)
        rows = data[(data["kind"] == kind) & (data["schedule"] != REFERENCE)]
        _ways(ax, rows)
        ax.set_title(kind)
    figure.supxlabel("non-zeros of the whole network", fontsize=8)
    figure.supylabel("test accuracy", fontsize=8)
    style.legend(figure, _legend(len(dense) > 0))
    return figure, data


def _joined(
    networks: pd.DataFrame, costs: pd.DataFrame, ways: pd.DataFrame, cell: str
) -> pd.DataFrame:
    """The networks of a cell that did not fail, with their costs and the kind of their way."""
    kinds = dict(zip(ways["arm"], ways["kind"], strict=True)) | {REFERENCE: KINDS[0]}
    fine = networks[(networks["cell"] == cell) & (networks["status"] == "ok")]
    known = [name for name in ("nonzeros", "seconds", "operations") if name in costs]
    joined = fine.merge(costs[[*_NETWORK, *known]], on=_NETWORK)
    joined["kind"] = joined["schedule"].map(kinds | {_DENSE: _DENSE})
    return joined.dropna(subset=["kind", "test_acc"])


def _line_of(data: pd.DataFrame, way: str) -> pd.DataFrame:
    return data[data["schedule"] == way].sort_values("nonzeros")


def _size_axis(ax: Axes, sizes: pd.Series) -> None:
    """A logarithmic axis that falls to the right, so that the lines part toward their names."""
    values = sorted(sizes.dropna().unique())
    room = 1.08
    ax.set_xscale("log")
    ax.set_xlim(values[-1] * room, values[0] / room)
    ax.xaxis.set_major_locator(FixedLocator(_round_sizes(values[0], values[-1])))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_minor_formatter(NullFormatter())


def _round_sizes(low: float, high: float) -> list[float]:
    """Round numbers within an axis; the more powers of ten it has, the fewer in each.

    Example:
        >>> _round_sizes(1500, 9000), _round_sizes(1500, 30000)
        ([2000, 3000, 5000], [3000, 10000, 30000])
    """
    powers = range(int(np.log10(low)), int(np.log10(high)) + 1)
    ratio = high / low
    digits = next(
        few
        for most, few in (
            (4, (1, 1.5, 2, 2.5, 3, 4, 5, 7)),
            (10, (1, 2, 3, 5, 7)),
            (1000, (1, 3)),
            (np.inf, (1,)),
        )
        if ratio <= most
    )
    kept: list[float] = []
    for value in (digit * 10**power for power in powers for digit in digits):
        apart = np.inf if not kept else np.log(value / kept[-1]) / np.log(ratio)
        if low <= value <= high and apart >= _TICKS:
            kept.append(value)
    return kept or [round(low)]


def _ways(ax: Axes, rows: pd.DataFrame) -> None:
    """A line for each way, with its name beside its last point."""
    names = list(dict.fromkeys(rows["schedule"]))
    looks = dict(zip(names, cycle(zip(_COLOURS, _MARKERS, strict=True)), strict=False))
    ends: dict[str, _Place] = {}
    for name in names:
        line, (colour, marker) = _line_of(rows, name), looks[name]
        x, y = line["nonzeros"], line["median"]
        ax.plot(x, y, color=colour, marker=marker, ms=3, lw=1)
        ends[name] = (float(x.iloc[0]), float(y.iloc[0]))
    _name(ax, ends, {name: look[0] for name, look in looks.items()})


def _name(ax: Axes, places: Mapping[str, _Place], colours: Mapping[str, str]) -> None:
    """Names of points to the right of a panel, each joined with its point by a line."""
    inside = ax.transData + ax.transAxes.inverted()
    points = {name: inside.transform(place) for name, place in places.items()}
    heights = _spread({name: float(point[1]) for name, point in points.items()})
    for name, height in heights.items():
        line = {"arrowstyle": "-", "color": colours[name], "lw": 0.5, "shrinkA": 1, "shrinkB": 3}
        ax.annotate(
            way_name(name),
            xy=tuple(points[name]),
            xytext=(1.05, height),
            xycoords="axes fraction",
            textcoords="axes fraction",
            arrowprops=line | {"relpos": (0, 0.5)},
            color=colours[name],
            fontsize=7,
            va="center",
            annotation_clip=False,
        )


def _spread(heights: Mapping[str, float]) -> dict[str, float]:
    """Move labels apart, in the order of their heights, around where they would be.

    Example:
        >>> {name: round(y, 2) for name, y in _spread({"a": 0.5, "b": 0.5}).items()}
        {'a': 0.46, 'b': 0.54}
    """
    groups: list[list[str]] = []
    for name in sorted(heights, key=lambda each: heights[each]):
        groups.append([name])
        while len(groups) > 1 and _top(groups[-2], heights) > _top(groups[-1], heights, -1):
            groups[-2:] = [groups[-2] + groups[-1]]
    return {
        name: _middle(group, heights) + _APART * (place - (len(group) - 1) / 2)
        for group in groups
        for place, name in enumerate(group)
    }


def _middle(group: Sequence[str], heights: Mapping[str, float]) -> float:
    half = _APART * len(group) / 2
    mean = sum(heights[name] for name in group) / len(group)
    return float(np.clip(mean, min(half, 0.5), max(1 - half, 0.5)))


def _top(group: Sequence[str], heights: Mapping[str, float], sign: int = 1) -> float:
    return _middle(group, heights) + sign * _APART * len(group) / 2


def _legend(dense: bool) -> list[Line2D]:
    reference = Line2D([], [], color=style.GREY, lw=1.3, label="magnitude, after training")
    whole = Line2D([], [], color=style.GREY, lw=0.8, ls=":", label="not pruned")
    return [reference, whole] if dense else [reference]


@style.style()
def ways_by_cost(
    networks: pd.DataFrame,
    costs: pd.DataFrame,
    seconds: pd.DataFrame,
    ways: pd.DataFrame,
    cell: str,
    every_networks: pd.DataFrame | None = None,
) -> style.Drawn:
    """Accuracy against what a way costs, at the middle and the highest percentage.

    In the table of what is drawn, operations are in thousands of millions.

    Args:
        networks: as for `ways_by_nonzeros`.
        costs: the same networks, with operations.
        seconds: the same networks, with seconds.
        ways: columns arm and kind.
        cell: whose networks are shown.
        every_networks: those of all protocols, which the axis has room for.
    """
    both = costs.merge(seconds[[*_NETWORK, "seconds"]], on=_NETWORK)
    joined = _joined(networks, both, ways, cell)
    joined = joined[(joined["schedule"] != _DENSE) & (joined["percent"] < 100)]
    columns = {name: (name, "median") for name in ("test_acc", "seconds", "operations")}
    data = joined.groupby(["schedule", "kind", "percent"]).agg(**columns).reset_index()
    percents = sorted(data["percent"].unique())
    if not percents:
        return style.blank("No network was pruned."), data
    chosen = list(dict.fromkeys([percents[len(percents) // 2], percents[-1]]))
    data = data[data["percent"].isin(chosen)].reset_index(drop=True)
    figure, axes = style.panels(2 * len(chosen), height=58, columns=2, sharex=False)
    shown = whole(networks, every_networks)
    accuracy_axis(axes[0], shown.loc[shown["status"] == "ok", "test_acc"])
    cases = [(percent, name) for percent in chosen for name in ("seconds", "operations")]
    data["operations"] /= 1e9
    titles = {"seconds": "core-seconds", "operations": "thousand million multiply-adds"}
    for ax, (percent, cost) in zip(axes, cases, strict=True):
        _costs(ax, data[data["percent"] == percent], cost)
        ax.set_title(f"{percent:g} % of the recurrent weights pruned", pad=3)
        ax.set_xlabel(titles[cost])
    figure.supylabel("test accuracy", fontsize=8)
    kinds = [kind for kind in KINDS if kind in set(data["kind"])]
    style.legend(figure, [_handle(kind) for kind in kinds])
    return figure, data


def _handle(kind: str) -> Line2D:
    colour, marker = _LOOKS[kind]
    return Line2D([], [], color=colour, marker=marker, ls="", ms=4, label=kind)


def _costs(ax: Axes, rows: pd.DataFrame, cost: str) -> None:
    """A point for each way; those have names than which none is both cheaper and better."""
    values = rows[cost].dropna()
    ax.set_xlim(0, 1.12 * values.max())
    for kind, group in rows.groupby("kind", sort=False):
        colour, marker = _LOOKS[str(kind)]
        ax.plot(group[cost], group["test_acc"], marker, color=colour, ms=4, mew=0)
    named: dict[str, _Place] = {}
    best = -np.inf
    for row in rows.sort_values([cost, "test_acc"], ascending=[True, False]).to_dict("records"):
        if row["test_acc"] > best:
            best = row["test_acc"]
            named[row["schedule"]] = (row[cost], best)
    kinds = dict(zip(rows["schedule"], rows["kind"], strict=True))
    _name(ax, named, {name: _LOOKS[kinds[name]][0] for name in named})
