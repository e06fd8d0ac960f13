"""Valid files that were cut short or changed: a message or a result, and nothing else.

And what looks odd but is in order, which must not be refused.
"""

import json
import pickle
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
import torch
from configurations import ROOT
from malformed_graphs import KEY, document
from malformed_safetensors import WHOLE, entry, values
from malformed_strings import GOOD, SPLIT
from malformed_thesis import saved
from safetensors.torch import load

from sparsernn.data.datasets import read_strings
from sparsernn.data.strings import Strings
from sparsernn.errors import InputError
from sparsernn.graphs.graphml import read_graph
from sparsernn.graphs.orientation import layers, orient
from sparsernn.networks.checkpoints import FORMAT
from sparsernn.thesis.pickles import read_pickled_graph, read_published_weights
from sparsernn.training.outcomes import load_network
from sparsernn.workflow.settings.configfiles import check_configfile

Random = np.random.Generator
ROUNDS = 60  # of each change, of each kind of file


def graph_file() -> bytes:
    nodes = "".join(f'<node id="{i}"><data key="k">{i}</data></node>\n' for i in range(6))
    edges = "".join(f'<edge source="{i // 2}" target="{i + 1}"/>\n' for i in range(5))
    return document(nodes + edges, KEY).encode()


def read_network(path: Path) -> object:
    _, network = load_network(path, "gru", "torch")
    return network(torch.ones(3, 2, dtype=torch.int64), torch.tensor([3, 2]))


def plain_values() -> bytes:
    header = json.loads(WHOLE[8 : 8 + int.from_bytes(WHOLE[:8], "little")])
    return header["__metadata__"][FORMAT].encode()


def read_around(path: Path) -> object:
    """A checkpoint whose plain values are the text of the file, and whose tensors are whole."""
    path.write_bytes(values(path.read_bytes().decode(errors="replace"), **load(WHOLE)))
    return read_network(path)


def read_splits(path: Path) -> object:
    return Strings.splits(read_strings(path, 0.5, np.random.default_rng(0)))


FILES: dict[str, tuple[bytes, Callable[[Path], object]]] = {
    "own.graphml": (graph_file(), lambda path: layers(orient(read_graph(path)))),
    "own.csv": ((GOOD + '"XY",1\n').encode(), read_splits),
    "split.csv": (SPLIT.encode(), read_splits),
    "own.safetensors": (WHOLE, read_network),
    "values.json": (plain_values(), read_around),
    "theirs.pt": (saved(entry()["state_dict"]), read_published_weights),
    "own.gpickle": (pickle.dumps(nx.barabasi_albert_graph(8, 2, seed=1)), read_pickled_graph),
    "own.yaml": ((ROOT / "config" / "quick.yaml").read_bytes(), check_configfile),
}


def cut(data: bytearray, rng: Random) -> None:
    del data[int(rng.integers(len(data))) :]


def flip(data: bytearray, rng: Random) -> None:
    for place in rng.integers(len(data), size=int(rng.integers(1, 4))):
        data[place] ^= 1 << int(rng.integers(8))


def replace(data: bytearray, rng: Random) -> None:
    data[int(rng.integers(len(data)))] = int(rng.choice(list(b'\0<>&"/,\n\r;:[]{}*!\xff\xfe0')))


def leave_out(data: bytearray, rng: Random) -> None:
    place = int(rng.integers(len(data)))
    del data[place : place + int(rng.integers(1, 40))]


def repeat(data: bytearray, rng: Random) -> None:
    place, to = rng.integers(len(data), size=2)
    data[to:to] = data[place : place + int(rng.integers(1, 200))]


def digits(data: bytearray, rng: Random) -> None:
    """Other numbers: of another sign, very large, or none."""
    places = [i for i, byte in enumerate(data) if chr(byte).isdigit()] or [0]
    place = int(rng.choice(places))
    data[place : place + 1] = rng.choice([b"-1", b"9" * 30, b"1e99", b"nan", b"0.5", b""])


@pytest.mark.parametrize("change", [cut, flip, replace, leave_out, repeat, digits])
@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_gives_a_message_or_a_result(
    tmp_path: Path, name: str, change: Callable[[bytearray, Random], None]
) -> None:
    valid, read = FILES[name]
    path = tmp_path / name
    path.write_bytes(valid)
    read(path)
    rng = np.random.default_rng(sum(map(ord, name + change.__name__)))
    refused = 0
    start = time.process_time()
    for _ in range(ROUNDS):
        data = bytearray(valid)
        change(data, rng)
        path.write_bytes(data)
        try:
            read(path)
        except InputError as error:
            refused += 1
            told = str(error)
            assert told.startswith(str(path))
            assert told.replace(str(path), "").isprintable()
            assert len(told) < 800
    assert refused or change in (flip, replace, digits)
    assert time.process_time() - start < 60


# In order, though it may look odd


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.replace("\n", "\r\n").encode(),
        GOOD.replace("\n", "\r").encode(),
        GOOD.rstrip().encode(),
        GOOD.replace("\n", "\n\n").encode(),
        GOOD.encode() + b'"=HYPERLINK(""http://localhost"")",1\n@SUM(1),1\n-2+3,0\n',
        GOOD.encode() + b'"X,Y",1\nNA,0\nnan,1\n1e5,0\n007,1\n',
        GOOD.encode() + b"X" * 1000 + b",1\n",
        GOOD.replace(",0\n", ",0.0\n").encode(),
    ],
)
def test_strings_in_order_are_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes(data)
    frame = read_strings(path, 0.5, np.random.default_rng(0))
    assert frame["string"].tolist()[:20] == [line.split(",")[0] for line in GOOD.split()[1:]]
    assert frame["valid"].tolist()[:20] == [0, 1] * 10
    if b"HYPERLINK" in data:
        assert frame["string"].iloc[20] == '=HYPERLINK("http://localhost")'


GRAPH = graph_file()
GRAPHS = {
    "UTF-16": GRAPH.replace(b"utf-8", b"utf-16").decode().encode("utf-16"),
    "mark": b"\xef\xbb\xbf" + GRAPH,
    "Latin-1": GRAPH.replace(b"utf-8", b"iso-8859-1").replace(b"size", "größe".encode("latin-1")),
    "no namespace": GRAPH.replace(b' xmlns="http://graphml.graphdrawing.org/xmlns"', b""),
    "no type": GRAPH.replace(b' attr.type="int"', b""),
    "notes": GRAPH.replace(b"<graph ", b"<!-- a note -->\n<desc>any <b>text</b></desc><graph "),
    "CRLF": GRAPH.replace(b"\n", b"\r\n"),
    "data of no key": GRAPH.replace(b"0</data>", b"many</data>").replace(b'key="k"', b'key="x"'),
    "deep data": GRAPH.replace(b"</data>", b"<a>" * 100_000 + b"</a>" * 100_000 + b"</data>", 1),
    "many attributes": GRAPH.replace(
        b"<edge", b"<edge " + b" ".join(b'a%d="1"' % i for i in range(999))
    ),
}


@pytest.mark.parametrize("data", GRAPHS.values(), ids=GRAPHS)
def test_graphml_in_order_is_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "own.graphml"
    path.write_bytes(data)
    assert list(read_graph(path).edges) == [(i // 2, i + 1) for i in range(5)]


def test_configurations_in_order_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    for text in (
        *("\ufeffseed: 3\n", "%YAML 1.1\n---\nseed: 3\n...\n", "study: ! text\n"),
        "x: &a {seed: 3}\ny: *a\nz:\n  <<: *a\n  <<: {b: 1}\n",
        '{\n\t"seed": 3,\n\t"study": "\\ud83d\\ude00"\n}',
    ):
        path.write_text(text, encoding="utf-8")
        check_configfile(path)
    for name in ("config", "quick", "seeds"):
        check_configfile(ROOT / "config" / f"{name}.yaml")
