"""Draws the pictures of these pages: `PYTHONPATH=scripts python docs/pictures.py`."""

from dataclasses import replace
from pathlib import Path

import matplotlib
import networkx as nx
from matplotlib import pyplot
from matplotlib.ticker import PercentFormatter

from sparsernn import CORRECTED, Wiring

HERE = Path(__file__).parent
PRUNED = "## Accuracy right after pruning all recurrent weights (protocol: corrected)"
CUTS = {
    "one-shot": ("the smallest weights removed", "#0072B2", "o"),
    "random mask": ("random weights removed", "#D55E00", "^"),
}


def main(folder: Path = HERE) -> None:
    """Draw them all. The same picture has the same bytes; letters are drawn, so need no font."""
    matplotlib.use("agg")
    matplotlib.rcParams |= {"svg.hashsalt": "sparsernn", "axes.spines.top": False}
    matplotlib.rcParams |= {"axes.spines.right": False, "font.size": 10}
    (folder / "library").mkdir(exist_ok=True)
    draw_pruning(folder / "pruning.svg")
    draw_wiring(folder / "library" / "wiring.svg")


def accuracies(cut: str) -> dict[str, list[float]]:
    """Accuracy at 10, 20, … 100 % removed, by cell, from the tables of the full study."""
    table = (HERE / "results" / "all.md").read_text(encoding="utf-8").partition(PRUNED)[2]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    of_cut = [row for row in rows if row[0] == cut][:10]
    return {
        cell: [float(row[column].split()[0]) for row in of_cut]
        for column, cell in enumerate(rows[0][2:], start=2)
    }


def draw_pruning(path: Path) -> None:
    """What removing weights does: of the smallest many can go, of random ones few."""
    figure, axes = pyplot.subplots(1, 4, figsize=(9.5, 2.9), sharey=True, layout="constrained")
    for cut, (name, colour, marker) in CUTS.items():
        for ax, (cell, values) in zip(axes, accuracies(cut).items(), strict=True):
            percents = range(10, 101, 10)
            ax.plot(percents, values, color=colour, marker=marker, markersize=4, label=name)
            ax.set_title(cell, loc="left")
    for ax in axes:
        ax.axhline(0.5, color="#767676", linestyle=":", label="guessing")
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
