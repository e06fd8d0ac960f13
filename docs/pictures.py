"""Draws the pictures of these pages: `PYTHONPATH=scripts python docs/pictures.py`."""

from dataclasses import replace
from pathlib import Path

import matplotlib
import networkx as nx
import pandas as pd
from matplotlib import pyplot
from matplotlib.ticker import PercentFormatter

from sparsernn import CORRECTED, Wiring
from sparsernn.files.tables import read_csv
from sparsernn.report.bands import band, over_seeds
from sparsernn.report.words import cell_name, cells_of

HERE = Path(__file__).parent
SWEEP = HERE / "results" / "data" / "pruning" / "pruning" / "sweep.csv"
PROTOCOL, SCOPE = "published", "layer"  # the protocol of the thesis's code has more seeds here
CUTS = {
    "magnitude": ("the smallest weights removed", "#0072B2", "o"),
    "random_matched": ("random weights removed, as many of each layer and gate", "#D55E00", "^"),
}


def main(folder: Path = HERE) -> None:
    """Draw them all. The same picture has the same bytes; letters are drawn, so need no font."""
    matplotlib.use("agg")
    matplotlib.rcParams |= {"svg.hashsalt": "sparsernn", "axes.spines.top": False}
    matplotlib.rcParams |= {"axes.spines.right": False, "font.size": 10}
    (folder / "library").mkdir(exist_ok=True)
    draw_pruning(folder / "pruning.svg")
    draw_wiring(folder / "library" / "wiring.svg")


def accuracies() -> pd.DataFrame:
    """Accuracy by cell, criterion and percentage: the median over seeds and their band.

    Of a seed with several random masks it is the mean over them.
    """
    sweep = read_csv(SWEEP)
    shown = sweep[(sweep["protocol"] == PROTOCOL) & (sweep["scope"] == SCOPE)]
    key = ["cell", "criterion", "percent"]
    return over_seeds(shown.groupby([*key, "seed"])["test_acc"].mean().reset_index(), key)


def draw_pruning(path: Path) -> None:
    """What removing weights does: of the smallest many can go, of random ones few."""
    table = accuracies()
    cells = cells_of(table)
    size = (9.5, 2.9)
    figure, axes = pyplot.subplots(1, len(cells), figsize=size, sharey=True, layout="constrained")
    for ax, cell in zip(axes, cells, strict=True):
        rows = table[table["cell"] == cell]
        for criterion, (name, colour, marker) in CUTS.items():
            line = rows[rows["criterion"] == criterion].sort_values("percent")
            band(ax, line["percent"], line, colour)
            look = {"color": colour, "marker": marker, "markersize": 4, "markevery": 2}
            ax.plot(line["percent"], line["median"], label=name, **look)
        ax.axhline(0.5, color="#767676", linestyle=":", label="guessing")
        ax.set_title(f"{cell_name(cell)}, {rows['seeds'].min()} seeds", loc="left")
        ax.set_xticks([0, 50, 100])
        ax.xaxis.set_major_formatter(PercentFormatter())
        ax.yaxis.set_major_formatter(PercentFormatter(1))
    axes[0].set_ylabel("strings classified correctly")
    figure.supxlabel("share of a trained network's recurrent weights that is removed", fontsize=10)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside upper left", ncols=3, frameon=False)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


def draw_wiring(path: Path) -> None:
    """A graph small enough to follow each edge."""
    graph = nx.barabasi_albert_graph(18, 2, seed=4)
    wiring = Wiring.from_graph(graph, "gru", replace(CORRECTED, embedding_size=3))
    figure, ax = pyplot.subplots(figsize=(8.5, 4.2), layout="constrained")
    wiring.draw(ax)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    main()
