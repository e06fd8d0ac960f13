"""Reading the thesis's files: pickled graphs and state dicts, without running what is in them."""

import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
import torch

from sparsernn.errors import InputError
from sparsernn.network import SequenceClassifier
from sparsernn.replay import from_published, read_pickled_graph, read_published_weights
from sparsernn.wiring import PUBLISHED, Wiring


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
    again = read_pickled_graph(pickled(tmp_path, graph))
    assert list(again) == list(graph)
    assert list(again.edges) == list(graph.edges)


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


@pytest.mark.parametrize("content", [[1, 2], nx.DiGraph([(0, 1)]), print, "text"])
def test_anything_but_an_undirected_graph_is_refused(tmp_path: Path, content: object) -> None:
    with pytest.raises(InputError, match="not the pickle of a networkx Graph"):
        read_pickled_graph(pickled(tmp_path, content))


def test_a_file_that_is_no_pickle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "graph.gpickle"
    for content in (b"", b"text", pickle.dumps(nx.path_graph(3))[:40]):
        path.write_bytes(content)
        with pytest.raises(InputError, match="not the pickle of a networkx Graph"):
            read_pickled_graph(path)
    path.unlink()
    with pytest.raises(InputError, match="No such file"):
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


def test_published_names_become_ours() -> None:
    """Layers 0 1 2 3, and edges that skip from 0 to 2, from 0 to 3 and from 1 to 3."""
    graph = nx.Graph([(0, 1), (1, 2), (2, 3), (0, 2), (0, 3), (1, 3)])
    wiring = Wiring.from_graph(graph, "gru", PUBLISHED)
    expected = SequenceClassifier(wiring).state_dict()
    names = ["recurrent_layers.0", "recurrent_layers.1", "recurrent_layers.2", "skip_layers.0"]
    names += ["recurrent_layers.3", "skip_layers.1", "skip_layers.2"]
    theirs = {}
    for name, tensor in expected.items():
        if name.startswith("recurrent.blocks."):
            _, _, number, kind = name.split(".")
            kind = {"mask_ih": "mask_i2h", "mask_hh": "mask_h2h"}.get(kind, kind)
            name = f"recurrent.{names[int(number)]}.{kind}"
        theirs[name] = tensor.float()  # the thesis's masks are numbers
    renamed = from_published(theirs, wiring)
    assert renamed.keys() == expected.keys()
    assert all(torch.equal(renamed[name], expected[name]) for name in expected)
    assert all(renamed[name].dtype == expected[name].dtype for name in expected)
