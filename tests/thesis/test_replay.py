"""The thesis's networks under our names, and what a replay of a checkout says of each."""

import pickle
import re
from pathlib import Path

import networkx as nx
import pandas as pd
import pytest
import torch
from torch import Tensor

from sparsernn.data.strings import Strings
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.thesis.replay import from_published, replay, summary
from sparsernn.thesis.repository import NETWORK_KINDS, TEST_STRINGS, replay_inputs, saved_networks
from sparsernn.training.loop import evaluate
from sparsernn.wiring.protocol import PUBLISHED
from sparsernn.wiring.wiring import Wiring

# Layers 0 1 2 3, and edges that skip from 0 to 2, from 0 to 3 and from 1 to 3.
GRAPH = nx.Graph([(0, 1), (1, 2), (2, 3), (0, 2), (0, 3), (1, 3)])
NAMES = ["recurrent_layers.0", "recurrent_layers.1", "recurrent_layers.2", "skip_layers.0"]
NAMES += ["recurrent_layers.3", "skip_layers.1", "skip_layers.2"]


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
    assert row[["ours", "theirs", "difference"]].tolist() == [accuracy, 0.25, accuracy - 0.25]
    assert row[["status", "reason", "file"]].tolist() == ["ok", "", checkout.saved.file]


def test_the_inputs_are_the_files_that_are_there(checkout: Checkout) -> None:
    strings = checkout.root / TEST_STRINGS
    expected = {strings, checkout.weights, checkout.graph, checkout.table}
    assert set(map(Path, replay_inputs(str(checkout.root), "sparse", "gru"))) == expected
    assert replay_inputs(str(checkout.root), "dense", "lstm") == [str(strings)]


def test_a_network_that_cannot_be_replayed_is_a_row_with_a_reason(checkout: Checkout) -> None:
    whole = {path: path.read_bytes() for path in (checkout.weights, checkout.graph, checkout.table)}
    other = as_published(checkout.network.state_dict())
    other["recurrent.skip_layers.1.mask_i2h"] *= 0
    torch.save(other, other_file := checkout.root / "other.pt")
    cases = [
        (checkout.graph, None, "no such file"),
        (checkout.graph, whole[checkout.graph][:50], "not the pickle"),
        (checkout.graph, pickle.dumps(nx.DiGraph()), "it asks for"),
        (checkout.graph, pickle.dumps(nx.path_graph(9)), "not the weights of this gru"),
        (checkout.graph, pickle.dumps(nx.empty_graph(3)), r"_0\.gpickle: graph falls into 3"),
        (checkout.weights, b"version https://git-lfs", "not a PyTorch state dict"),
        (checkout.weights, other_file.read_bytes(), "mask_ih of layer 3 from layer 0 is not that"),
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
    assert checkout.first()["status"] == "ok"


def test_a_missing_dense_network_is_missing_at_every_percentage(checkout: Checkout) -> None:
    tables = [replay(checkout.root, kind, "gru") for kind in NETWORK_KINDS]
    assert [len(table) for table in tables] == [200, 1, 30]
    assert set(tables[1]["status"]) == set(tables[2]["status"]) == {"missing"}


def test_the_summary_counts_networks_and_differences() -> None:
    rows = [("ok", 0.001), ("ok", -0.002), ("ok", 0.03), ("missing", None), ("failed", None)]
    table = pd.DataFrame(rows, columns=["status", "difference"])
    parts = table.assign(kind="sparse", cell="gru"), table[3:].assign(kind="dense", cell="lstm")
    found = summary(pd.concat(parts)).set_index(["kind", "cell"])
    counts = found[["networks", "replayed", "missing", "failed"]]
    assert counts.loc["sparse", "gru"].tolist() == [5, 3, 1, 1]
    assert counts.loc["dense", "lstm"].tolist() == [2, 0, 1, 1]
    numbers = ["median_difference", "largest_difference", "within_0.001", "within_0.02"]
    assert found.loc[("sparse", "gru"), numbers].tolist() == [0.002, 0.03, 1 / 3, 2 / 3]
    assert found.loc[("dense", "lstm"), numbers].isna().all()
