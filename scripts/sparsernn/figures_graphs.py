"""Figures of the sparse networks: their accuracy, and how it goes with their graphs."""

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sparsernn.names import cell_name, family_name, property_name
from sparsernn.style import (
    GREY,
    MM,
    Drawn,
    accuracy_limits,
    blank,
    cells_of,
    family_styles,
    legend,
    note,
    number,
    panels,
    style,
)

__all__ = ["accuracy_against", "accuracy_by_family", "correlation_heatmap"]

_LEAST_FOR_BOX = 5  # networks: a box of fewer would show quartiles of nothing


@style()
def accuracy_by_family(networks: pd.DataFrame) -> Drawn:
    """Test accuracy of every sparse network, by family of its graph and cell.

    Args:
        networks: columns cell, family, graph, seed, status, test_acc.
    """
    data = networks[["cell", "family", "graph", "seed", "status", "test_acc"]]
    data = data.reset_index(drop=True)
    cells, styles = cells_of(data), family_styles(data["family"])
    if not cells:
        return blank("No sparse networks."), data
    names = {family: textwrap.fill(family_name(family), 18) for family in styles}
    lines = sum(name.count("\n") + 1 for name in names.values())
    figure, axes = panels(len(cells), height=22 + 6 * len(names) + 4 * lines)
    for ax, cell in zip(axes, cells, strict=True):
        for y, family in enumerate(styles):
            rows = data[(data["cell"] == cell) & (data["family"] == family)]
            _strip(ax, y, rows, styles[family])
        ax.set_title(cell_name(cell))
        ax.set_yticks(range(len(names)), labels=list(names.values()))
        ax.set_ylim(len(names) - 0.3, -0.6)
        ax.grid(axis="y", visible=False)
    axes[0].set_xlim(min(axes[0].get_xlim()[0], 0.9), 1.015)
    figure.supxlabel("test accuracy", fontsize=8)
    return figure, data


def _strip(ax: Axes, y: int, rows: pd.DataFrame, look: tuple[str, str]) -> None:
    """The networks of one cell and family: points, a box, and their numbers."""
    colour, marker = look
    diverged = rows["status"] == "diverged"
    fine = rows.loc[~diverged, "test_acc"].dropna().to_numpy()
    failed = rows.loc[diverged, "test_acc"].dropna().to_numpy()
    ax.plot(fine, y + _spread(len(fine)), marker, color=colour, ms=3, alpha=0.6, mew=0)
    ax.plot(failed, y + _spread(len(failed)), "x", color="black", ms=4, mew=0.8)
    if len(fine) >= _LEAST_FOR_BOX:
        line = {"color": "black", "linewidth": 0.8}
        ax.boxplot(
            [fine],
            positions=[y],
            orientation="horizontal",
            widths=0.5,
            showfliers=False,
            manage_ticks=False,
            boxprops=line,
            whiskerprops=line,
            capprops=line,
            medianprops=line,
        )
    counts = f"{len(rows)} network{'s' * (len(rows) != 1)}"
    counts += f", {diverged.sum()} diverged" if diverged.any() else ""
    ax.text(0.02, y + 0.48, counts, transform=ax.get_yaxis_transform(), fontsize=7, color=GREY)


def _spread(count: int) -> np.ndarray:
    """Offsets that keep points apart, the same in every run (golden ratio sequence)."""
    return ((np.arange(count) * 0.618034) % 1 - 0.5) * 0.4


@style()
def accuracy_against(networks: pd.DataFrame, correlations: pd.DataFrame, property: str) -> Drawn:
    """Test accuracy of the sparse networks against one property of their graphs.

    Args:
        networks: joined with the properties; columns cell, family, graph, seed, status, test_acc
            and the property's.
        correlations: columns cell, property, r, low, high.
        property: name of the column.
    """
    fine = networks[networks["status"] == "ok"]
    data = fine[["cell", "family", "graph", "seed", property, "test_acc"]]
    data = data.dropna(subset=[property, "test_acc"]).reset_index(drop=True)
    cells, styles = cells_of(networks), family_styles(networks["family"])
    if not cells:
        return blank("No sparse networks."), data
    figure, axes = panels(len(cells), height=55)
    for ax, cell in zip(axes, cells, strict=True):
        rows = data[data["cell"] == cell]
        for family, (colour, marker) in styles.items():
            points = rows[rows["family"] == family]
            x, y = points[property], points["test_acc"]
            ax.plot(x, y, marker, color=colour, ms=3.5, alpha=0.7, mew=0)
        about = correlations[
            (correlations["cell"] == cell) & (correlations["property"] == property)
        ]
        break_line = len(axes) == 3  # narrow panels
        ax.set_title(("\n" if break_line else ": ").join([cell_name(cell), *_r_text(about)]))
        ax.locator_params(axis="x", nbins=4 if len(axes) == 3 else 6)
        if rows.empty:
            note(ax, "no accuracies")
    accuracy_limits(axes[0])
    figure.supxlabel(property_name(property), fontsize=8)
    figure.supylabel("test accuracy", fontsize=8)
    looks = [
        Line2D([], [], ls="", marker=marker, color=colour, label=family_name(family))
        for family, (colour, marker) in styles.items()
    ]
    legend(figure, looks)
    return figure, data


def _r_text(rows: pd.DataFrame) -> list[str]:
    """`r = 0.57 [0.46, 0.66]`, as far as the values are there."""
    return [
        f"r = {number(row['r'])}"
        + (f" [{number(row['low'])}, {number(row['high'])}]" if pd.notna(row["low"]) else "")
        for row in rows.dropna(subset=["r"]).to_dict("records")
    ]


@style()
def correlation_heatmap(correlations: pd.DataFrame, published: pd.DataFrame) -> Drawn:
    """Pearson's r of each property and cell, beside the published one.

    Args:
        correlations: columns cell, property, r, low, high.
        published: columns cell, property, r; may have no rows.
    """
    key = ["cell", "property"]
    data = correlations[[*key, "r", "low", "high"]].reset_index(drop=True)
    printed = published.astype({"r": float})[[*key, "r"]].rename(columns={"r": "published"})
    data = data.merge(printed, how="left", on=key, sort=False)
    data["excludes_0"] = (data["low"] > 0) | (data["high"] < 0)
    cells, names = cells_of(data), list(dict.fromkeys(data["property"]))
    if not names:
        return blank("No correlations."), data
    r = data.pivot(index="property", columns="cell", values="r").loc[names, cells]
    size = ((64 + 24 * len(cells)) * MM, (26 + 6 * len(names)) * MM)
    figure = Figure(figsize=size, layout="constrained")
    ax = figure.subplots()
    mesh = ax.pcolormesh(r.to_numpy(), cmap="RdBu_r", vmin=-1, vmax=1, edgecolor="white", lw=0.8)
    for row in data.to_dict("records"):
        x, y = cells.index(row["cell"]), names.index(row["property"])
        _cell_text(ax, x, y, row, beside=bool(data["published"].notna().any()))
    ax.set_xticks(np.arange(len(cells)) + 0.5, labels=[cell_name(cell) for cell in cells])
    ax.set_yticks(np.arange(len(names)) + 0.5, labels=[property_name(name) for name in names])
    ax.tick_params(length=0, labeltop=True, labelbottom=False)
    ax.invert_yaxis()
    ax.grid(visible=False)
    ax.spines[:].set_visible(False)
    bar = figure.colorbar(mesh, ax=ax, location="bottom", aspect=30, fraction=0.05, pad=0.02)
    bar.set_label("Pearson's r")
    bar.outline.set_visible(False)
    return figure, data


def _cell_text(ax: Axes, x: int, y: int, row: dict[str, float], beside: bool) -> None:
    colour = "white" if abs(row["r"]) > 0.65 else "black"  # on a dark ground, or on a pale one
    words = number(row["r"]) if pd.notna(row["r"]) else "–"
    at = x + (0.3 if beside else 0.5)
    weight = "bold" if row["excludes_0"] else "normal"
    ax.text(at, y + 0.5, words, ha="center", va="center", color=colour, weight=weight)
    if pd.notna(row["published"]):
        words = f"({number(row['published'])})"
        ax.text(x + 0.74, y + 0.5, words, ha="center", va="center", color=colour, fontsize=7)
