"""Pickled graphs and weights, as the thesis's repository has them, that are refused."""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import networkx as nx
import torch
from malformed_cases import Case, Content, Make, sized
from malformed_safetensors import Touch, pickled

from sparsernn.thesis import pickles, replay
from sparsernn.thesis.pickles import read_pickled_graph, read_published_weights
from sparsernn.thesis.replay import published_accuracy, read_published_table
from sparsernn.thesis.repository import saved_networks


def bag(vertices: Any, neighbours: Any) -> nx.Graph:
    """A graph with these inside."""
    graph = nx.Graph()
    vars(graph).update(_node=vertices, _adj=neighbours)
    return graph


def tuples() -> bytes:
    """A pickle of 170 bytes whose tuple has 2**40 parts, to be hashed one by one as a key."""
    steps = b"".join(b"h%ch%c\x86q%c" % (i, i, i + 1) for i in range(40))
    return b"\x80\x02})q\0" + steps + b"K\1s."


GRAPH = b"\x80\4\x8c\x16networkx.classes.graph"  # the module, on the stack
PICKLES: dict[str, Content] = {
    "empty file": b"",
    "text": "text",
    "cut off": pickle.dumps(nx.path_graph(3))[:40],
    "call of a function": pickle.dumps(Touch()),
    "call of the shell": b"cos\nsystem\n(S'touch ran'\ntR.",
    "call of a class that is allowed": b"\x80\x04\x8c\x08builtins\x8c\x04dict\x93)R.",
    "instance of a class": b"(S'true'\nios\nsystem\n.",
    "name of something outside": b"Pelsewhere\n.",
    "class named on the stack": b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93.",
    "function of a class that is allowed": GRAPH + b"\x8c\x0eGraph.subgraph\x93.",
    "directed graph": pickle.dumps(nx.DiGraph([(0, 1)])),
    "list": pickle.dumps([1, 2]),
    "dictionary": pickle.dumps({1: 2}, 4),
    "graph of an older protocol": pickle.dumps(nx.path_graph(3), 2),
    "object number 2147483647": b"\x80\x02}r\xff\xff\xff\x7f.",
    "tuples that unfold without end": tuples(),
    "attribute for all graphs": GRAPH + b"\x8c\5Graph\x93}\x8c\5edges\x8c\0sb.",
    "2,000 vertices that share their neighbours": pickle.dumps(
        bag({0: {}}, dict.fromkeys(range(2000), dict.fromkeys(range(2000))))
    ),
    "neighbours that are a number": pickle.dumps(bag({0: {}}, {0: 3})),
    "graph without vertices and edges": pickle.dumps(bag(None, 3)),
    "edges to more vertices than it has": pickle.dumps(
        bag({0: {}}, {0: dict.fromkeys(range(1, 11_000))})
    ),
    "10,001 vertices": pickle.dumps(nx.empty_graph(10_001)),
    "file of 1 MiB and a byte": sized(pickles.MAX_GRAPH + 1),
}


def saved(thing: object) -> bytes:
    """What `torch.save` writes in its old format, the thesis's."""
    return pickled(thing, _use_new_zipfile_serialization=False)


NUMBERS = {"weight": torch.arange(4.0)}
WHOLE = saved(NUMBERS)
# It ends after the names and shapes; torch loads it.
WITHOUT_STORAGES = WHOLE[: WHOLE.rindex(b"\x80\2]q\0")] + b"\x80\2]q\0."


def changed(old: bytes, new: bytes) -> bytes:
    """Weights with other bytes in their pickle."""
    assert WHOLE.count(old) == 1
    return WHOLE.replace(old, new)


def compressed(thing: object) -> bytes:
    """Weights in a zip that torch doesn't write."""
    old, new = zipfile.ZipFile(io.BytesIO(pickled(thing))), io.BytesIO()
    with old, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in old.namelist():
            archive.writestr(name, old.read(name))
    return new.getvalue()


def with_attribute() -> dict[str, Any]:
    """A dictionary whose method is hidden by a number."""
    hidden = OrderedDict(weight="0.5")
    vars(hidden)["get"] = 1
    return hidden


WEIGHTS: dict[str, Content] = {
    # Not a file of torch's, or a broken one
    "empty file": b"",
    "pointer of Git LFS": "version https://git-lfs.github.com/spec/v1\n",
    "cut off": WHOLE[:-1],
    "without its first byte": WHOLE[1:],
    "zip that is cut off": pickled(NUMBERS)[:-30],
    "zip without weights": b"PK\5\6" + b"\0" * 18,
    "storage of more numbers than there are": changed(b"K\4N", b"K\5N"),
    "storage of 170 GB": changed(b"K\4N", b"\x8a\5\0\0\0\0\x0aN"),
    "view of a thousand million numbers": changed(b"K\0K\4\x85", b"K\0J\0\xca\x9a;\x85"),
    "view that begins before the first number": changed(b"K\0K\4\x85", b"J\xfe\xff\xff\xffK\4\x85"),
    "numbers that are not in the file": WITHOUT_STORAGES,
    # Code, and what fills the memory
    "call of a function": saved({"weight": Touch()}),
    "pickle that calls a function": pickle.dumps(Touch(), 2),
    "whole module": pickled(torch.nn.Linear(2, 2)),
    "whole module, old format": saved(torch.nn.Linear(2, 2)),
    "compressed zip": compressed({"weight": torch.zeros(10**6)}),
    "one number that a view shows a million million times": saved(
        {"weight": torch.zeros(1).expand(10**6, 10**6)}
    ),
    "file of 16 MiB and a byte": sized(pickles.MAX_WEIGHTS + 1),
    # Other values than weights
    "list of tensors": saved([torch.zeros(1)]),
    "names that are numbers": saved({i * (2**61 - 1): None for i in range(100)}),
    "text among the tensors": saved({"weight": "0.5"}),
    "dictionary with an attribute": saved(with_attribute()),
    "sparse tensor": saved({"weight": torch.eye(3).to_sparse()}),
    "mask of nan": saved({"recurrent.recurrent_layers.0.mask_i2h": torch.tensor([1, torch.nan])}),
}


def accuracy(path: Path) -> float:
    return published_accuracy(read_published_table(path, "sparse"), FIRST)


FIRST = saved_networks("sparse", "gru")[0]
HEADER = "graph,graph_nr,test_acc\n"
TABLES: dict[str, Content] = {
    "accuracy in percent": f"{HEADER}{FIRST.family},0,97.5\n",
    "infinite accuracy": f"{HEADER}{FIRST.family},0,inf\n",
    "negative accuracy": f"{HEADER}{FIRST.family},0,-5\n",
    "accuracy that is text": f"{HEADER}{FIRST.family},0,high\n",
    "no line of the network": f"{HEADER}{FIRST.family},1,0.9\n",
    "no accuracies": "graph,graph_nr\n",
    "file of 8 MiB and a byte": sized(replay.MAX_TABLE + 1),
}

READERS: list[tuple[str, str, dict[str, Content], Make]] = [
    ("thesis's pickled graph", "own.gpickle", PICKLES, read_pickled_graph),
    ("thesis's table", "gru.csv", TABLES, accuracy),
    ("thesis's weights", "own.pt", WEIGHTS, read_published_weights),
]
CASES = [
    Case(kind, name, make, read, file)
    for kind, file, cases, read in READERS
    for name, make in cases.items()
]
