"""A wiring drawn: its layers from left to right, its edges, what recurs, and what is read out."""

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sparsernn.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sparsernn.wiring.wiring import Wiring

__all__ = ["draw"]

INPUT, VERTEX, READ, EDGE, LOOP = "#4c78a8", "#c9c9c9", "#e8743b", "#6b6b6b", "#8a5fa8"
MOST_INPUTS = 8  # more are one square with their number
NAMED_UP_TO = 60  # vertices; the names of more would not be legible


def draw(wiring: "Wiring", ax: "Axes | None" = None) -> "Axes":
    """See `Wiring.draw`."""
    try:
        from matplotlib import pyplot
        from matplotlib.collections import LineCollection
    except ImportError:
        raise InputError(
            "wiring.draw needs matplotlib, which is not installed. Install it: "
            "pip install matplotlib."
        ) from None
    places, columns = _places(wiring)
    ys = [y for _, y in places.values()]
    tallest = int(max(ys) - min(ys)) + 1
    if ax is None:
        size = (1.6 + 1.3 * (len(columns) + 1), min(9.0, 1.6 + 0.42 * tallest))
        _, ax = pyplot.subplots(figsize=size, layout="constrained")
    lines = [(places[source], places[target]) for source, target in _edges(wiring)]
    many = len(lines) > 300
    style: dict[str, Any] = {"colors": EDGE, "linewidths": 0.4 if many else 0.9}
    ax.add_collection(LineCollection(lines, alpha=0.25 if many else 0.6, zorder=1, **style))
    for together in {tuple(sorted(block.adds_to.tolist())) for block in wiring.blocks}:
        _recurrence(ax, [places[slot] for slot in together])
    _marks(ax, wiring, places, tallest)
    ax.set_xlim(-1.0, len(columns) + 0.6)
    ax.set_ylim(-tallest / 2 - 1.3, tallest / 2 + 0.9)
    ax.set_axis_off()
    ax.set_title(repr(wiring), fontsize=8)
    _legend(ax)
    return ax


def _places(wiring: "Wiring") -> tuple[dict[int, tuple[float, float]], list[list[int]]]:
    """Where each slot is drawn; and the vertices of each layer."""
    layer_of: dict[int, int] = {}
    for block in wiring.blocks:
        for slot in block.adds_to.tolist():
            layer_of.setdefault(slot, block.layer)
    columns: list[list[int]] = [[] for _ in range(max(layer_of.values()) + 1)]
    for slot in sorted(layer_of):
        columns[layer_of[slot]].append(slot)
    columns = [column for column in columns if column]
    inputs = list(range(wiring.input_size))
    places: dict[int, tuple[float, float]] = {}
    for number, column in enumerate([inputs, *columns]):
        heights = np.arange(len(column)) + 1.3 * _apart(wiring, column)
        heights = heights.mean() - heights  # downward, around 0
        # Edges along a row of layers would hide each other.
        heights = heights * (number > 0 or len(inputs) <= MOST_INPUTS) + 0.3 * (number % 2)
        places |= {slot: (float(number), float(y)) for slot, y in zip(column, heights, strict=True)}
    return places, columns


def _apart(wiring: "Wiring", column: list[int]) -> np.ndarray:
    """Number of gaps above each vertex of a layer: between those that don't hear each other."""
    gaps = [0]
    for above, below in pairwise(column):
        joined = [b for b in wiring.blocks if above in b.adds_to and below in b.adds_to]
        gaps.append(gaps[-1] + (not joined and above >= wiring.input_size))
    return np.array(gaps)


def _edges(wiring: "Wiring") -> list[tuple[int, int]]:
    """Source and target slot of each input weight that exists in any gate."""
    found: set[tuple[int, int]] = set()
    for block in wiring.blocks:
        gates = block.mask_ih.reshape(wiring.gates, block.size, -1).any(0)
        for target, source in zip(*np.nonzero(gates), strict=True):
            found.add((int(block.reads[source]), int(block.adds_to[target])))
    return sorted(found)


def _recurrence(ax: "Axes", column: list[tuple[float, float]]) -> None:
    """A box around a layer, whose units hear each other from the step before."""
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    x, top = column[0]
    bottom = column[-1][1]
    corner, height = (x - 0.24, bottom - 0.36), top - bottom + 0.72
    box: dict[str, Any] = {
        "boxstyle": "round,pad=0,rounding_size=0.2",
        "fill": False,
        "linestyle": (0, (4, 2)),
    }
    ax.add_patch(FancyBboxPatch(corner, 0.48, height, edgecolor=LOOP, linewidth=1.0, **box))
    ax.add_patch(
        FancyArrowPatch(
            (x + 0.17, bottom - 0.36),
            (x - 0.17, bottom - 0.36),
            connectionstyle="arc3,rad=-1.1",
            arrowstyle="-|>",
            mutation_scale=8,
            color=LOOP,
            linewidth=1.0,
        )
    )


def _marks(
    ax: "Axes", wiring: "Wiring", places: dict[int, tuple[float, float]], tallest: int
) -> None:
    read = set(wiring.readout.tolist())
    size = float(np.clip(2600 / tallest, 14, 170))
    several = wiring.input_size > MOST_INPUTS
    for slot in [0] if several else range(wiring.input_size):
        x, y = places[slot]
        ax.scatter([x], [y], s=size, marker="s", color=READ if slot in read else INPUT, zorder=3)
    if several:
        ax.annotate(
            f"{wiring.input_size} inputs", places[0], (0, 12), textcoords="offset points",
            ha="center", fontsize=8,
        )  # fmt: skip
    for slot in range(wiring.input_size, wiring.slots):
        x, y = places[slot]
        color = READ if slot in read else VERTEX
        ax.scatter([x], [y], s=size, color=color, edgecolor="black", linewidth=0.6, zorder=3)
        if wiring.vertices <= NAMED_UP_TO and tallest <= 25:
            name = str(slot - wiring.input_size)
            ax.annotate(name, (x, y), ha="center", va="center", fontsize=6, zorder=4)


def _legend(ax: "Axes") -> None:
    from matplotlib.lines import Line2D

    def mark(shape: str, color: str, label: str) -> Any:
        edge = "none" if shape == "s" else "black"
        return Line2D(
            [], [], marker=shape, color="none", markerfacecolor=color, markeredgecolor=edge,
            label=label,
        )  # fmt: skip

    ax.legend(
        handles=[
            mark("s", INPUT, "input"),
            mark("o", VERTEX, "vertex, a unit"),
            mark("o", READ, "read out"),
            Line2D([], [], color=EDGE, label="edge: within a time step"),
            Line2D(
                [], [], color=LOOP, linestyle=(0, (4, 2)), label="hear each other, one step later"
            ),
        ],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=3,
        fontsize=7,
        frameon=False,
    )
