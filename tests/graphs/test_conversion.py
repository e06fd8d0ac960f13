"""Graphs as people have them, and that what a message advises works."""

import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import numpy as np
import pytest
import scipy.sparse
import torch

from sparsernn.errors import InputError
from sparsernn.graphs.conversion import as_graph
from sparsernn.graphs.families.watts_strogatz import watts_strogatz
from sparsernn.graphs.graphml import read_graph, write_graph
from sparsernn.graphs.orientation import orient, vertex_names
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.wiring.wiring import Wiring

EDGES = [(0, 1), (1, 2), (0, 3), (3, 4), (2, 4)]
MATRIX = nx.to_numpy_array(nx.DiGraph(EDGES), nodelist=range(5))
BOTH = MATRIX + MATRIX.T


def slots(wiring: Wiring) -> list[Any]:
    parts = [[b.reads.tolist(), b.adds_to.tolist(), b.mask_ih.tolist()] for b in wiring.blocks]
    return [*parts, wiring.readout.tolist()]


@pytest.mark.parametrize("directed", [False, True])
def test_one_graph_in_every_form_is_one_network(directed: bool) -> None:
    kind = nx.DiGraph if directed else nx.Graph
    matrix = MATRIX if directed else BOTH
    forms: list[Any] = [
        nx.MultiDiGraph(EDGES) if directed else nx.MultiGraph(EDGES),
        igraph.Graph(EDGES, directed=directed),
        matrix,
        matrix.astype(bool),
        matrix.astype(int),
        scipy.sparse.csr_array(matrix),
        scipy.sparse.coo_matrix(matrix),
        torch.tensor(matrix),
        nx.relabel_nodes(kind(EDGES), np.int64),
        nx.relabel_nodes(kind(EDGES), str),
    ]
    if not directed:
        forms += [
            EDGES,
            tuple(EDGES),
            np.array(EDGES),
            torch.tensor(EDGES),
            dict(nx.Graph(EDGES).adj),
        ]
    expected = slots(Wiring.from_graph(kind(EDGES), "gru"))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for form in forms:
            assert slots(Wiring.from_graph(form, "gru")) == expected


@pytest.mark.parametrize(
    "graph",
    [
        nx.Graph([(0, 1, {"weight": 0.5}), (1, 2)]),
        nx.Graph([(0, 1, {"weight": -1}), (1, 2)]),
        MATRIX * 0.3,
        scipy.sparse.csr_array(BOTH * -1.0),
        igraph.Graph.TupleList([("a", "b", 2.0), ("b", "c", 1.0)], weights=True),
        [(0, 1, {"weight": 2}), (1, 2, {})],
    ],
)
def test_weights_of_edges_are_dropped_with_a_warning(graph: Any) -> None:
    with pytest.warns(
        UserWarning, match=r"edge weights are dropped.*rnn\.wiring\.blocks\[i\]\.reads"
    ):
        Wiring.from_graph(graph, "gru")


def test_the_warning_tells_how_to_begin_with_them() -> None:
    matrix = MATRIX * np.linspace(0.1, 0.9, 25).reshape(5, 5)
    with pytest.warns(UserWarning, match="edge weights"):
        rnn = SparseRNN.from_graph(matrix, "rnn_tanh", 2)
    for block, own in zip(rnn.blocks, rnn.wiring.blocks, strict=True):
        if block is not rnn.blocks[0]:  # which reads the inputs
            sources, targets = own.reads - 2, own.adds_to - 2
            with torch.no_grad():
                block.weight_ih.copy_(torch.tensor(matrix[np.ix_(sources, targets)].T))
            block.apply_masks()
    slots, _ = rnn.slots(torch.zeros(1, 1, 2))
    h = slots[0, 0, 2:]
    last = rnn.blocks[-1]
    heard = matrix[2, 4] * h[2] + matrix[3, 4] * h[3]
    torch.testing.assert_close(h[4], torch.tanh(heard + last.bias_ih[0] + last.bias_hh[0]).float())


@pytest.mark.parametrize(
    ("graph", "told"),
    [
        ("0-1-2", "expected a networkx or igraph graph, an adjacency matrix"),
        (3, "graph is 3"),
        (None, "graph is None"),
        ([(0, 1, 2, 3)], "expected a networkx"),
        (np.ones((3, 4)), r"shape \(3, 4\); expected a square"),
        (np.ones(4), r"shape \(4,\)"),
        (np.array([[0, 1, 2], [1, 2, 3]]), r"shape \(2, 3\).*graph\.T"),
        (np.array([[0, 1], [1, 2]]), "may be a matrix or two edges"),
        (np.array([["0", "1"], ["1", "0"]]), "expected numbers"),
        (np.array([[0, np.nan], [0, 0.0]]), r"nan at \(0, 1\)"),
        (nx.MultiGraph([(0, 1), (0, 1)]), r"parallel edges.*networkx\.Graph\(graph\)"),
        (igraph.Graph([(0, 1), (0, 1)], directed=True), r"networkx\.DiGraph\(graph\)"),
    ],
)
def test_what_is_no_simple_graph_is_refused(graph: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        as_graph(graph)


def loop() -> nx.Graph:
    return nx.Graph([(0, 1), (1, 2), (2, 2)])


@pytest.mark.parametrize(
    ("graph", "remedy"),
    [
        (lambda: nx.MultiGraph([(0, 1), (0, 1), (1, 2)]), r"networkx\.Graph\(graph\)"),
        (lambda: nx.MultiDiGraph([(0, 1), (0, 1), (1, 2)]), r"networkx\.DiGraph\(graph\)"),
        (lambda: nx.disjoint_union(nx.path_graph(3), nx.path_graph(4)), r"graph\.subgraph\(.*\)\)"),
        (lambda: nx.DiGraph([(0, 1), (2, 3), (3, 4)]), r"graph\.subgraph\(.*\)\)"),
        (lambda: nx.cycle_graph(4, create_using=nx.DiGraph), r"graph\.to_undirected\(\)"),
        (lambda: nx.DiGraph([(0, 1), (1, 0), (1, 2)]), r"graph\.to_undirected\(\)"),
        (loop, r"graph\.remove_edges_from\(.*\)\)\)"),
    ],
)
def test_what_a_message_advises_works(
    graph: Callable[[], nx.Graph], remedy: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError) as caught:
        Wiring.from_graph(graph(), "gru")
    [advice] = re.findall(remedy, str(caught.value))
    names = {"networkx": nx, "graph": graph()}
    result = eval(advice, names)
    Wiring.from_graph(names["graph"] if result is None else result, "gru")


@pytest.mark.parametrize("kind", ["cycle", "parts"])
def test_what_a_message_advises_for_a_file_works(kind: str, tmp_path: Path) -> None:
    graph = nx.DiGraph([(0, 1), (1, 2), (2, 0)] if kind == "cycle" else [(0, 1), (2, 3), (3, 4)])
    path = tmp_path / "own.graphml"
    write_graph(graph, path)
    with pytest.raises(
        InputError, match=r"networkx\.read_graphml.*networkx\.write_graphml"
    ) as caught:
        read_graph(path)
    [advice] = re.findall(r"graph\.(?:to_undirected\(\)|subgraph\(.*\)\))", str(caught.value))
    fixed = eval(advice, {"networkx": nx, "graph": nx.read_graphml(path)})
    nx.write_graphml(fixed, path)
    read_graph(path)


def test_too_many_neighbours_are_refused_with_advice_that_works() -> None:
    with pytest.raises(InputError, match=r"expected k <= n\. Lower k, or raise n"):
        watts_strogatz(5, 6, 0.1, np.random.default_rng(0))
    watts_strogatz(5, 4, 0.1, np.random.default_rng(0))
    watts_strogatz(7, 6, 0.1, np.random.default_rng(0))


NAMES: dict[str, list[Any]] = {
    "integers": [4, 0, 3, 1, 2],
    "negative integers": [5, -1, 3, -10, 4],
    "text of integers": ["10", "2", "1", "-3", "4"],
    "integers and their text": [10, "2", 1, "-3", 4],
    "text of which one is the number of another": [1, "1", 2, 3, 4],
    "leading zeros": ["10", "02", "1", "03", "4"],
    "signs and spaces": ["+1", " 2", "-0", "3", "4"],
    "digits of other scripts": ["１", "2", "3", "4", "5"],
    "words": ["in", "b", "a", "c", "out"],
    "decimals": [2.0, 1.0, 0.5, 3.0, 4.0],
    "booleans": [True, False, 5, 6, 7],
    "numpy integers": [np.int64(v) for v in (4, 0, 3, 1, 2)],
}


@pytest.mark.parametrize("kind", NAMES)
def test_a_graph_and_its_file_are_the_same_network(kind: str, tmp_path: Path) -> None:
    names = NAMES[kind]
    graph = nx.Graph([(names[u], names[v]) for u, v in EDGES])
    expected = slots(Wiring.from_graph(graph, "gru"))
    write_graph(graph, tmp_path / "own.graphml")
    if len({str(name) for name in names}) < len(names):
        return  # a file can't tell them apart
    for read in (read_graph, nx.read_graphml):
        assert slots(Wiring.from_graph(read(tmp_path / "own.graphml"), "gru")) == expected


def test_whole_numbers_are_numbered_in_ascending_order_and_other_names_as_they_come() -> None:
    assert vertex_names(nx.Graph([(5, -1), (-1, 3)])) == [-1, 3, 5]
    assert vertex_names(nx.Graph([("10", "-2"), (1, "10")])) == ["-2", 1, "10"]
    assert vertex_names(nx.Graph([("b", "a"), ("b", 1)])) == ["b", "a", 1]
    assert set(orient(nx.Graph([(5, -1), (-1, 3)])).edges) == {(0, 2), (0, 1)}


def test_any_vertices_can_be_read_out() -> None:
    graph = nx.DiGraph([("in", "a"), ("a", "out"), ("in", "side")])
    inputs = torch.randn(5, 2, 3)
    generator = torch.Generator

    def read(outputs: Any) -> torch.Tensor:
        own = generator().manual_seed(0)
        return SparseRNN.from_graph(graph, "gru", 3, generator=own, outputs=outputs)(inputs)[0]

    everything = read("all")
    assert everything.shape == (5, 2, 4)
    for outputs, columns in (
        (None, [2, 3]),
        ("sinks", [2, 3]),
        ("last_layer", [2]),
        (["side", "in"], [3, 0]),
        (("a",), [1]),
        (np.array(["out"]), [2]),
    ):
        assert torch.equal(read(outputs), everything[:, :, columns])
    ring = SparseRNN.from_graph(nx.cycle_graph(4), "gru", 3, outputs=[np.int64(2), 0])
    assert ring.wiring.readout.tolist() == [5, 3]


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ("sources", "outputs is 'sources'; expected sinks, last_layer, all, or a list"),
        (["x"], r"'x' is no vertex of the graph; expected some of its 3 vertices, .* as 0, 1, 2"),
        ([0, 3], "3 is no vertex"),
        ([[0]], "is no vertex"),
        ([], "it is empty"),
        ([1, 1], "a vertex occurs twice"),
    ],
)
def test_outputs_that_are_no_vertices_are_refused(outputs: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        Wiring.from_graph(nx.path_graph(3), "gru", outputs=outputs)


@pytest.mark.parametrize("size", [0, -1, 2.5, "3", True, None])
def test_sizes_are_whole_numbers_from_1_on(size: Any) -> None:
    told = r"expected a whole number, 1 or more"
    if size is not None:  # which is the protocol's own
        with pytest.raises(InputError, match=f"input_size is .*{told}"):
            SparseRNN.from_graph(nx.path_graph(3), "gru", size)
    for sizes in ((size, 3), (3, size), (3, 3, size)):
        with pytest.raises(InputError, match=told):
            Wiring.dense("gru", *sizes)


@pytest.mark.parametrize("cell", ["GRU", torch.nn.GRU, "peephole", 3])
def test_an_unknown_cell_is_refused(cell: Any) -> None:
    with pytest.raises(InputError, match="expected one of gru, lstm") as caught:
        Wiring.from_graph(nx.path_graph(3), cell)
    assert ("Did you mean 'gru'?" in str(caught.value)) == (cell not in ("peephole", 3))
