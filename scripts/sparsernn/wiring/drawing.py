"""A wiring drawn: its layers from left to right, its edges, what recurs, and what is read out."""

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from sparsernn.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sparsernn.wiring.block import Block
    from sparsernn.wiring.wiring import Wiring

__all__ = ["draw"]

INPUT, VERTEX, READ, EDGE, LOOP = "#4c78a8", "#d6d6d6", "#e8743b", "#5a5a5a", "#8a5fa8"
MOST_INPUTS = 8  # more are one square with their number
NAMED_FROM = 7.5  # points: diameter of a vertex that has room for its number
POINTS = 72.0  # in an inch
DASHES = (0, (4, 2))

Place: TypeAlias = tuple[float, float]  # column and row
Edge: TypeAlias = tuple[Place, Place, float]  # from where, to where, rows by which it bends


@dataclass(frozen=True)
class _Scale:
    """Sizes of the picture in points: of a column, of a row, and of a vertex."""

    column: float
    row: float

    @property
    def diameter(self) -> float:
        return float(np.clip(min(0.42 * self.column, 0.62 * self.row), 2.2, 13.0))

    @property
    def loop(self) -> float:
        """Half the width of a loop; 0 where there is no room for one."""
        return min(7.0, 0.3 * self.column) if self.column > 12 else 0.0


def draw(wiring: "Wiring", ax: "Axes | None" = None) -> "Axes":
    """See `Wiring.draw`."""
    try:
        from matplotlib import pyplot
    except ImportError:
        raise InputError(
            "wiring.draw needs matplotlib, which is not installed. Install it: "
            "pip install matplotlib."
        ) from None
    places = _places(wiring)
    edges = _edges(wiring, places)
    if ax is None:
        columns, rows = _extent(places, edges)
        size = np.clip(0.9 * (columns[1] + 1.6), 6.2, 14), np.clip(0.3 * np.ptp(rows) + 1.6, 2.6, 9)
        _, ax = pyplot.subplots(figsize=size, layout="constrained")
    scale = _set_limits(ax, places, edges, wiring.input_size > MOST_INPUTS)
    if edges:
        _draw_edges(ax, edges)
    notes = _draw_recurrence(ax, wiring, places, scale)
    _draw_marks(ax, wiring, places, scale)
    ax.set_title(repr(wiring), fontsize=8)
    _draw_legend(ax, notes)
    return ax


def _extent(places: dict[int, Place], edges: list[Edge]) -> tuple[Place, Place]:
    """The first and last column, and the lowest and highest row, with the curves of the edges."""
    heights = [y for _, y in places.values()]
    heights += [0.75 * bend + (start[1] + end[1]) / 2 for start, end, bend in edges]
    return (0.0, max(x for x, _ in places.values())), (min(heights), max(heights))


def _set_limits(ax: "Axes", places: dict[int, Place], edges: list[Edge], labelled: bool) -> _Scale:
    """Leave room around the vertices, which is a number of points whatever their number."""
    (_, last), (bottom, top) = _extent(places, edges)
    left, right, below, above = 55.0 if labelled else 20.0, 20.0, 34.0, 14.0
    width, height = POINTS * np.array(ax.get_window_extent().size) / ax.figure.dpi
    legend = 48.0
    scale = _Scale(
        column=max(width - left - right, 40.0) / max(last, 1),
        row=max(height - legend - below - above, 40.0) / max(top - bottom, 1),
    )
    ax.set_xlim(-left / scale.column, last + right / scale.column)
    ax.set_ylim(bottom - below / scale.row, top + above / scale.row)
    ax.set_axis_off()
    return scale


def _places(wiring: "Wiring") -> dict[int, Place]:
    """Where each slot is drawn: the inputs, then a column for each layer."""
    columns: dict[int, list[list[int]]] = {}
    for group, blocks in _groups(wiring):
        columns.setdefault(blocks[0].layer, []).append(group)
    inputs = list(range(wiring.input_size))
    places: dict[int, Place] = {}
    for number, groups in enumerate([[inputs], *(columns[layer] for layer in sorted(columns))]):
        gaps = np.repeat(1.6 * np.arange(len(groups)), [len(group) for group in groups])
        depths = np.arange(len(gaps)) + gaps
        heights = depths.mean() - depths  # around 0
        if number == 0 and len(inputs) > MOST_INPUTS:
            heights = np.zeros(len(inputs))
        slots = [slot for group in groups for slot in group]
        # Every second column is shifted: an edge along a row of vertices would be hidden by them.
        shifted = heights + 0.3 * (number % 2)
        places |= {s: (float(number), float(y)) for s, y in zip(slots, shifted, strict=True)}
    return places


def _groups(wiring: "Wiring") -> list[tuple[list[int], list["Block"]]]:
    """Vertices that hear each other, and the blocks that they are units of."""
    found: dict[tuple[int, ...], list[Block]] = {}
    for block in wiring.blocks:
        found.setdefault(tuple(sorted(block.adds_to.tolist())), []).append(block)
    return [(list(slots), blocks) for slots, blocks in found.items()]


def _edges(wiring: "Wiring", places: dict[int, Place]) -> list[Edge]:
    """Both ends of each edge that has an input weight in any gate, and how far it bends."""
    found: set[Edge] = set()
    for block in wiring.blocks:
        gates = block.mask_ih.reshape(wiring.gates, block.size, -1).any(0)
        for target, source in zip(*np.nonzero(gates), strict=True):
            start, end = places[int(block.reads[source])], places[int(block.adds_to[target])]
            found.add((start, end, _bend(start, end)))
    return sorted(found)


def _bend(start: Place, end: Place) -> float:
    """Rows by which an edge bends, so that it passes the vertices of the layers it skips."""
    skipped = end[0] - start[0] - 1
    middle = start[1] + end[1] - 0.3
    upward = middle > 0 or (middle == 0 and start[0] % 2 == 0)
    return 0.8 * skipped**0.7 * (1 if upward else -1)


def _draw_edges(ax: "Axes", edges: list[Edge]) -> None:
    from matplotlib.collections import PathCollection
    from matplotlib.path import Path

    codes = [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4]
    paths = []
    for (x0, y0), (x1, y1), bend in edges:
        third = (x1 - x0) / 3
        turns = [(x0 + third, y0 + bend), (x1 - third, y1 + bend)]
        paths.append(Path([(x0, y0), *turns, (x1, y1)], codes))
    between = Counter((start[0], end[0]) for start, end, _ in edges)  # edges that lie together
    together = np.array([between[start[0], end[0]] for start, end, _ in edges])
    strength = np.clip(60 / together, 0.0, 0.7) * np.clip(300 / len(edges), 0.35, 1.0)
    style: dict[str, Any] = {"facecolors": "none", "edgecolors": EDGE, "zorder": 1}
    width = float(np.clip(200 / len(edges), 0.4, 0.9))
    ax.add_collection(
        PathCollection(paths, linewidths=width, alpha=np.clip(strength, 0.02, 0.7), **style)
    )


def _draw_recurrence(
    ax: "Axes", wiring: "Wiring", places: dict[int, Place], scale: _Scale
) -> set[str]:
    """Draw a box and a loop around vertices that hear each other; return what was noted there."""
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    half = min(scale.diameter / 2 + 4, 0.45 * scale.column)  # points, as is the loop
    style: dict[str, Any] = {"edgecolor": LOOP, "linewidth": 1.0 if scale.loop else 0.5}
    box: dict[str, Any] = {"fill": False, "linestyle": DASHES, **style}
    box["boxstyle"] = f"round,pad=0,rounding_size={half / scale.column}"
    box["mutation_aspect"] = scale.column / scale.row
    arrow: dict[str, Any] = {"arrowstyle": "-|>", "connectionstyle": "arc3,rad=-1.2", **style}
    arrow |= {"facecolor": LOOP, "mutation_scale": scale.loop, "shrinkA": 0, "shrinkB": 0}
    noted = set()
    for group, blocks in _groups(wiring):
        share = _share(wiring, blocks)
        x, top = places[group[0]]
        top, bottom = top + half / scale.row, places[group[-1]][1] - half / scale.row
        if share:
            width = half / scale.column
            ax.add_patch(FancyBboxPatch((x - width, bottom), 2 * width, top - bottom, **box))
        if share and scale.loop:
            width = scale.loop / scale.column
            ax.add_patch(FancyArrowPatch((x + width, bottom), (x - width, bottom), **arrow))
        note = ["backward"] * blocks[0].reverse + [f"{share:.0%}".replace("%", " %")] * (share < 1)
        if note and scale.loop:
            noted.update(note)
            ax.annotate(
                "\n".join(note), (x, bottom), (0, -1.9 * scale.loop), textcoords="offset points",
                ha="center", va="top", fontsize=6, color=LOOP, zorder=4,
            )  # fmt: skip
    return noted


def _share(wiring: "Wiring", blocks: list["Block"]) -> float:
    """Share of the pairs of a layer's units with a recurrent weight in any gate."""
    heard = [block.mask_hh.reshape(wiring.gates, block.size, -1).any(0) for block in blocks]
    return float(np.any(heard, axis=0).mean())


def _draw_marks(ax: "Axes", wiring: "Wiring", places: dict[int, Place], scale: _Scale) -> None:
    read, first = set(wiring.readout.tolist()), wiring.input_size
    several, area = first > MOST_INPUTS, scale.diameter**2
    square: dict[str, Any] = {"s": max(area, 36), "marker": "s", "zorder": 3}
    for slot in range(1 if several else first):
        ax.scatter(*places[slot], color=READ if slot in read else INPUT, **square)
    if several:
        ax.annotate(
            f"{first} inputs", places[0], (-7, 0), textcoords="offset points",
            ha="right", va="center", fontsize=8,
        )  # fmt: skip
    vertices = range(first, wiring.slots)
    ax.scatter(
        [places[slot][0] for slot in vertices],
        [places[slot][1] for slot in vertices],
        s=area,
        c=[READ if slot in read else VERTEX for slot in vertices],
        edgecolor="black",
        linewidth=0.6 if scale.diameter >= NAMED_FROM else 0.3,
        zorder=3,
    )
    if scale.diameter >= NAMED_FROM:
        for slot in vertices:
            style: dict[str, Any] = {"ha": "center", "va": "center", "zorder": 4}
            style["fontsize"] = 0.46 * scale.diameter
            ax.annotate(str(slot - first), places[slot], **style)


def _draw_legend(ax: "Axes", notes: set[str]) -> None:
    from matplotlib.lines import Line2D

    def mark(shape: str, color: str, label: str) -> Any:
        edge = "none" if shape == "s" else "black"
        style: dict[str, Any] = {"markerfacecolor": color, "markeredgecolor": edge}
        return Line2D([], [], marker=shape, color="none", label=label, **style)

    recurs = ["each hears all in its box from the step before"]
    if any("%" in note for note in notes):
        recurs.append("%: the share of these pairs that exists")
    if "backward" in notes:
        recurs.append("backward: from the step after")
    ax.legend(
        handles=[
            mark("s", INPUT, "input"),
            mark("o", VERTEX, "vertex: a unit"),
            mark("o", READ, "read out"),
            Line2D([], [], color=EDGE, label="edge: within a time step"),
            Line2D([], [], color=LOOP, linestyle=DASHES, label="\n".join(recurs)),
        ],
        loc="upper center",
        bbox_to_anchor=(0.5, 0.0),
        ncols=3,
        fontsize=7,
        frameon=False,
    )
