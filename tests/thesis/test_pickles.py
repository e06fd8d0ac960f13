"""The thesis's pickles come back as they are, and run nothing.

What else is refused, and how, is among the malformed inputs (tests/hostile).
"""

import pickle
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import torch

from sparsernn.errors import InputError
from sparsernn.thesis import pickles
from sparsernn.thesis.pickles import read_pickled_graph, read_published_weights


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
        # Views that the graph stores from now on, and so does its next pickle.
        assert graph.nodes and graph.edges and graph.degree and graph.adj


def test_attributes_of_a_pickled_graph_are_left_out(tmp_path: Path) -> None:
    graph = nx.Graph(name="a")
    graph.add_edge(0, "b", weight=1.5, large=70_000, both={True: None})
    again = read_pickled_graph(pickled(tmp_path, graph))
    assert list(again.edges(data=True)) == [(0, "b", {})] and again.graph == {}


@pytest.mark.parametrize("around", ["nothing", "graph", "dictionary"])
def test_code_in_a_pickle_is_refused_and_not_run(tmp_path: Path, around: str) -> None:
    trap = Trap(marker := tmp_path / "ran")
    graph = nx.Graph([(0, 1, {"attribute": trap})])
    contents = {"nothing": trap, "graph": graph, "dictionary": {"graph": trap}}
    path = pickled(tmp_path, contents[around])
    with pytest.raises(InputError, match=r"graph\.gpickle: not the pickle .*which no graph needs"):
        read_pickled_graph(path)
    assert not marker.exists()
    pickle.loads(path.read_bytes())
    assert marker.exists(), "the trap works where it is let"


def test_a_pickle_changes_no_graph_but_its_own(tmp_path: Path) -> None:
    path = tmp_path / "graph.gpickle"
    path.write_bytes(b"\x80\4\x8c\x16networkx.classes.graph\x8c\5Graph\x93}\x8c\5edges\x8c\0sb.")
    with pytest.raises(InputError, match="not the pickle of a networkx Graph"):
        read_pickled_graph(path)
    assert list(nx.path_graph(3).edges) == [(0, 1), (1, 2)]


@pytest.mark.parametrize("zipped", [True, False])
def test_weights_come_back_in_both_of_pytorch_s_formats(tmp_path: Path, zipped: bool) -> None:
    weights = {"a": torch.arange(6.0).reshape(2, 3).T, "b.mask_i2h": torch.ones(2)}
    weights["c"] = torch.ones(0)
    torch.save(weights, tmp_path / "own.pt", _use_new_zipfile_serialization=zipped)
    again = read_published_weights(tmp_path / "own.pt")
    assert list(again) == list(weights)
    assert all(torch.equal(again[name], weight) for name, weight in weights.items())


def test_numbers_that_tensors_share_are_looked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[int] = []
    monkeypatch.setattr(pickles, "_is_in", lambda content, storage: not searched.append(1))
    shared = torch.arange(50.0)
    torch.save({str(i): shared[i] for i in range(50)}, tmp_path / "views.pt")
    assert len(read_published_weights(tmp_path / "views.pt")) == 50
    assert len(searched) == 1


@pytest.mark.parametrize("zipped", [True, False])
def test_weights_that_carry_code_are_refused_and_not_run(tmp_path: Path, zipped: bool) -> None:
    marker, path = tmp_path / "ran", tmp_path / "weights.pt"
    weights = {"weight": torch.zeros(1), "trap": Trap(marker)}
    torch.save(weights, path, _use_new_zipfile_serialization=zipped)
    with pytest.raises(InputError, match=r"weights\.pt: not a PyTorch state dict \(it is damaged,"):
        read_published_weights(path)
    assert not marker.exists()
    torch.load(path, weights_only=False)
    assert marker.exists(), "the trap works where it is let"
