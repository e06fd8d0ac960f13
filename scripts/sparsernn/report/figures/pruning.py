"""The figure of pruned networks before they are retrained."""

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from sparsernn import plugins
from sparsernn.report import style
from sparsernn.report.axes import accuracy_axis, whole
from sparsernn.report.bands import band, over_seeds
from sparsernn.report.words import cell_name, cells_of, schedule_name

__all__ = ["pruning_accuracy"]

# Colour, line, marker and its size: the second is drawn over the first, which must still be seen.
_SCHEDULES = {"one_shot": ("#0072B2", "-", "o", 5.5), "iterative": ("#D55E00", "--", "s", 3)}


_LINES = {**_SCHEDULES, "random": ("#009E73", ":", "^", 4.5)}
_OTHERS = [("#CC79A7", "-.", "v", 4.5), ("#56B4E9", ":", "P", 4.5)]  # controls by other criteria
_RETRAINED = ("#7F3C8D", (0, (6, 2, 1, 2)))  # colour and dashes


@style.style()
def pruning_accuracy(
    history: pd.DataFrame,
    dense: pd.DataFrame,
    target: str,
    published: pd.DataFrame | None = None,
    every_history: pd.DataFrame | None = None,
    every_dense: pd.DataFrame | None = None,
) -> style.Drawn:
    """Accuracy right after pruning against the percentage of weights pruned, and its controls.

    Args:
        history: of pruning; columns cell, seed, schedule, target, percent, epoch, test_acc.
        dense: the dense networks; columns cell, seed, test_acc.
        target: which weights were pruned.
        published: columns cell, target, percent, accuracy; may be lacking or have no rows.
        every_history: that of all protocols, which the axis has room for.
        every_dense: the dense networks of all protocols.
    """
    shown = _shown(history, dense, target)
    cells = cells_of(shown[~shown["schedule"].isin(["dense", "retrained"])])
    shown = shown[shown["cell"].isin(cells)]
    data = over_seeds(shown, ["cell", "schedule", "percent"])
    printed = _thesis(published, target, cells)
    data = pd.concat([data, printed], ignore_index=True) if len(printed) else data
    data = data.rename(columns={"schedule": "series"})
    if not cells:
        return style.blank(f"No network was pruned with target {target}."), data
    every = _shown(whole(history, every_history), whole(dense, every_dense), target)
    figure, axes = style.panels(len(cells), height=62)
    accuracy_axis(axes[0], [*every["test_acc"], *printed["median"]])
    for ax, cell in zip(axes, cells, strict=True):
        _pruned_panel(ax, data[data["cell"] == cell], _lines(set(data["series"])))
        ax.set_title(cell_name(cell))
        ax.xaxis.set_major_formatter(PercentFormatter(decimals=0))
    figure.supxlabel("weights pruned", fontsize=8)
    figure.supylabel("test accuracy", fontsize=8)
    style.legend(figure, _pruned_handles(set(data["series"])))
    return figure, data


def _shown(history: pd.DataFrame, dense: pd.DataFrame, target: str) -> pd.DataFrame:
    """A row for each network that is shown: dense, pruned, or trained on with nothing pruned."""
    after = history[(history["target"] == target) & (history["epoch"] == 0)]
    after = after[after["schedule"].isin([*_LINES, *plugins.names("criteria")])]
    # Whatever the target: nothing was pruned. Only networks that were trained to the end.
    again = history[history["schedule"] == "retrained"]
    again = again[again["epoch"] == history["epoch"].max()]
    start = dense.assign(schedule="dense", percent=0.0)
    columns = ["cell", "schedule", "percent", "test_acc"]
    return pd.concat([part[columns] for part in (start, again, after)], ignore_index=True)


def _thesis(published: pd.DataFrame | None, target: str, cells: list[str]) -> pd.DataFrame:
    """The thesis's values for a target, like medians of one seed, be there any or not."""
    if published is None:
        published = pd.DataFrame(columns=["cell", "target", "percent", "accuracy"])
    rows = published[(published["target"] == target) & published["cell"].isin(cells)]
    rows = rows.astype({"percent": float, "accuracy": float})  # no rows have no type
    value = rows["accuracy"]
    rows = rows.assign(schedule="thesis", seeds=1, median=value, low=value, high=value)
    return rows[["cell", "schedule", "percent", "seeds", "median", "low", "high"]]


def _lines(series: set[str]) -> dict[str, tuple[str, str, str, float]]:
    """How schedules and controls are drawn, by name."""
    others = sorted(series & {*plugins.names("criteria")} - {*_LINES})
    return {**_LINES, **dict(zip(others, cycle(_OTHERS), strict=False))}


def _pruned_panel(ax: Axes, rows: pd.DataFrame, lines: dict) -> None:
    for level in rows.loc[rows["series"] == "retrained", "median"]:
        ax.axhline(level, lw=1, color=_RETRAINED[0], ls=_RETRAINED[1])
    for level in rows.loc[rows["series"] == "dense", "median"]:
        ax.axhline(level, color=style.GREY, lw=0.8)
        ax.plot(0, level, "D", color="black", ms=3.5)
    for name, (colour, dashes, marker, ms) in lines.items():
        line = rows[rows["series"] == name].sort_values("percent")
        x, y = line["percent"], line["median"]
        band(ax, x, line, colour)
        ax.plot(x, y, ls=dashes, marker=marker, ms=ms, color=colour, lw=1)
    printed = rows[rows["series"] == "thesis"]
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
    colour, dashed = _RETRAINED
    handles["retrained"] = Line2D([], [], color=colour, ls=dashed, lw=1, label="dense, retrained")
    handles["thesis"] = Line2D([], [], ls="", marker="o", ms=8, mfc="none", label="thesis")
    handles["thesis"].set(markeredgecolor="black", markeredgewidth=0.8)
    return [handle for name, handle in handles.items() if name in series]
