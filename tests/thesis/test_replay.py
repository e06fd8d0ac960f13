"""Reading the thesis's files: pickled graphs and state dicts, without running what is in them."""

import pickle
import re
from collections import OrderedDict
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd
import pytest
import torch
from torch import Tensor

from sparsernn.data.strings import Strings
from sparsernn.errors import InputError
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.thesis.replay import (
    from_published,
    read_pickled_graph,
    read_published_weights,
    replay,
    summary,
)
from sparsernn.thesis.repository import NETWORK_KINDS, TEST_STRINGS, replay_inputs, saved_networks
from sparsernn.training.loop import evaluate
from sparsernn.wiring.protocol import PUBLISHED
from sparsernn.wiring.wiring import Wiring

# Layers 0 1 2 3, and edges that skip from 0 to 2, from 0 to 3 and from 1 to 3.
GRAPH = nx.Graph([(0, 1), (1, 2), (2, 3), (0, 2), (0, 3), (1, 3)])
NAMES = ["recurrent_layers.0", "recurrent_layers.1", "recurrent_layers.2", "skip_layers.0"]
NAMES += ["recurrent_layers.3", "skip_layers.1", "skip_layers.2"]


class Trap:
    """Unpickled without care, it makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


def pickled(folder: Path, content: object) -> Path:
    path = folder / "graph.gpickle"
    path.write_bytes(pickle.dumps(content))
    return path


def test_a_pickled_graph_is_read_with_the_order_of_its_edges(tmp_path: Path) -> None:
    graph = nx.Graph()
    graph.add_edges_from([(3, 1), (0, 3), (1, 2)])
    for _ in range(2):
        again = read_pickled_graph(pickled(tmp_path, graph))
        assert list(again) == list(graph)
        assert list(again.edges) == list(graph.edges)
        assert (
            graph.nodes and graph.edges and graph.degree and graph.adj
        )  # views: the graph keeps them


def test_code_in_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    hidden = nx.Graph()
    hidden.add_node(0, attribute=Trap(marker))
    for content in (Trap(marker), hidden, {"graph": Trap(marker)}):
        path = pickled(tmp_path, content)
        with pytest.raises(InputError, match=r"graph\.gpickle: not the pickle .*it asks for"):
            read_pickled_graph(path)
        assert not marker.exists()
    pickle.loads(path.read_bytes())
    assert marker.exists(), "the trap works where it is let"


@pytest.mark.parametrize(
    "opcodes",
    [
        b"cos\nsystem\n(S'true'\ntR.",  # a global, and a call of it
        b"(S'true'\nios\nsystem\n.",  # an instance
        b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.",  # a global named on the stack
        b"cnetworkx.classes.graph\nnx.write_gpickle\n.",  # another of an allowed module
        b"\x80\x04\x8c\x16networkx.classes.graph\x8c\x0eGraph.subgraph\x93.",  # a part of one
        b"Pelsewhere\n.",  # a reference to something outside the file
    ],
)
def test_every_way_to_ask_for_code_is_refused(tmp_path: Path, opcodes: bytes) -> None:
    path = tmp_path / "graph.gpickle"
    path.write_bytes(opcodes)
    with pytest.raises(InputError, match=r"not the pickle .*(asks for|persistent)"):
        read_pickled_graph(path)


def test_a_pickle_changes_no_graph_but_its_own(tmp_path: Path) -> None:
    path = tmp_path / "graph.gpickle"
    path.write_bytes(b"\x80\2cnetworkx.classes.graph\nGraph\n(N}X\x05\0\0\0edges]stb.")
    with pytest.raises(InputError, match="not the pickle of a networkx Graph"):
        read_pickled_graph(path)
    assert list(nx.path_graph(3).edges) == [(0, 1), (1, 2)]


@pytest.mark.parametrize("content", [[1, 2], nx.DiGraph([(0, 1)]), print, "text"])
def test_anything_but_an_undirected_graph_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(InputError, match="not the pickle of a networkx Graph"):
        read_pickled_graph(pickled(tmp_path, content))


def test_a_graph_that_is_none_inside_is_refused(tmp_path: Path) -> None:
    graph = nx.path_graph(3)
    vars(graph)["_adj"] = vars(graph)["_node"] = 3
    with pytest.raises(InputError, match="not the pickle of a networkx Graph"):
        read_pickled_graph(pickled(tmp_path, graph))


def test_a_file_that_is_no_pickle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "graph.gpickle"
    for content in (b"", b"text", pickle.dumps(nx.path_graph(3))[:40]):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not the pickle of a networkx Graph"):
            read_pickled_graph(path)
    path.unlink()
    with pytest.raises(InputError, match="no such file"):
        read_pickled_graph(path)


def test_weights_that_carry_code_are_refused_and_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    path = tmp_path / "weights.pt"
    torch.save(OrderedDict(weight=torch.zeros(1), trap=Trap(marker)), path)
    with pytest.raises(InputError, match=r"weights\.pt: not a PyTorch state dict"):
        read_published_weights(path)
    assert not marker.exists()


def test_a_broken_file_of_weights_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    for content in (b"", b"no weights"):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not a PyTorch state dict"):
            read_published_weights(path)


@pytest.mark.parametrize(
    "content", [[1], {1: torch.zeros(1)}, {"weight": 1}, {"weight": torch.zeros(1).to_sparse()}]
)
def test_a_file_of_something_else_than_tensors_is_refused(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "weights.pt")
    with pytest.raises(InputError, match="not a PyTorch state dict"):
        read_published_weights(tmp_path / "weights.pt")


def as_published(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The weights of a network of GRAPH under the thesis's names."""
    theirs = {}
    for name, tensor in weights.items():
        if name.startswith("recurrent.blocks."):
            _, _, number, kind = name.split(".")
            kind = {"mask_ih": "mask_i2h", "mask_hh": "mask_h2h"}.get(kind, kind)
            name = f"recurrent.{NAMES[int(number)]}.{kind}"
        theirs[name] = tensor.float()  # the thesis's masks are numbers
    return theirs


def test_published_names_become_ours() -> None:
    wiring = Wiring.from_graph(GRAPH, "gru", PUBLISHED)
    expected = SequenceClassifier(wiring).state_dict()
    renamed = from_published(as_published(expected), wiring)
    assert renamed.keys() == expected.keys()
    assert all(torch.equal(renamed[name], expected[name]) for name in expected)
    assert all(renamed[name].dtype == expected[name].dtype for name in expected)


class Checkout:
    """A repository like the thesis's: its tables and strings, and a first sparse GRU."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.saved, *others = saved_networks("sparse", "gru")
        self.weights, self.graph = root / self.saved.file, root / self.saved.graph_file
        self.table = root / self.saved.table
        for path in (self.weights, self.graph):
            path.parent.mkdir(parents=True)
        strings = [("XY", 1), ("YX", 0), ("XXYZ", 1), ("ZZZX", 0)]
        frame = pd.DataFrame(strings, columns=["string", "valid"])
        write_csv(frame, root / "Implementations" / "dataset" / "test_data.csv")
        rows = [(s.family, s.graph, 0.25) for s in (self.saved, *others)]
        write_csv(pd.DataFrame(rows, columns=["graph", "graph_nr", "test_acc"]), self.table)
        self.graph.write_bytes(pickle.dumps(GRAPH))
        wiring = Wiring.from_graph(GRAPH, "gru", PUBLISHED)
        self.network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(3))
        torch.save(as_published(self.network.state_dict()), self.weights)

    def first(self) -> pd.Series:
        """What came of the one network, all others being missing."""
        table = replay(self.root, "sparse", "gru")
        assert set(table["status"][1:]) == {"missing"}
        return table.iloc[0]


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_a_replayed_network_is_a_row(checkout: Checkout) -> None:
    row = checkout.first()
    strings = Strings.encode(read_csv(checkout.root / TEST_STRINGS))
    _, accuracy = evaluate(checkout.network, strings, 128)
    assert row["ours"] == accuracy
    assert (row["theirs"], row["difference"]) == (0.25, accuracy - 0.25)
    assert (row["status"], row["reason"], row["file"]) == ("ok", "", checkout.saved.file)


def test_the_inputs_are_the_files_that_are_there(checkout: Checkout) -> None:
    strings = checkout.root / TEST_STRINGS
    expected = {strings, checkout.weights, checkout.graph, checkout.table}
    assert set(map(Path, replay_inputs(str(checkout.root), "sparse", "gru"))) == expected
    assert replay_inputs(str(checkout.root), "dense", "lstm") == [str(strings)]


def test_a_network_that_cannot_be_replayed_is_a_row_with_a_reason(checkout: Checkout) -> None:
    whole = {path: path.read_bytes() for path in (checkout.weights, checkout.graph, checkout.table)}
    marker = checkout.root / "ran"
    other = as_published(checkout.network.state_dict())
    other["recurrent.skip_layers.1.mask_i2h"] *= 0

    def saved(content: object) -> bytes:
        torch.save(content, checkout.root / "other.pt")
        return (checkout.root / "other.pt").read_bytes()

    cases = [
        (checkout.graph, None, "no such file"),
        (checkout.graph, whole[checkout.graph][:50], "not the pickle"),
        (checkout.graph, pickle.dumps(Trap(marker)), "it asks for"),
        (checkout.graph, pickle.dumps(nx.path_graph(9)), "not the weights of this gru"),
        (checkout.graph, pickle.dumps(nx.empty_graph(3)), r"_0\.gpickle: graph falls into 3"),
        (checkout.weights, b"version https://git-lfs", "not a PyTorch state dict"),
        (checkout.weights, saved(other), "mask_ih of layer 3 from layer 0 is not that"),
        (checkout.table, None, "no such file"),
        (checkout.table, b"graph,graph_nr,test_acc\nwatts_strogatz,0,0.9\n", "no test_acc"),
        (checkout.table, b"graph,graph_nr\n", "no column 'test_acc'"),
    ]
    for path, content, reason in cases:
        path.unlink() if content is None else path.write_bytes(content)
        row = checkout.first()
        assert row["status"] == "failed"
        assert re.search(reason, row["reason"])
        assert pd.isna(row["ours"]) and pd.isna(row["difference"])
        path.write_bytes(whole[path])
    assert not marker.exists()
    assert checkout.first()["status"] == "ok"


def test_a_missing_dense_network_is_missing_at_every_percentage(checkout: Checkout) -> None:
    tables = [replay(checkout.root, kind, "gru") for kind in NETWORK_KINDS]
    assert [len(table) for table in tables] == [200, 1, 30]
    assert set(tables[1]["status"]) == set(tables[2]["status"]) == {"missing"}


def test_the_summary_counts_networks_and_differences() -> None:
    rows = [("ok", 0.001), ("ok", -0.002), ("ok", 0.03), ("missing", None), ("failed", None)]
    networks = pd.DataFrame(rows, columns=["status", "difference"])
    networks = pd.concat(
        [
            networks.assign(kind="sparse", cell="gru"),
            networks[3:].assign(kind="dense", cell="lstm"),
        ]
    )
    sparse, dense = summary(networks).to_dict("records")
    counts = ["networks", "replayed", "missing", "failed"]
    assert [sparse[name] for name in ("kind", "cell", *counts)] == ["sparse", "gru", 5, 3, 1, 1]
    assert (sparse["median_difference"], sparse["largest_difference"]) == (0.002, 0.03)
    assert (sparse["within_0.001"], sparse["within_0.02"]) == (1 / 3, 2 / 3)
    assert [dense[name] for name in counts] == [2, 0, 1, 1]
    assert pd.isna(dense["median_difference"]) and pd.isna(dense["within_0.02"])
