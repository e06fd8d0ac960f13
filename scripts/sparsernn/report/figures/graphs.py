"""Figures of the graphs and the sparse networks: accuracy, and how it goes with the graphs."""

import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sparsernn.analysis.cases import originals
from sparsernn.graphs.same_properties import distinct
from sparsernn.report import style
from sparsernn.report.axes import accuracy_axis, limits, whole
from sparsernn.report.words import cell_name, cells_of, family_name, number, property_name

__all__ = [
    "accuracy_against",
    "accuracy_by_family",
    "correlation_heatmap",
    "layers_against_nodes",
    "properties_by_family",
]

_BASIC = ("layers", "nodes", "edges", "density")
_LEAST_FOR_BOX = 5  # networks: a box of fewer would show quartiles of nothing


@style.style()
def accuracy_by_family(
    networks: pd.DataFrame, every_networks: pd.DataFrame | None = None
) -> style.Drawn:
    """Test accuracy of every sparse network, by family of its graph and cell.

    Args:
        networks: columns cell, family, graph, seed, status, test_acc.
        every_networks: those of all protocols, which the axis has room for.
    """
    data = originals(networks)[["cell", "family", "graph", "seed", "status", "test_acc"]]
    data = data.reset_index(drop=True)
    cells, styles = cells_of(data), style.family_styles(data["family"])
    if not cells:
        return style.blank("No sparse networks."), data
    names, height = _family_labels(styles)
    figure, axes = style.panels(len(cells), height)
    accuracy_axis(axes[0], whole(networks, every_networks)["test_acc"], "x", apart=0.14)
    for ax, cell in zip(axes, cells, strict=True):
        for y, family in enumerate(styles):
            rows = data[(data["cell"] == cell) & (data["family"] == family)]
            _strip(ax, y, rows, styles[family])
        ax.set_title(cell_name(cell))
        _family_axis(ax, names)
    figure.supxlabel("test accuracy", fontsize=8)
    return figure, data


def _family_labels(families: Iterable[str]) -> tuple[list[str], float]:
    """The families' names in short lines, and the height (mm) of a panel that lists them."""
    names = [textwrap.fill(family_name(family), 18) for family in families]
    lines = sum(name.count("\n") + 1 for name in names)
    return names, 22 + 6 * len(names) + 4 * lines


def _family_axis(ax: Axes, names: list[str]) -> None:
    """A y axis with a line for each family, the first on top."""
    ax.set_yticks(range(len(names)), labels=names)
    ax.set_ylim(len(names) - 0.3, -0.6)
    ax.grid(axis="y", visible=False)


def _strip(ax: Axes, y: int, rows: pd.DataFrame, look: tuple[str, str]) -> None:
    """The networks of one cell and family: points, a box, and their numbers."""
    lost = rows["status"] != "ok"
    _points_and_box(ax, y, rows.loc[~lost, "test_acc"].dropna().to_numpy(), look)
    failed = rows.loc[lost, "test_acc"].dropna().to_numpy()
    ax.plot(failed, y + _spread(len(failed)), "x", color="black", ms=4, mew=0.8)
    counts = f"{len(rows)} network{'s' * (len(rows) != 1)}"
    word = "diverged" if (rows.loc[lost, "status"] == "diverged").all() else "missing"
    counts += f", {lost.sum()} {word}" if lost.any() else ""
    ax.text(
        0.02, y + 0.48, counts, transform=ax.get_yaxis_transform(), fontsize=7, color=style.GREY
    )


def _points_and_box(ax: Axes, y: int, values: np.ndarray, look: tuple[str, str]) -> None:
    """Values along the line `y`, and a box of their quartiles where they are enough."""
    colour, marker = look
    ax.plot(values, y + _spread(len(values)), marker, color=colour, ms=3, alpha=0.6, mew=0)
    if len(values) >= _LEAST_FOR_BOX:
        line = {"color": "black", "linewidth": 0.8}
        lines: dict[str, Any] = dict.fromkeys(
            ("boxprops", "whiskerprops", "capprops", "medianprops"), line
        )
        place: dict[str, Any] = {"positions": [y], "orientation": "horizontal", "widths": 0.5}
        ax.boxplot([values], **place, showfliers=False, manage_ticks=False, **lines)


def _spread(count: int) -> np.ndarray:
    """Offsets that keep points apart, the same in every run (golden ratio sequence)."""
    return ((np.arange(count) * 0.618034) % 1 - 0.5) * 0.4


@style.style()
def properties_by_family(properties: pd.DataFrame) -> style.Drawn:
    """Layers, nodes, edges and density of every graph, by family.

    Args:
        properties: columns family, graph, layers, nodes, edges, density.
    """
    data = originals(properties)[["family", "graph", *_BASIC]].melt(
        ["family", "graph"], var_name="property", value_name="value"
    )
    styles = style.family_styles(data["family"])
    if not styles:
        return style.blank("No graphs."), data
    names, height = _family_labels(styles)
    figure, axes = style.panels(len(_BASIC), height, sharex=False)
    for ax, name in zip(axes, _BASIC, strict=True):
        rows = data[data["property"] == name]
        for y, (family, look) in enumerate(styles.items()):
            _points_and_box(ax, y, rows.loc[rows["family"] == family, "value"].to_numpy(), look)
        ax.set_title(property_name(name))
        ax.tick_params(labelbottom=True)
        _family_axis(ax, names)
    return figure, data


@style.style()
def layers_against_nodes(properties: pd.DataFrame) -> style.Drawn:
    """Number of layers of every graph against its number of nodes, a panel for each family.

    Args:
        properties: columns family, graph, nodes, layers.
    """
    data = originals(properties)[["family", "graph", "nodes", "layers"]].reset_index(drop=True)
    styles = style.family_styles(data["family"])
    if not styles:
        return style.blank("No graphs."), data
    figure, axes = style.panels(len(styles), height=60)
    for ax, (family, (colour, marker)) in zip(axes, styles.items(), strict=True):
        rows = data[data["family"] == family]
        ax.plot(rows["nodes"], rows["layers"], marker, color=colour, ms=3.5, alpha=0.6, mew=0)
        ax.set_title(textwrap.fill(f"{family_name(family)} ({len(rows)} graphs)", 36))
        style.whole_ticks(ax.xaxis)
        style.whole_ticks(ax.yaxis)
    figure.supxlabel("nodes", fontsize=8)
    figure.supylabel("layers", fontsize=8)
    return figure, data


@style.style()
def accuracy_against(
    networks: pd.DataFrame,
    correlations: pd.DataFrame,
    cell: str,
    properties: Sequence[str],
    published: pd.DataFrame | None = None,
    every_networks: pd.DataFrame | None = None,
) -> style.Drawn:
    """Test accuracy of the sparse networks of one cell against properties of their graphs.

    Args:
        networks: joined with the properties; columns cell, family, graph, seed, status, test_acc
            and the properties'.
        correlations: columns cell, property, r, low, high.
        cell: whose networks are shown.
        properties: names of the columns, a panel for each.
        published: columns cell, property, r; may be lacking or have no rows.
        every_networks: those of all protocols, which the axes have room for.
    """
    chosen = originals(networks[networks["cell"] == cell])
    data = chosen[chosen["status"] == "ok"].dropna(subset=["test_acc"])
    data = data[["cell", "family", "graph", "seed", *properties, "test_acc"]].reset_index(drop=True)
    styles = style.family_styles(chosen["family"])
    if not styles:
        return style.blank("No sparse networks."), data
    figure, axes = style.panels(
        len(properties), height=46, columns=min(len(properties), 3), sharex=False
    )
    every = whole(networks, every_networks)
    every = every[(every["cell"] == cell) & (every["status"] == "ok")]
    accuracy_axis(axes[0], every["test_acc"])
    for ax, name in zip(axes, properties, strict=True):
        ax.set_xlim(limits(every.loc[every["test_acc"].notna(), name].astype(float)))
        for family, (colour, marker) in styles.items():
            rows = data[data["family"] == family]
            ax.plot(rows[name], rows["test_acc"], marker, color=colour, ms=3, alpha=0.6, mew=0)
        found = correlations.query("cell == @cell and property == @name")
        printed = _thesis_r(published).query("cell == @cell and property == @name")
        words = f"{textwrap.fill(property_name(name), 32)}\n{_r_text(found, printed)}"
        ax.set_title(words, fontsize=7.5)
        if (data[name].dropna() % 1 == 0).all():
            style.whole_ticks(ax.xaxis)
        else:
            ax.locator_params(axis="x", nbins=4)
        ax.tick_params(labelbottom=True)
        if data[name].isna().all():
            style.note(ax, "no accuracies")
    figure.supylabel("test accuracy", fontsize=8)
    looks = [
        Line2D([], [], ls="", marker=marker, color=colour, label=family_name(family))
        for family, (colour, marker) in styles.items()
    ]
    style.legend(figure, looks)
    return figure, data


def _thesis_r(published: pd.DataFrame | None) -> pd.DataFrame:
    """The thesis's r as numbers, be there any or not."""
    if published is None:
        published = pd.DataFrame(columns=["cell", "property", "r"])
    return published[["cell", "property", "r"]].astype({"r": float}).rename(columns={"r": "thesis"})


def _r_text(found: pd.DataFrame, printed: pd.DataFrame) -> str:
    """`r = 0.57 [0.46, 0.66] (0.57)`, as far as the values are there."""
    words = ""
    for row in found.dropna(subset=["r"]).to_dict("records"):
        words += f"r = {number(row['r'])}"
        if pd.notna(row["low"]):
            words += f" [{number(row['low'])}, {number(row['high'])}]"
    return " ".join([words or "r = –", *(f"({number(value)})" for value in printed["thesis"])])


@style.style()
def correlation_heatmap(
    correlations: pd.DataFrame, confidence: float, published: pd.DataFrame | None = None
) -> style.Drawn:
    """Pearson's r of each property and cell, beside the thesis's.

    Of properties that are functions of each other, one is drawn.

    Args:
        correlations: columns cell, property, r, p_adjusted.
        confidence: r is bold where p_adjusted is below 1 − confidence.
        published: columns cell, property, r; may be lacking or have no rows.
    """
    key = ["cell", "property"]
    chosen = correlations["property"].isin(distinct(correlations["property"]))
    data = correlations.loc[chosen, [*key, "r", "p_adjusted"]].reset_index(drop=True)
    data = data.merge(_thesis_r(published), how="left", on=key, sort=False)
    data["significant"] = data["p_adjusted"].astype(float) < 1 - confidence
    cells, names = cells_of(data), list(dict.fromkeys(data["property"]))
    if not names:
        return style.blank("No correlations."), data
    r = data.pivot(index="property", columns="cell", values="r").loc[names, cells]
    size = ((64 + 24 * len(cells)) * style.MM, (26 + 6 * len(names)) * style.MM)
    figure = Figure(figsize=size, layout="constrained")
    ax = figure.subplots()
    mesh = ax.pcolormesh(r.to_numpy(), cmap="RdBu_r", vmin=-1, vmax=1, edgecolor="white", lw=0.8)
    for row in data.to_dict("records"):
        x, y = cells.index(row["cell"]), names.index(row["property"])
        _cell_text(ax, x, y, row, beside=bool(data["thesis"].notna().any()))
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
    weight = "bold" if row["significant"] else "normal"
    ax.text(at, y + 0.5, words, ha="center", va="center", color=colour, weight=weight)
    if pd.notna(row["thesis"]):
        words = f"({number(row['thesis'])})"
        ax.text(x + 0.74, y + 0.5, words, ha="center", va="center", color=colour, fontsize=7)
