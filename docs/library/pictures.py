"""Draws the pictures of these pages: `PYTHONPATH=scripts python docs/library/pictures.py`."""

from dataclasses import replace
from pathlib import Path

import matplotlib
import networkx as nx
from matplotlib import pyplot

from sparsernn import CORRECTED, Wiring

matplotlib.use("agg")
# The same picture has the same bytes; and letters are drawn, so that no font need be installed.
matplotlib.rcParams["svg.hashsalt"] = "sparsernn"


def main() -> None:
    """A graph small enough to follow each edge."""
    graph = nx.barabasi_albert_graph(18, 2, seed=4)
    wiring = Wiring.from_graph(graph, "gru", replace(CORRECTED, embedding_size=3))
    figure, ax = pyplot.subplots(figsize=(8.5, 4.2), layout="constrained")
    wiring.draw(ax)
    path = Path(__file__).with_name("wiring.svg")
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    main()
