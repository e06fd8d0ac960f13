"""Draws the pictures of these pages: `PYTHONPATH=scripts python docs/library/pictures.py`."""

from dataclasses import replace
from pathlib import Path

import matplotlib
import networkx as nx
from matplotlib import pyplot

from sparsernn import CORRECTED, Wiring


def main(folder: Path = Path(__file__).parent) -> None:
    """Draw a graph small enough to follow each edge."""
    matplotlib.use("agg")
    # The same picture has the same bytes; and letters are drawn, so that no font need be installed.
    matplotlib.rcParams["svg.hashsalt"] = "sparsernn"
    graph = nx.barabasi_albert_graph(18, 2, seed=4)
    wiring = Wiring.from_graph(graph, "gru", replace(CORRECTED, embedding_size=3))
    figure, ax = pyplot.subplots(figsize=(8.5, 4.2), layout="constrained")
    wiring.draw(ax)
    figure.savefig(folder / "wiring.svg", metadata={"Date": None})
    pyplot.close(figure)


if __name__ == "__main__":
    main()
