"""Figures of retraining: how pruned networks regain accuracy, a small panel for each percentage."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sparsernn import plugins
from sparsernn.report import style
from sparsernn.report.axes import accuracy_axis, whole
from sparsernn.report.bands import band, over_seeds
from sparsernn.report.words import cell_name, cells_of, schedule_name

__all__ = ["pruning_regain", "retrained_controls"]

_IN_A_ROW = 10  # panels
_BY = ["cell", "schedule", "percent", "epoch"]


class _Look(NamedTuple):
    colour: str
    dashes: Any
    label: str


_REGAIN = {
    "one_shot": _Look("#0072B2", "-", "one-shot"),
    "iterative": _Look("#D55E00", "--", "iterative"),
}
_MAGNITUDE = {"one_shot": _Look("#0072B2", "-", "smallest weights pruned")}
_RETRAINED = {"retrained": _Look("#7F3C8D", (0, (6, 2, 1, 2)), "nothing pruned, retrained")}
_CONTROLS = (("#009E73", ":"), ("#CC79A7", "-."), ("#56B4E9", "--"))  # of other criteria
_DENSE = _Look("black", "--", "dense")


@style.style()
def pruning_regain(
    history: pd.DataFrame,
    dense: pd.DataFrame,
    target: str,
    every_history: pd.DataFrame | None = None,
    every_dense: pd.DataFrame | None = None,
) -> style.Drawn:
    """Accuracy against epochs of retraining, a panel for each cell and percentage pruned.

    Args:
        history: of pruning; columns cell, seed, schedule, target, percent, epoch, test_acc.
        dense: the dense networks; columns cell, seed, test_acc.
        target: which weights were pruned.
        every_history: that of all protocols, which the axis has room for.
        every_dense: the dense networks of all protocols.
    """
    chosen = _of_target(history, target, _REGAIN)
    cells = cells_of(chosen)
    before = dense[dense["cell"].isin(cells)].assign(schedule="dense", percent=0.0, epoch=0)
    data = over_seeds(pd.concat([before[[*_BY, "test_acc"]], chosen[[*_BY, "test_acc"]]]), _BY)
    data = data.rename(columns={"schedule": "series"})
    lines = data[data["series"] != "dense"]
    if lines.empty:
        return style.blank(f"No network was pruned with target {target}."), data
    figure, panels = _grid(cells, sorted(lines["percent"].unique()), lines["epoch"].max())
    every = _of_target(whole(history, every_history), target, _REGAIN)["test_acc"]
    accuracy_axis(_first(panels), [*every, *whole(dense, every_dense)["test_acc"]], apart=0.13)
    for (cell, percent), ax in panels.items():
        for level in data.loc[(data["cell"] == cell) & (data["series"] == "dense"), "median"]:
            ax.axhline(level, color=_DENSE.colour, ls=_DENSE.dashes, lw=0.6)
        _curves(ax, lines[(lines["cell"] == cell) & (lines["percent"] == percent)], _REGAIN)
    present = {name: look for name, look in _REGAIN.items() if name in set(lines["series"])}
    _legend(figure, [*present.values(), _DENSE])
    return figure, data


@style.style()
def retrained_controls(
    history: pd.DataFrame, every_history: pd.DataFrame | None = None
) -> style.Drawn:
    """Networks pruned by magnitude, by other criteria or not at all, as all are retrained.

    Drawn are the percentages at which both the smallest weights and others were pruned at once.

    Args:
        history: of pruning; columns cell, seed, schedule, target, percent, epoch, test_acc.
        every_history: that of all protocols, which the axis has room for.
    """
    others = sorted(set(plugins.names("criteria")) & set(history["schedule"]))
    looks = dict(_MAGNITUDE)
    for index, name in enumerate(others):
        looks[name] = _Look(*_CONTROLS[index % len(_CONTROLS)], schedule_name(name))
    chosen, again = _compared(history, looks), history[history["schedule"] == "retrained"]
    again = again[again["cell"].isin(chosen["cell"])]
    data = over_seeds(pd.concat([again[[*_BY, "test_acc"]], chosen[[*_BY, "test_acc"]]]), _BY)
    data = data.rename(columns={"schedule": "series"})
    if chosen.empty:
        return style.blank("No network was pruned by a control."), data
    cells, percents = cells_of(chosen), sorted(chosen["percent"].unique())
    figure, panels = _grid(cells, percents, data["epoch"].max())
    every = whole(history, every_history)
    nothing = every.loc[every["schedule"] == "retrained", "test_acc"]
    accuracy_axis(_first(panels), [*_compared(every, looks)["test_acc"], *nothing], apart=0.13)
    for (cell, percent), ax in panels.items():
        rows = data[data["cell"] == cell]
        _curves(ax, rows[rows["series"] == "retrained"], _RETRAINED)
        _curves(ax, rows[(rows["series"] != "retrained") & (rows["percent"] == percent)], looks)
    looks |= _RETRAINED
    _legend(figure, [look for name, look in looks.items() if name in set(data["series"])])
    return figure, data


def _of_target(history: pd.DataFrame, target: str, looks: Mapping[str, _Look]) -> pd.DataFrame:
    """The rows of a target and of the schedules that are drawn."""
    return history[(history["target"] == target) & history["schedule"].isin(list(looks))]


def _compared(history: pd.DataFrame, looks: Mapping[str, _Look]) -> pd.DataFrame:
    """The rows of magnitude and of its controls, at the percentages that a cell has of both."""
    rows = _of_target(history, "both", looks)
    kinds = rows["schedule"].isin(list(_MAGNITUDE)).groupby([rows["cell"], rows["percent"]])
    return rows[kinds.transform("nunique") == 2]


def _grid(
    cells: Sequence[str], percents: Sequence[float], last: float
) -> tuple[Figure, dict[tuple[str, float], Axes]]:
    """A small panel for each cell and percentage; the rows of a cell bear its name."""
    columns = min(len(percents), _IN_A_ROW)
    rows_each = -(-len(percents) // columns)
    rows = len(cells) * rows_each
    figure = Figure(figsize=(style.WIDTH, (16 + 31 * rows) * style.MM), layout="constrained")
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    panels = {}
    for number, ax in enumerate(grid.flat):
        row, column = divmod(number, columns)
        index = row % rows_each * columns + column
        if index >= len(percents):
            ax.remove()
            continue
        cell, percent = cells[row // rows_each], percents[index]
        panels[cell, percent] = ax
        ax.set_title(f"{percent:g} %", pad=3)
        if column == 0:
            ax.set_ylabel(textwrap.fill(cell_name(cell), 20))
        else:
            ax.tick_params(which="both", left=False)
        # The lowest of its column bears the epochs.
        ax.tick_params(labelbottom=cell == cells[-1] and index + columns >= len(percents))
    last = max(last, 1)
    first = _first(panels)
    first.set_xlim(-0.08 * last, 1.08 * last)
    if columns > 3:  # narrow panels
        first.set_xticks([0, last])
    else:
        style.whole_ticks(first.xaxis)
    figure.supxlabel("epochs of retraining, by percentage of weights pruned", fontsize=8)
    figure.supylabel("test accuracy", fontsize=8)
    return figure, panels


def _first(panels: Mapping[tuple[str, float], Axes]) -> Axes:
    return next(iter(panels.values()))


def _curves(ax: Axes, rows: pd.DataFrame, looks: Mapping[str, _Look]) -> None:
    """A line over epochs for each series, and the band of its seeds."""
    for name, look in looks.items():
        line = rows[rows["series"] == name].sort_values("epoch")
        band(ax, line["epoch"], line, look.colour)
        marker = "." if len(line) < 3 else None  # a single epoch has no line
        x, y = line["epoch"], line["median"]
        ax.plot(x, y, color=look.colour, ls=look.dashes, marker=marker, lw=1.1)
    if rows.empty:
        style.note(ax, "none")


def _legend(figure: Figure, looks: Sequence[_Look]) -> None:
    handles = [
        Line2D([], [], color=look.colour, ls=look.dashes, lw=1.1, label=look.label)
        for look in looks
    ]
    style.legend(figure, handles)
