"""A wiring is printed in a line, and drawn: what feeds forward, what recurs, what is read out."""

import sys
from dataclasses import replace

import matplotlib
import networkx as nx
import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from sparsernn import CORRECTED, InputError, SparseRNN, Wiring, prune
from sparsernn.wiring.drawing import READ

matplotlib.use("agg")


def wired(graph: nx.Graph, inputs: int = 3, **options: object) -> Wiring:
    protocol = replace(CORRECTED, embedding_size=inputs)
    return Wiring.from_graph(graph, "gru", protocol, **options)


@pytest.fixture(autouse=True)
def closed() -> object:
    yield
    pyplot.close("all")


def edges(ax: Axes) -> set[tuple[float, float]]:
    """The columns that each line joins."""
    lines = [c for c in ax.collections if isinstance(c, PathCollection) and not len(c.get_sizes())]
    ends = [path.vertices[[0, -1], 0] for one in lines for path in one.get_paths()]
    return {(float(start), float(end)) for start, end in ends}


def shown(ax: Axes, kind: type) -> int:
    return sum(isinstance(patch, kind) for patch in ax.patches)


def test_a_wiring_is_one_line() -> None:
    assert repr(wired(nx.path_graph(4))) == (
        "Wiring(gru: 3 inputs, 4 vertices in 4 layers, 30 weights, 1 read out)"
    )
    assert str(Wiring.dense("rnn_tanh", 1, 1)) == (
        "Wiring(rnn_tanh: 1 input, 1 vertex in 1 layer, 2 weights, 1 read out)"
    )


def test_edges_run_from_layer_to_layer_and_each_layer_has_a_loop() -> None:
    graph = nx.DiGraph([(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)])
    ax = wired(graph).draw()
    assert edges(ax) == {(0, 1), (1, 2), (2, 3), (1, 3)}  # inputs are column 0
    assert shown(ax, FancyBboxPatch) == shown(ax, FancyArrowPatch) == 3
    assert {text.get_text() for text in ax.texts} == {"0", "1", "2", "3"}


def test_vertices_that_are_read_out_have_a_colour_of_their_own() -> None:
    ax = wired(nx.path_graph(5), outputs=[1, 4]).draw()
    vertices = ax.collections[-1]
    colours = [to_hex(colour) == READ for colour in vertices.get_facecolors()]
    assert colours == [False, True, False, False, True]


def test_a_layer_that_lost_recurrent_weights_says_its_share() -> None:
    wiring = Wiring.dense("gru", 2, 4, 2)
    half, none = np.ones((12, 4), bool), np.zeros((12, 4), bool)
    half[:, :2] = False
    first, second = wiring.blocks
    ax = wiring.with_masks([(first.mask_ih, half), (second.mask_ih, none)]).draw()
    assert {"50 %", "0 %"} <= {text.get_text() for text in ax.texts}
    assert shown(ax, FancyArrowPatch) == 1
    assert any("%: the share" in text.get_text() for text in ax.get_legend().get_texts())


def test_pruned_edges_are_not_drawn() -> None:
    rnn = SparseRNN.from_graph(nx.path_graph(3), input_size=2)
    rnn.blocks[1].mask_ih.zero_()
    assert edges(rnn.wiring.draw()) == {(0, 1), (2, 3)}
    prune(rnn, 1.0, target="i2h")
    assert edges(rnn.wiring.draw()) == set()


def test_layers_in_both_directions_are_apart() -> None:
    ax = Wiring.dense("lstm", 2, 3, 2, bidirectional=True).draw()
    assert shown(ax, FancyBboxPatch) == 4
    assert [text.get_text() for text in ax.texts].count("backward") == 2


@pytest.mark.parametrize(
    "graph",
    [nx.path_graph(300), nx.barabasi_albert_graph(300, 3, seed=1), nx.star_graph(299)],
    ids=["deep", "broad", "star"],
)
def test_hundreds_of_vertices_fit_on_a_page(graph: nx.Graph) -> None:
    ax = wired(graph, inputs=50).draw()
    width, height = ax.figure.get_size_inches()
    assert width <= 14 and height <= 9
    assert [text.get_text() for text in ax.texts] == ["50 inputs"]
    ax.figure.canvas.draw()


def test_it_draws_where_it_is_told() -> None:
    _, (left, right) = pyplot.subplots(1, 2)
    assert wired(nx.path_graph(3)).draw(right) is right
    assert not left.collections and len(pyplot.get_fignums()) == 1


def test_without_matplotlib_a_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match="pip install matplotlib"):
        wired(nx.path_graph(3)).draw()
