"""The benchmarks as two figures: the engine at the thesis's sizes, and large layers."""

from itertools import product
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, NullFormatter

from sparsernn.report.style import CELL_COLOURS, GREY, MM, WIDTH, legend, note, style
from sparsernn.report.words import cells_of

__all__ = ["draw_engine", "draw_large"]

AXES = {
    "vertices": "vertices (degree 4)",
    "degree": "degree (100 vertices)",
    "batch": "strings in a batch",
    "length": "letters in a string",
}


LARGE = (
    r"(?P<units>\d+) units, (?P<left>\d+)% of weights, B = (?P<batch>\d+)"
    r"(?:, (?P<kind>trained|for inference))?"
    r"(?:, against (?P<other>.*)|: (?P<limit>.*))?"
)
KINDS = {"": "call", "for inference": "call, for inference", "trained": "training step"}
LINES: dict[str, Any] = {"lstm": "-", "gru": "--"}


def draw_large(table: pd.DataFrame) -> Figure:
    """Draw large layers: from which sparsity on they are ahead, and how close to the limits."""
    with style():
        figure = Figure(figsize=(WIDTH, 190 * MM), layout="constrained")
        axes = figure.subplots(4, 2)
        rows = table.join(table["case"].str.extract(LARGE).fillna({"kind": ""}))
        for axis, (kind, batch) in zip(axes[:3].ravel(), product(KINDS, (1, 32)), strict=True):
            pays(axis, of_kind(rows[rows["benchmark"] == "large"], batch, kind), batch, kind)
        for axis, batch in zip(axes[3], (1, 32), strict=True):
            reached(
                axis, rows[(rows["benchmark"] == "roofline") & (rows["batch"] == str(batch))], batch
            )
        handles = [
            Line2D([], [], color=CELL_COLOURS[cell], linestyle=line, label=cell)
            for cell, line in LINES.items()
        ]
        handles += [
            Line2D([], [], color=GREY, linewidth=width(units), label=f"{int(units):,} units")
            for units in rows.loc[rows["benchmark"] == "large", "units"].unique()
        ]
        legend(figure, handles)
    return figure


def width(units: str) -> float:
    """Of a line: the larger the layer, the wider."""
    return 0.5 + int(units) / 512


def of_kind(rows: pd.DataFrame, batch: int, kind: str) -> pd.DataFrame:
    """Rows of one batch size, and of one of `KINDS`."""
    return rows[(rows["batch"] == str(batch)) & (rows["kind"] == kind)]


def pays(axis: Axes, rows: pd.DataFrame, batch: int, kind: str) -> None:
    """Speed over the fastest dense engine against the weights left; above 1 sparsity pays."""
    axis.set(title=f"B = {batch}, {KINDS[kind]}", xlabel="weights left (%)", ylabel="times as fast")
    if rows.empty:
        return note(axis, "not measured")
    axis.axhline(1, color=GREY, linewidth=0.8)
    axis.set(xscale="log", yscale="log")
    for (cell, units), part in rows.groupby(["cell", "units"], sort=False):
        left = part["left"].astype(float)
        axis.plot(
            left, part["ratio"], LINES[cell], color=CELL_COLOURS[cell], linewidth=width(units)
        )
    axis.invert_xaxis()
    axis.set_yticks([0.25, 0.5, 1, 2, 4, 8])
    plain_ticks(axis)
    return None


def reached(axis: Axes, rows: pd.DataFrame, batch: int) -> None:
    """The least time by each of the processor's limits, as a share of ours."""
    axis.set(title=f"B = {batch}: share of our time", xlabel="share")
    if rows.empty:
        return note(axis, "not measured")
    limits = list(dict.fromkeys(rows["limit"]))
    for cell in cells_of(rows):
        part = rows[rows["cell"] == cell]
        place = part["limit"].map(limits.index) + (0.15 if cell == "gru" else -0.15)
        axis.plot(part["ratio"], place, "o", color=CELL_COLOURS[cell], markersize=3)
    axis.set_yticks(range(len(limits)), limits)
    axis.set_xlim(0, 1)
    return None


def draw_engine(table: pd.DataFrame) -> Figure:
    """Draw a summary: faster than what, by how much, and how time grows."""
    with style():
        figure = Figure(figsize=(WIDTH, 180 * MM), layout="constrained")
        axes = figure.subplots(4, 2).ravel()
        faster(axes[0], table[table["benchmark"] == "sparse"], "Sparse: than the released loop")
        faster(axes[1], table[table["benchmark"] == "dense"], "Dense 3 x 50: than torch.nn")
        pruning(axes[2], table[table["benchmark"] == "pruned"])
        shares(axes[3], table[table["benchmark"].isin(["sgemm", "activations"])])
        scaling = table[table["benchmark"] == "scaling"]
        for axis, name in zip(axes[4:], AXES, strict=True):
            growth(axis, scaling[scaling["case"].str.startswith(name)], name)
        handles = [
            Line2D([], [], color=CELL_COLOURS[cell], marker="o", label=cell)
            for cell in cells_of(table)
        ]
        legend(figure, handles)
    return figure


def plain_ticks(axis: Axes) -> None:
    """Numbers as they are on logarithmic axes; the style has no powers."""
    for side in (axis.xaxis, axis.yaxis):
        if side.get_scale() == "log":
            side.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
            side.set_minor_formatter(NullFormatter())


def faster(axis: Axes, table: pd.DataFrame, title: str) -> None:
    """Each case's ratio, a point, by cell; the bar is the geometric mean."""
    axis.set(title=title, ylabel="times as fast")
    if table.empty:
        return note(axis, "not measured")
    for place, cell in enumerate(cells := cells_of(table)):
        ratio = table.loc[table["cell"] == cell, "ratio"]
        axis.plot(np.full(len(ratio), place), ratio, "o", color=CELL_COLOURS[cell])
        axis.plot(place, np.exp(np.log(ratio).mean()), "_", color="black", markersize=16)
    axis.set_xticks(range(len(cells)), cells)
    axis.set_ylim(bottom=0)
    return None


def pruning(axis: Axes, table: pd.DataFrame) -> None:
    """Time of a step relative to the dense one; below the line sparsity pays."""
    axis.set(title="Pruned 3 x 50", xlabel="pruned (%)", ylabel="time / dense time")
    if table.empty:
        return note(axis, "not measured")
    axis.axhline(1, color=GREY, linewidth=0.8)
    for cell in cells_of(table):
        part = table[table["cell"] == cell]
        axis.plot(
            part["case"].astype(float), 1 / part["ratio"], marker="o", color=CELL_COLOURS[cell]
        )
    axis.set_ylim(bottom=0)
    return None


def shares(axis: Axes, table: pd.DataFrame) -> None:
    """Of a step's time: what sgemm would need for its products, and its activations alone."""
    axis.set(title="Share of a step", ylabel="share")
    if table.empty:
        return note(axis, "not measured")
    names = list(dict.fromkeys(zip(table["benchmark"], table["case"], strict=True)))
    for cell in cells_of(table):
        part = table[table["cell"] == cell].set_index(["benchmark", "case"])["ratio"]
        axis.plot(range(len(names)), part.reindex(names), "o", color=CELL_COLOURS[cell])
    axis.set_xticks(range(len(names)), ["\n".join(name) for name in names], fontsize=5)
    axis.set_ylim(bottom=0)
    return None


def growth(axis: Axes, table: pd.DataFrame, name: str) -> None:
    """Seconds against one size, and a line of slope 1."""
    axis.set(xlabel=AXES[name], ylabel="seconds a step", xscale="log", yscale="log")
    if table.empty:
        return note(axis, "not measured")
    for cell in cells_of(table):
        part = table[table["cell"] == cell]
        size = part["case"].str.split().str[1].astype(float)
        axis.plot(size, part["seconds_ours"], marker="o", color=CELL_COLOURS[cell])
    slope = part["seconds_ours"].iloc[-1] / size.iloc[-1]
    axis.plot(size, slope * size, color=GREY, linewidth=0.8, linestyle=":")
    plain_ticks(axis)
    return None
