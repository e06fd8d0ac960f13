"""Figures of pruned networks: accuracy right after pruning, and as retraining regains it."""

from itertools import cycle
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from sparsernn import plugins
from sparsernn.report import style
from sparsernn.report.words import cell_name, schedule_name

__all__ = ["pruning_accuracy", "pruning_regain"]

# Colour, line, marker and its size: the second is drawn over the first, which must still be seen.
_SCHEDULES = {"one_shot": ("#0072B2", "-", "o", 5.5), "iterative": ("#D55E00", "--", "s", 3)}


_LINES = {**_SCHEDULES, "random": ("#009E73", ":", "^", 4.5)}
_OTHERS = [("#CC79A7", "-.", "v", 4.5), ("#56B4E9", ":", "P", 4.5)]  # controls by other criteria
_RETRAINED = "#F7DC94"  # pale: broad, and behind the thin line of the dense network


@style.style()
def pruning_accuracy(
    history: pd.DataFrame, dense: pd.DataFrame, published: pd.DataFrame, target: str
) -> style.Drawn:
    """Accuracy right after pruning against the percentage of weights pruned, and its controls.

    Args:
        history: of pruning; columns cell, seed, schedule, target, percent, epoch, test_acc.
        dense: the dense networks; columns cell, seed, test_acc.
        published: columns cell, target, percent, accuracy.
        target: which weights were pruned.
    """
    after = history[(history["target"] == target) & (history["epoch"] == 0)]
    after = after[after["schedule"].isin([*_LINES, *plugins.names("criteria")])]
    cells = style.cells_of(after)
    printed = published[(published["target"] == target) & published["cell"].isin(cells)]
    start = dense[dense["cell"].isin(cells)].assign(schedule="dense", percent=0.0)
    # Whatever the target: nothing was pruned. Only networks that were trained to the end.
    again = history[(history["schedule"] == "retrained") & history["cell"].isin(cells)]
    again = again[again["epoch"] == history["epoch"].max()]
    by = ["cell", "schedule", "percent"]
    pruned = _over_seeds(pd.concat([part[[*by, "test_acc"]] for part in (start, again, after)]), by)
    printed = printed.astype({"percent": float, "accuracy": float})  # no rows have no type
    value = printed["accuracy"]
    printed = printed.assign(schedule="published", seeds=1, median=value, low=value, high=value)
    data = pd.concat([pruned, printed[pruned.columns]], ignore_index=True)
    data = data.rename(columns={"schedule": "series"})
    if not cells:
        return style.blank(f"No network was pruned with target {target}."), data
    figure, axes = style.panels(len(cells), height=55)
    for ax, cell in zip(axes, cells, strict=True):
        _pruned_panel(ax, data[data["cell"] == cell], _lines(set(data["series"])))
        ax.set_title(cell_name(cell))
        ax.xaxis.set_major_formatter(PercentFormatter(decimals=0))
    style.accuracy_limits(axes[0])
    figure.supxlabel("weights pruned", fontsize=8)
    figure.supylabel("test accuracy", fontsize=8)
    style.legend(figure, _pruned_handles(set(data["series"])))
    return figure, data


def _over_seeds(frame: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Number, median and range of test_acc over seeds, where there is a value."""
    groups = frame.dropna(subset=["test_acc"]).groupby(by, sort=False)["test_acc"]
    return groups.agg(seeds="size", median="median", low="min", high="max").reset_index()


def _lines(series: set[str]) -> dict[str, tuple[str, str, str, float]]:
    """How schedules and controls are drawn, by name."""
    others = sorted(series & {*plugins.names("criteria")} - {*_LINES})
    return {**_LINES, **dict(zip(others, cycle(_OTHERS), strict=False))}


def _pruned_panel(ax: Axes, rows: pd.DataFrame, lines: dict) -> None:
    for _, again in rows[rows["series"] == "retrained"].iterrows():
        ax.axhline(again["median"], lw=4, color=_RETRAINED)
    for _, dense in rows[rows["series"] == "dense"].iterrows():
        ax.axhline(dense["median"], color=style.GREY, lw=0.8)
        ax.plot(0, dense["median"], "D", color="black", ms=3.5)
    for name, (colour, dashes, marker, ms) in lines.items():
        line = rows[rows["series"] == name].sort_values("percent")
        ax.fill_between(line["percent"], line["low"], line["high"], color=colour, alpha=0.2, lw=0)
        x, y = line["percent"], line["median"]
        ax.plot(x, y, ls=dashes, marker=marker, ms=ms, color=colour)
    printed = rows[rows["series"] == "published"]
    ax.plot(printed["percent"], printed["median"], "o", mfc="none", mec="black", ms=8, mew=0.8)
    if not rows["series"].isin(list(lines)).any():
        style.note(ax, "no network was evaluated")


def _pruned_handles(series: set[str]) -> list[Line2D]:
    handles = {
        name: Line2D(
            [], [], color=colour, ls=dashes, marker=marker, ms=ms, label=schedule_name(name)
        )
        for name, (colour, dashes, marker, ms) in _lines(series).items()
    }
    handles["dense"] = Line2D([], [], color=style.GREY, lw=0.8, marker="D", ms=3.5, label="dense")
    handles["dense"].set(markerfacecolor="black", markeredgecolor="black")
    handles["retrained"] = Line2D([], [], color=_RETRAINED, lw=4, label="dense, retrained")
    handles["published"] = Line2D([], [], ls="", marker="o", ms=8, mfc="none", label="published")
    handles["published"].set(markeredgecolor="black", markeredgewidth=0.8)
    return [handle for name, handle in handles.items() if name in series]


@style.style()
def pruning_regain(history: pd.DataFrame, dense: pd.DataFrame, target: str) -> style.Drawn:
    """Accuracy against epochs of retraining, a line for each percentage of weights pruned.

    Args:
        history: of pruning; columns cell, seed, schedule, target, percent, epoch, test_acc.
        dense: the dense networks; columns cell, seed, test_acc.
        target: which weights were pruned.
    """
    chosen = history[(history["target"] == target) & history["schedule"].isin(list(_SCHEDULES))]
    cells = style.cells_of(chosen)
    by = ["cell", "schedule", "percent", "epoch"]
    before = dense[dense["cell"].isin(cells)].assign(schedule="dense", percent=0.0, epoch=0)
    both = pd.concat([before[[*by, "test_acc"]], chosen[[*by, "test_acc"]]])
    data = _over_seeds(both, by).rename(columns={"schedule": "series"})
    lines = data[data["series"].isin(list(_SCHEDULES))]
    if lines.empty:
        return style.blank(f"No network was pruned with target {target}."), data
    schedules = [name for name in _SCHEDULES if name in set(lines["series"])]
    shown = [(cell, schedule) for cell in cells for schedule in schedules]
    height = 48 if len(cells) > 1 else 60
    figure, axes = style.panels(len(shown), height, columns=len(schedules))
    percents = sorted(lines["percent"].unique())
    last = max(lines["epoch"].max(), 1)
    shades = matplotlib.colormaps["viridis_r"]
    colours = ListedColormap([shades(x) for x in np.linspace(0.12, 1, len(percents))])
    for ax, (cell, schedule) in zip(axes, shown, strict=True):
        rows = data[data["cell"] == cell]
        for level in rows.loc[rows["series"] == "dense", "median"]:
            ax.hlines(level, 0, last, color="black", ls="--", lw=0.8)
        panel = rows[rows["series"] == schedule]
        for percent, line in panel.groupby("percent"):
            colour = colours(percents.index(percent))
            x, low, high = line["epoch"], line["low"], line["high"]
            ax.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)
            ax.plot(line["epoch"], line["median"], color=colour, marker=".", lw=1.1)
        ax.set_title(f"{cell_name(cell)}, {schedule.replace('_', '-')}")
        ax.set_xlim(-0.13 * last, 1.04 * last)  # room for numbers on the left
        style.whole_ticks(ax.xaxis)
        if panel.empty:
            style.note(ax, "no network was evaluated")
    style.accuracy_limits(axes[0])
    for ax, (cell, schedule) in zip(axes, shown, strict=True):
        _label_lines(ax, lines[(lines["cell"] == cell) & (lines["series"] == schedule)])
    figure.supxlabel("epochs of retraining", fontsize=8)
    figure.supylabel("test accuracy", fontsize=8)
    _percent_bar(figure, axes, percents, colours, rows=len(cells))
    handle = Line2D([], [], color="black", ls="--", lw=0.8, label="dense")
    style.legend(figure, [handle])
    return figure, data


def _label_lines(ax: Axes, lines: pd.DataFrame) -> None:
    """The percentage where a line begins, from the highest down, as far as there is room."""
    bottom, top = ax.get_ylim()
    taken: list[float] = []
    first = lines[lines["epoch"] == 0].sort_values("percent", ascending=False)
    for row in first.to_dict("records"):
        y = row["median"]
        if all(abs(y - other) > 0.07 * (top - bottom) for other in taken):
            taken.append(y)
            look: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": 7}
            ax.annotate(f"{row['percent']:g}", (0, y), (-4, 0), textcoords="offset points", **look)


def _percent_bar(
    figure: Figure, axes: list[Axes], percents: list[float], colours: ListedColormap, rows: int
) -> None:
    """A bar of the lines' colours, one step for each percentage."""
    norm = BoundaryNorm(np.arange(len(percents) + 1) - 0.5, len(percents))
    mappable = ScalarMappable(norm, colours)
    bar = figure.colorbar(mappable, ax=axes, aspect=12 * rows, fraction=0.04)
    bar.set_ticks(range(len(percents)), labels=[f"{percent:g} %" for percent in percents])
    bar.ax.tick_params(length=0)
    bar.ax.minorticks_off()
    bar.set_label("weights pruned")
