"""Graphs read from matrices in CSV files: directions, names, weights, and a network of them."""

from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from sparsernn import Protocol, RecurrentEdges, Wiring, read_matrix
from sparsernn.files.graphml import graph_files, other_files
from sparsernn.graphs.graphml import file_name, graph_name, read_graph, write_graph
from sparsernn.networks.recurrent import SparseRNN

WEIGHTS = np.array([[0, 0.5, 0], [0, 0, -2], [1, 0, 0.1]])  # (i, j): from i to j
ROWS = ["0,0.5,0", "0,0,-2", "1,0,0.1"]


def written(folder: Path, *lines: str, name: str = "own.csv") -> Path:
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8-sig")
    return folder / name


@pytest.mark.parametrize(
    "lines",
    [
        ROWS,
        ["A,B,C", *ROWS],
        [f"{name},{row}" for name, row in zip("ABC", ROWS, strict=True)],
        [",A,B,C", *(f"{name},{row}" for name, row in zip("ABC", ROWS, strict=True))],
        ["neuron,A,B,C", *(f"{name},{row}" for name, row in zip("ABC", ROWS, strict=True))],
        ['"A","B","C"', "", *(row.replace(",", " , ") for row in ROWS), ","],
    ],
    ids=["none", "columns", "rows", "both", "both with a corner", "quotes and blanks"],
)
def test_rows_are_sources_whatever_has_names(tmp_path: Path, lines: list[str]) -> None:
    graph = read_matrix(written(tmp_path, *lines))
    named = "A" in "".join(lines)
    assert list(graph) == (["A", "B", "C"] if named else [0, 1, 2])
    assert graph.is_directed() and np.array_equal(nx.to_numpy_array(graph), WEIGHTS)


def test_what_pandas_writes_is_read_again(tmp_path: Path) -> None:
    names = [10, 2, 1]
    frame = pd.DataFrame(WEIGHTS, names, names)
    frame.to_csv(tmp_path / "own.csv")
    graph = read_matrix(tmp_path / "own.csv")
    assert nx.to_pandas_adjacency(graph).equals(frame)


def test_a_symmetric_matrix_is_an_undirected_graph(tmp_path: Path) -> None:
    graph = read_graph(written(tmp_path, "0,1,0", "1,0,2", "0,2,0"))
    assert not graph.is_directed() and graph.edges[1, 2]["weight"] == 2


def test_a_network_has_the_weights_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, *ROWS)
    choices = Protocol(edges=RecurrentEdges(weights="fixed"))
    for graph in (read_matrix(path), read_graph(path, recurrent=True)):
        rnn = SparseRNN(Wiring.from_graph(graph, "rnn_tanh", choices))
        np.testing.assert_allclose(rnn.blocks[0].weight_hh.detach(), WEIGHTS.T, rtol=1e-6)


def test_its_graphml_is_the_same_graph_under_the_name_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "A,B,C", *ROWS)
    copy = tmp_path / file_name(path.name)
    write_graph(read_matrix(path), copy)
    again = read_graph(copy, recurrent=True)
    assert list(again) == ["A", "B", "C"] and np.array_equal(nx.to_numpy_array(again), WEIGHTS)
    assert graph_name(copy, own=True) == "own.csv"
    assert graph_files(str(tmp_path), "csv") == [str(path)]
    assert other_files(str(tmp_path), "csv") == ["own.csv.graphml"]
