"""What a graph explains of a network's success: shares of the variance, R² below its ceiling."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from sparsernn.report import style
from sparsernn.report.axes import interval, limits, whole
from sparsernn.report.words import cell_name, cells_of

__all__ = ["explained_variance", "r2_and_ceiling"]

# Parts of the variance: colour and words. The start is what no graph explains.
_PARTS = {
    "family": ("#0072B2", "family"),
    "nodes": ("#56B4E9", "size"),
    "degree": ("#009E73", "mean degree"),
    "source_nodes": ("#F0E442", "sources"),
    "graph": ("#D55E00", "the rest of the graph"),
    "start": ("#D8D8D8", "the start"),
}
_RESPONSES = {"test_loss": "loss", "error_area": "area under the error curve"}
_FEATURES = {"baseline": ("#0072B2", "o", -0.15, "family, size, edges, sources")}
_FEATURES |= {"all properties": ("#D55E00", "s", 0.15, "all properties of the graph")}
_FLOOR = -0.5  # R² is unbounded below


@style.style()
def explained_variance(variance: pd.DataFrame) -> style.Drawn:
    """A stacked bar a cell: the shares of the variance of a network's response.

    Args:
        variance: columns cell, response, part, estimate, low, high.
    """
    data = variance[variance["response"].isin(_RESPONSES)].dropna(subset=["estimate"])
    data = data[["cell", "response", "part", "estimate", "low", "high"]].reset_index(drop=True)
    if data.empty:
        return style.blank("No shares of the variance."), data
    responses = [name for name in _RESPONSES if name in set(data["response"])]
    cells = cells_of(data)
    figure, axes = style.panels(len(responses), height=22 + 9 * len(cells), columns=1)
    for ax, response in zip(axes, responses, strict=True):
        _bars(ax, data[data["response"] == response], cells)
        ax.set_title(_RESPONSES[response])
    axes[0].set_xlim(0, 1)
    axes[0].xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    figure.supxlabel("share of the variance between networks", fontsize=8)
    style.legend(figure, [Patch(color=colour, label=words) for colour, words in _PARTS.values()])
    return figure, data


def _bars(ax: Axes, rows: pd.DataFrame, cells: list[str]) -> None:
    shares = rows.pivot(index="cell", columns="part", values="estimate").reindex(cells)
    left = np.zeros(len(cells))
    for part, (colour, _) in _PARTS.items():
        widths = shares[part].fillna(0).to_numpy() if part in shares else np.zeros(len(cells))
        ax.barh(range(len(cells)), widths, left=left, color=colour, height=0.7, lw=0)
        left += widths
    ax.set_yticks(range(len(cells)), labels=[cell_name(cell) for cell in cells])
    ax.set_ylim(len(cells) - 0.5, -0.5)
    ax.grid(visible=False, axis="y")


@style.style()
def r2_and_ceiling(nested: pd.DataFrame, every_nested: pd.DataFrame | None = None) -> style.Drawn:
    """R² of two sets of features on graphs not seen, beside the largest that is possible.

    Args:
        nested: columns cell, response, features, r2, low, high, ceiling, ceiling_low, ceiling_high;
            the ceiling is empty where graphs have one network each.
        every_nested: that of all protocols, which the axis has room for.
    """
    data = _scores(nested)
    if data.empty:
        return style.blank("No R²."), data
    cells = cells_of(data)
    figure, [ax] = style.panels(1, height=26 + 11 * len(cells))
    lowest = _scores(whole(nested, every_nested))["low"].min()
    ax.set_xlim(limits([max(_FLOOR, min(0.0, lowest)), 1.0]))
    ax.axvline(0, color=style.GREY, lw=0.8)
    for row in data.to_dict("records"):
        _point(ax, row, cells.index(row["cell"]))
    ax.set_yticks(range(len(cells)), labels=[cell_name(cell) for cell in cells])
    ax.set_ylim(len(cells) - 0.5, -0.5)
    figure.supxlabel("R² of the mean over starts", fontsize=8)
    style.legend(figure, _handles(set(data["features"])))
    return figure, data


def _scores(nested: pd.DataFrame) -> pd.DataFrame:
    """What is drawn of a table of nested cross-validations: R² by features, and ceilings."""
    columns = ["cell", "features", "r2", "low", "high"]
    scores = nested[(nested["response"] == "test_loss") & nested["features"].isin(_FEATURES)]
    data = scores[columns].dropna(subset=["r2"])
    known = scores.dropna(subset=["ceiling"]).assign(features="ceiling")
    largest = known[["cell", "features", "ceiling", "ceiling_low", "ceiling_high"]]
    largest = largest.drop_duplicates().set_axis(columns, axis=1)  # features have the same
    parts = [part for part in (data, largest) if len(part)] or [data]
    return pd.concat(parts, ignore_index=True)


def _point(ax: Axes, row: dict, y: int) -> None:
    if row["features"] == "ceiling":
        ax.fill_betweenx([y - 0.4, y + 0.4], row["low"], row["high"], color="#E4E4E4", lw=0)
        ax.plot([row["r2"]] * 2, [y - 0.4, y + 0.4], color="black", lw=1.5)
        return
    colour, marker, offset, _ = _FEATURES[row["features"]]
    interval(ax, row["low"], row["high"], y + offset, colour)
    if row["r2"] >= ax.get_xlim()[0]:
        ax.plot(row["r2"], y + offset, marker, color=colour, ms=4.5)


def _handles(present: set[str]) -> list[Line2D]:
    handles = [
        Line2D([], [], ls="", marker=marker, color=colour, label=words)
        for name, (colour, marker, _, words) in _FEATURES.items()
        if name in present
    ]
    if "ceiling" in present:
        handles.append(Line2D([], [], color="black", lw=1.5, label="ceiling, with its interval"))
    return handles
