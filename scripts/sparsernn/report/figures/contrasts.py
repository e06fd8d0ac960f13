"""Comparisons: where pruning costs, graphs against their null models, the fields of a design."""

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from sparsernn import plugins
from sparsernn.report import style
from sparsernn.report.axes import accuracy_axis, interval, limits, whole
from sparsernn.report.bands import band, over_seeds
from sparsernn.report.words import cell_name, cells_of, family_name, field_name

__all__ = ["cliffs_by_cell", "design_effects", "graphs_against_nulls", "pruning_sweep"]

_RESPONSE = "late_test_acc"
_ARMS = {  # colour, marker, line, words
    ("magnitude", "layer"): ("#0072B2", "o", "-", "smallest weights of each layer"),
    ("magnitude", "global"): ("#56B4E9", "s", "--", "smallest weights of all"),
    ("random_matched", "layer"): ("#D55E00", "^", "-", "random, as many of each layer"),
    ("random_matched", "global"): ("#E69F00", "v", "--", "random, matched to those of all"),
}
_MEDIAN = ["median", "median_low", "median_high"]
_NULLS = [("#0072B2", "o"), ("#D55E00", "s"), ("#009E73", "^")]


@style.style()
def pruning_sweep(sweep: pd.DataFrame, every_sweep: pd.DataFrame | None = None) -> style.Drawn:
    """Accuracy right after pruning at many percentages, by magnitude and at random.

    Args:
        sweep: columns cell, seed, scope, criterion, draw, percent, test_acc.
        every_sweep: that of all protocols, which the axis has room for.
    """
    key = ["cell", "criterion", "scope", "percent"]
    by_seed = sweep.groupby([*key, "seed"], sort=False)["test_acc"].mean().reset_index()
    data = over_seeds(by_seed, key)
    cells = cells_of(data)
    if not cells:
        return style.blank("No network was pruned."), data
    figure, axes = style.panels(len(cells), height=62)
    accuracy_axis(axes[0], whole(sweep, every_sweep)["test_acc"])
    for ax, cell in zip(axes, cells, strict=True):
        for (criterion, scope), (colour, marker, dashes, _) in _ARMS.items():
            chosen = (data["criterion"] == criterion) & (data["scope"] == scope)
            rows = data[chosen & (data["cell"] == cell)].sort_values("percent")
            band(ax, rows["percent"], rows, colour)
            x, y = rows["percent"], rows["median"]
            ax.plot(x, y, color=colour, marker=marker, ms=2.5, ls=dashes, lw=1)
        ax.set_title(cell_name(cell))
        ax.xaxis.set_major_formatter(PercentFormatter(decimals=0))
    figure.supxlabel("recurrent weights pruned", fontsize=8)
    figure.supylabel("test accuracy", fontsize=8)
    arms = set(zip(data["criterion"], data["scope"], strict=True))
    style.legend(figure, [_handle(*look) for arm, look in _ARMS.items() if arm in arms])
    return figure, data


def _handle(colour: str, marker: str, dashes: str, words: str) -> Line2D:
    return Line2D([], [], color=colour, marker=marker, ls=dashes, ms=4, lw=1, label=words)


@style.style()
def cliffs_by_cell(cliffs: pd.DataFrame) -> style.Drawn:
    """Where half of what pruning costs in all is lost, and how much is safe, by cell and way.

    Args:
        cliffs: columns cell, scope, criterion, measure, mean, low, high, median, median_low,
            median_high.
    """
    columns = ["cell", "criterion", "scope", "measure", "mean", "low", "high"]
    columns += _MEDIAN
    data = cliffs[cliffs["measure"].isin(["half_way", "safe_share"])]
    data = data[data["criterion"] != "gain"][columns].reset_index(drop=True)
    cells = cells_of(data.dropna(subset=["mean"]))
    if not cells:
        return style.blank("No cliff was found."), data
    figure, axes = style.panels(2, height=24 + 13 * len(cells), columns=2)
    shown = {"half_way": ("mean", "low", "high"), "safe_share": _MEDIAN}
    titles = ("half of it lost (mean)", "at most a point lost (median)")
    for ax, (measure, numbers), title in zip(axes, shown.items(), titles, strict=True):
        ax.set_xlim(limits([0, 100]))
        for row in data[data["measure"] == measure].to_dict("records"):
            arms = list(_ARMS)
            place = arms.index((row["criterion"], row["scope"]))
            colour, marker, _, _ = _ARMS[arms[place]]
            y = cells.index(row["cell"]) + 0.18 * (place - 1.5) if row["cell"] in cells else 0
            middle, low, high = (row[name] for name in numbers)
            interval(ax, low, high, y, colour)
            ax.plot(middle, y, marker, color=colour, ms=4)
        ax.set_title(title)
        ax.xaxis.set_major_formatter(PercentFormatter(decimals=0))
    axes[0].set_yticks(range(len(cells)), labels=[cell_name(cell) for cell in cells])
    axes[0].set_ylim(len(cells) - 0.5, -0.5)
    figure.supxlabel("recurrent weights pruned", fontsize=8)
    present = set(zip(data["criterion"], data["scope"], strict=True))
    handles = [_handle(*look) for arm, look in _ARMS.items() if arm in present]
    for handle in handles:
        handle.set_linestyle("")
    style.legend(figure, handles)
    return figure, data


@style.style()
def graphs_against_nulls(
    nulls: pd.DataFrame, every_nulls: pd.DataFrame | None = None
) -> style.Drawn:
    """Accuracy of graphs minus that of random graphs like them, by family.

    Args:
        nulls: columns cell, original, response, reference, mean, low, high, p_adjusted.
        every_nulls: that of all protocols, which the axis has room for.
    """
    data = _differences(nulls)
    cells, families = cells_of(data), list(dict.fromkeys(data["original"]))
    if not cells:
        return style.blank("No graph has null models."), data
    looks = dict(zip(sorted(set(data["reference"])), cycle(_NULLS), strict=False))
    figure, axes = style.panels(len(cells), height=24 + 7 * len(families))
    every = _differences(whole(nulls, every_nulls))
    values = 100 * every[["mean", "low", "high"]].astype(float)
    axes[0].set_xlim(limits([0.0, *values.to_numpy().ravel()]))
    axes[0].set_yticks(range(len(families)), labels=[_family(name) for name in families])
    axes[0].set_ylim(len(families) - 0.5, -0.5)
    for ax, cell in zip(axes, cells, strict=True):
        ax.axvline(0, color=style.GREY, lw=0.8)
        for row in data[data["cell"] == cell].to_dict("records"):
            colour, marker = looks[row["reference"]]
            offset = 0.3 * (list(looks).index(row["reference"]) / max(len(looks) - 1, 1) - 0.5)
            y = families.index(row["original"]) + offset
            _difference(ax, row, y, colour, marker)
        ax.set_title(cell_name(cell))
    figure.supxlabel("difference in accuracy, in points", fontsize=8)
    names = {name: plugins.display_name("nulls", name) for name in looks}
    handles = [_handle(colour, mark, "", names[name]) for name, (colour, mark) in looks.items()]
    style.legend(figure, handles)
    return figure, data


def _differences(nulls: pd.DataFrame) -> pd.DataFrame:
    """What is drawn of a table of comparisons with null models."""
    columns = ["cell", "original", "reference", "mean", "low", "high", "p_adjusted"]
    data = nulls[nulls["response"] == _RESPONSE].dropna(subset=["mean"])
    return data[columns].reset_index(drop=True)


def _family(name: str) -> str:
    return "all" if name == "all" else family_name(name)


def _difference(ax: Axes, row: dict, y: float, colour: str, marker: str) -> None:
    """A difference in points: filled where it is significant."""
    interval(ax, 100 * row["low"], 100 * row["high"], y, colour)
    face = colour if row["p_adjusted"] <= 0.05 else "white"
    ax.plot(100 * row["mean"], y, marker, color=colour, mfc=face, ms=4.5)


def _words(effect: str) -> str:
    """A field in words, and the design that it is changed in where there are several."""
    field, comma, design = effect.partition(", ")
    return f"{field_name(field)}{comma}{design.replace('_', ' ')}"


@style.style()
def design_effects(effects: pd.DataFrame) -> style.Drawn:
    """What each field of a design does to accuracy, by cell.

    Args:
        effects: columns design, cell, response, effect, kind, estimate, low, high, p_adjusted.
    """
    columns = ["cell", "effect", "estimate", "low", "high", "p_adjusted"]
    chosen = (effects["response"] == _RESPONSE) & effects["kind"].isin(["main", "alone"])
    data = effects[chosen].dropna(subset=["estimate"])
    if data["design"].nunique() > 1:
        data = data.sort_values("effect", kind="stable")
        data["effect"] += ", " + data["design"]
    data = data[columns].reset_index(drop=True)
    cells, fields = cells_of(data), list(dict.fromkeys(data["effect"]))
    if not cells:
        return style.blank("No effect was estimated."), data
    figure, axes = style.panels(len(cells), height=24 + 7 * len(fields))
    values = 100 * data[["estimate", "low", "high"]].astype(float)
    axes[0].set_xlim(limits([0.0, *values.to_numpy().ravel()]))
    axes[0].set_yticks(range(len(fields)), labels=[_words(name) for name in fields])
    axes[0].set_ylim(len(fields) - 0.5, -0.5)
    for ax, cell in zip(axes, cells, strict=True):
        ax.axvline(0, color=style.GREY, lw=0.8)
        for row in data[data["cell"] == cell].to_dict("records"):
            colour = style.CELL_COLOURS.get(cell, "#0072B2")
            shown = row | {"mean": row["estimate"]}
            _difference(ax, shown, fields.index(row["effect"]), colour, "o")
        ax.set_title(cell_name(cell))
    figure.supxlabel("change in accuracy, in points", fontsize=8)
    return figure, data
