"""The figure of the replay: the thesis's saved networks, evaluated by us and by it."""

import pandas as pd
from matplotlib.lines import Line2D

from sparsernn.report import style
from sparsernn.report.words import cell_name, cells_of

__all__ = ["replay_accuracy"]

# Colour, marker and its size; drawn in this order, the few dense ones on top.
_KINDS = {
    "pruned": ("#D55E00", "^", 4),
    "sparse": ("#0072B2", "o", 3.5),
    "dense": ("black", "D", 4),
}


@style.style()
def replay_accuracy(networks: pd.DataFrame) -> style.Drawn:
    """Our accuracy of each of the thesis's networks against the thesis's own.

    Args:
        networks: columns kind, file, cell, family, target, percent, theirs, ours, status.
    """
    fine = networks[networks["status"] == "ok"]
    columns = ["kind", "file", "cell", "family", "target", "percent", "theirs", "ours"]
    data = fine[columns].reset_index(drop=True)
    cells = cells_of(networks)
    if not cells:
        return style.blank("No networks of the thesis."), data
    figure, axes = style.panels(len(cells), height=70)
    lowest = min(0.9, data[["theirs", "ours"]].min(axis=None)) if len(data) else 0.5
    limits = (lowest - 0.04 * (1 - lowest), 1 + 0.04 * (1 - lowest))
    for ax, cell in zip(axes, cells, strict=True):
        rows = data[data["cell"] == cell]
        ax.plot(limits, limits, color=style.GREY, lw=0.8)
        for kind, (colour, marker, ms) in _KINDS.items():
            points = rows[rows["kind"] == kind]
            ax.plot(points["theirs"], points["ours"], marker, color=colour, ms=ms, alpha=0.7, mew=0)
        ax.set_title(f"{cell_name(cell)} ({len(rows)} of {(networks['cell'] == cell).sum()})")
        ax.set_aspect("equal")
        if rows.empty:
            style.note(ax, "no networks in the checkout")
    axes[0].set_xlim(limits)
    axes[0].set_ylim(limits)
    figure.supxlabel("test accuracy, thesis", fontsize=8)
    figure.supylabel("test accuracy, ours", fontsize=8)
    looks = [
        Line2D([], [], ls="", marker=marker, color=colour, ms=ms, label=kind)
        for kind, (colour, marker, ms) in _KINDS.items()
    ]
    style.legend(figure, looks)
    return figure, data
