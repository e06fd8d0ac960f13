"""A graph's networks beside the distribution of those on random graphs that are like it."""

from itertools import cycle

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from sparsernn import plugins
from sparsernn.analysis.among_nulls import ALL_CELLS
from sparsernn.report import style
from sparsernn.report.axes import limits, whole
from sparsernn.report.reached import Measure, measure
from sparsernn.report.words import cell_name, cells_of

__all__ = ["graph_among_nulls"]

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_GOLDEN = 0.618  # steps of this share fill an interval evenly, however many there are
_LEVEL = 0.05


@style.style()
def graph_among_nulls(
    networks: pd.DataFrame, among: pd.DataFrame, every_networks: pd.DataFrame | None = None
) -> style.Drawn:
    """How good a graph's networks are, and those on each null graph: means over starts.

    Args:
        networks: columns protocol, cell, original, graph, null, copy, status, epochs, and the one
            that `sparsernn.report.reached.measure` finds.
        among: columns cell, original, graph, null, response, p_adjusted.
        every_networks: that of all protocols, which the axis has room for.
    """
    success = measure(whole(networks, every_networks))
    values = _means(networks, success)
    placed = among[(among["response"] == success.column) & (among["cell"] != ALL_CELLS)]
    key = ["cell", "original", "graph"]
    nulls = values[values["null"] != ""]
    graphs = values[values["null"] == ""].drop(columns=["null", "copy"])
    graphs = graphs.merge(placed[[*key, "null", "p_adjusted"]], on=key)
    data = pd.concat([graphs, nulls], ignore_index=True)[
        [*key, "null", "copy", success.column, "p_adjusted"]
    ]
    cells = cells_of(graphs)
    if not cells:
        return style.blank("No graph has null models."), data
    rows = list(dict.fromkeys(zip(graphs["graph"], graphs["null"], strict=True)))
    looks = dict(zip(sorted(set(graphs["null"])), cycle(_COLOURS), strict=False))
    figure, axes = style.panels(len(cells), height=24 + 8 * len(rows))
    every = _means(whole(networks, every_networks), success)
    axes[0].set_xlim(limits(success.scale * every[success.column]))
    axes[0].set_yticks(range(len(rows)), labels=[_row_name(row, rows) for row in rows])
    axes[0].set_ylim(len(rows) - 0.5, -0.5)
    for ax, cell in zip(axes, cells, strict=True):
        of_cell = data[data["cell"] == cell]
        for y, (graph, null) in enumerate(rows):
            drawn = of_cell[(of_cell["graph"] == graph) & (of_cell["null"] == null)]
            _beside(ax, drawn, y, looks[null], success)
        ax.set_title(cell_name(cell))
    figure.supxlabel(success.axis, fontsize=8)
    style.legend(figure, _handles())
    return figure, data


def _means(networks: pd.DataFrame, success: Measure) -> pd.DataFrame:
    """The mean over the starts of each graph in a protocol."""
    fine = networks[networks["status"] == "ok"].assign(null=networks["null"].fillna(""))
    key = ["protocol", "cell", "original", "graph", "null", "copy"]
    means = fine.groupby(key, sort=False, dropna=False)[success.column].mean()
    return means.reset_index()


def _row_name(row: tuple[object, str], rows: list[tuple[object, str]]) -> str:
    """The null model, behind its graph if there are several."""
    name = plugins.display_name("nulls", row[1])
    return name if len({graph for graph, _ in rows}) == 1 else f"{row[0]}: {name}"


def _beside(ax: Axes, drawn: pd.DataFrame, y: int, colour: str, success: Measure) -> None:
    """The null graphs as dots spread over a row, and the graph as a diamond."""
    values = success.scale * drawn[success.column]
    nulls, graph = values[drawn["copy"].notna()], values[drawn["copy"].isna()]
    spread = [0.5 * ((number * _GOLDEN) % 1 - 0.5) + y for number in range(len(nulls))]
    ax.plot(nulls, spread, "o", color=colour, ms=2.5, alpha=0.6, mew=0)
    for value, p in zip(graph, drawn.loc[graph.index, "p_adjusted"], strict=True):
        ax.plot(value, y, "D", color="black", mfc="black" if p <= _LEVEL else "white", ms=5)


def _handles() -> list[Line2D]:
    dot = Line2D([], [], ls="", marker="o", color=style.GREY, ms=3, label="a random graph")
    apart, graph = (
        Line2D([], [], ls="", marker="D", color="black", mfc=face, ms=5, label=label)
        for face, label in (("black", "the graph, significantly apart"), ("white", "the graph"))
    )
    return [dot, apart, graph]
