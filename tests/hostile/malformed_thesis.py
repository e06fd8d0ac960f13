"""Pickled graphs and weights, as the thesis's repository has them, that are refused."""

import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import networkx as nx
import torch
from malformed_cases import Case, Make, content, sized
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


GRAPH = ("not the pickle of a networkx Graph", "convert others to GraphML")
PICKLES: dict[str, tuple[Make, tuple[str, ...]]] = {
    "empty file": (content(b""), GRAPH),
    "text": (content("text"), GRAPH),
    "cut off": (content(pickle.dumps(nx.path_graph(3))[:40]), GRAPH),
    "call of a function": (content(pickle.dumps(Touch())), (*GRAPH, "the step TUPLE1")),
    "call of the shell": (
        content(b"cos\nsystem\n(S'touch ran'\ntR."),
        (*GRAPH, "the step GLOBAL 'os system', which no graph needs"),
    ),
    "call of a class that is allowed": (
        content(b"\x80\x04\x8c\x08builtins\x8c\x04dict\x93)R."),
        (*GRAPH, "the step REDUCE, which no graph needs"),
    ),
    "instance of a class": (
        content(b"(S'true'\nios\nsystem\n."),
        (*GRAPH, "the step STRING"),
    ),
    "name of something outside": (
        content(b"Pelsewhere\n."),
        (*GRAPH, "the step PERSID 'elsewhere', which no graph needs"),
    ),
    "class named on the stack": (
        content(b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93."),
        (*GRAPH, "it asks for builtins.eval"),
    ),
    "function of a class that is allowed": (
        content(b"\x80\4\x8c\x16networkx.classes.graph\x8c\x0eGraph.subgraph\x93."),
        (*GRAPH, "it asks for networkx.classes.graph.Graph.subgraph"),
    ),
    "directed graph": (
        content(pickle.dumps(nx.DiGraph([(0, 1)]))),
        (*GRAPH, "it asks for networkx.classes.digraph.DiGraph"),
    ),
    "list": (content(pickle.dumps([1, 2])), (*GRAPH, "the step EMPTY_LIST")),
    "dictionary": (content(pickle.dumps({1: 2}, 4)), (*GRAPH, "it holds a dict")),
    "graph of an older protocol": (
        content(pickle.dumps(nx.path_graph(3), 2)),
        (*GRAPH, "protocols from 4 on"),
    ),
    "object number 2147483647": (
        content(b"\x80\x02}r\xff\xff\xff\x7f."),
        (*GRAPH, "the step LONG_BINPUT 2147483647, which no graph needs"),
    ),
    "tuples that unfold without end": (content(tuples()), (*GRAPH, "the step BINPUT")),
    "attribute for all graphs": (
        content(b"\x80\4\x8c\x16networkx.classes.graph\x8c\5Graph\x93}\x8c\5edges\x8c\0sb."),
        GRAPH,
    ),
    "2,000 vertices that share their neighbours": (
        content(pickle.dumps(bag({0: {}}, dict.fromkeys(range(2000), dict.fromkeys(range(2000)))))),
        (*GRAPH, "4,000,000 neighbours, more than 2,000,000"),
    ),
    "neighbours that are a number": (
        content(pickle.dumps(bag({0: {}}, {0: 3}))),
        (*GRAPH, "a vertex without neighbours"),
    ),
    "graph without vertices and edges": (
        content(pickle.dumps(bag(None, 3))),
        (*GRAPH, "no vertices and edges"),
    ),
    "edges to more vertices than it has": (
        content(pickle.dumps(bag({0: {}}, {0: dict.fromkeys(range(1, 11_000))}))),
        (*GRAPH, "11,000 vertices, more than 10,000"),
    ),
    "10,001 vertices": (
        content(pickle.dumps(nx.empty_graph(10_001))),
        (*GRAPH, "10,001 vertices, more than 10,000"),
    ),
    "file of 1 MiB and a byte": (sized(pickles.MAX_GRAPH + 1), ("at most 1,048,576",)),
}


def saved(thing: object) -> bytes:
    """What `torch.save` writes in its old format, the thesis's."""
    buffer = io.BytesIO()
    torch.save(thing, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


NUMBERS = {"weight": torch.arange(4.0)}


def changed(old: bytes, new: bytes) -> Make:
    """Weights with other bytes in their pickle."""
    whole = saved(NUMBERS)
    assert whole.count(old) == 1
    return content(whole.replace(old, new))


def without_storages() -> bytes:
    """Weights whose file ends after their names and shapes; torch loads it."""
    whole = saved(NUMBERS)
    return whole[: whole.rindex(b"\x80\2]q\0")] + b"\x80\2]q\0."


def zipped(thing: object, compression: int) -> bytes:
    """Weights in a zip that isn't torch's own."""
    old, new = zipfile.ZipFile(io.BytesIO(pickled(thing))), io.BytesIO()
    with old, zipfile.ZipFile(new, "w", compression) as archive:
        for name in old.namelist():
            archive.writestr(name, old.read(name))
    return new.getvalue()


def with_attribute() -> dict[str, Any]:
    """A dictionary whose method is hidden by a number."""
    hidden = OrderedDict(weight="0.5")
    vars(hidden)["get"] = 1
    return hidden


STATE = ("not a PyTorch state dict", "Expected a file written by torch.save(model.state_dict()")
DAMAGED = (*STATE, "it is damaged, or holds more than tensors and plain values")
ABSENT = (*STATE, "'weight' has numbers that are not in the file")
WEIGHTS: dict[str, tuple[Make, tuple[str, ...]]] = {
    # Not a file of torch's, or a broken one
    "empty file": (content(b""), DAMAGED),
    "pointer of Git LFS": (content("version https://git-lfs.github.com/spec/v1\n"), DAMAGED),
    "cut off": (content(saved(NUMBERS)[:-1]), DAMAGED),
    "without its first byte": (content(saved(NUMBERS)[1:]), DAMAGED),
    "zip of other files": (content(zipped({}, 0)[:30]), (*STATE, "not a zip file")),
    "storage of more numbers than there are": (changed(b"K\4N", b"K\5N"), DAMAGED),
    "storage of 170 GB": (changed(b"K\4N", b"\x8a\5\0\0\0\0\x0aN"), DAMAGED),
    "view of a thousand million numbers": (
        changed(b"K\0K\4\x85", b"K\0J\0\xca\x9a;\x85"),
        DAMAGED,
    ),
    "view that begins before the first number": (
        changed(b"K\0K\4\x85", b"J\xfe\xff\xff\xffK\4\x85"),
        DAMAGED,
    ),
    "numbers that are not in the file": (content(without_storages()), ABSENT),
    # Code, and what fills the memory
    "call of a function": (content(saved({"weight": Touch()})), DAMAGED),
    "pickle that calls a function": (content(pickle.dumps(Touch(), 2)), DAMAGED),
    "whole module": (content(pickled(torch.nn.Linear(2, 2))), DAMAGED),
    "whole module, old format": (content(saved(torch.nn.Linear(2, 2))), DAMAGED),
    "compressed zip": (
        content(zipped({"weight": torch.zeros(10**6)}, zipfile.ZIP_DEFLATED)),
        (*STATE, "its records are larger than the file"),
    ),
    "one number that a view shows a million million times": (
        content(saved({"weight": torch.zeros(1).expand(10**6, 10**6)})),
        ABSENT,
    ),
    "file of 16 MiB and a byte": (sized(pickles.MAX_WEIGHTS + 1), ("at most 16,777,216",)),
    # Other values than weights
    "list of tensors": (content(saved([torch.zeros(1)])), (*STATE, "something else than tensors")),
    "names that are numbers": (
        content(saved({i * (2**61 - 1): None for i in range(100)})),
        (*STATE, "something else than tensors by name"),
    ),
    "text among the tensors": (
        content(saved({"weight": "0.5"})),
        (*STATE, "'weight' is '0.5', expected a plain tensor"),
    ),
    "dictionary with an attribute": (
        content(saved(with_attribute())),
        (*STATE, "'weight' is '0.5', expected a plain tensor"),
    ),
    "sparse tensor": (
        content(saved({"weight": torch.eye(3).to_sparse()})),
        (*STATE, "'weight' is tensor(", "expected a plain tensor"),
    ),
    "mask of nan": (
        content(saved({"recurrent.recurrent_layers.0.mask_i2h": torch.tensor([1, torch.nan])})),
        (*STATE, "mask_i2h' holds other values than 0 and 1"),
    ),
}


def accuracy(path: Path) -> float:
    return published_accuracy(read_published_table(path, "sparse"), FIRST)


FIRST = saved_networks("sparse", "gru")[0]
HEADER = "graph,graph_nr,test_acc\n"
SHARE = ("expected a share from 0 to 1", "Give the table of the thesis's repository")
TABLES: dict[str, tuple[Make, tuple[str, ...]]] = {
    "accuracy in percent": (content(f"{HEADER}{FIRST.family},0,97.5\n"), ("is 97.5", *SHARE)),
    "infinite accuracy": (content(f"{HEADER}{FIRST.family},0,inf\n"), ("is inf", *SHARE)),
    "negative accuracy": (content(f"{HEADER}{FIRST.family},0,-5\n"), ("is -5", *SHARE)),
    "accuracy that is text": (content(f"{HEADER}{FIRST.family},0,high\n"), ("no test_acc",)),
    "no line of the network": (content(f"{HEADER}{FIRST.family},1,0.9\n"), ("no test_acc",)),
    "no accuracies": (content("graph,graph_nr\n"), ("no column 'test_acc'",)),
    "file of 8 MiB and a byte": (sized(replay.MAX_TABLE + 1), ("at most 8,388,608",)),
}

READERS: list[tuple[str, str, dict[str, tuple[Make, tuple[str, ...]]], Make]] = [
    ("thesis's pickled graph", "own.gpickle", PICKLES, read_pickled_graph),
    ("thesis's table", "gru.csv", TABLES, accuracy),
    ("thesis's weights", "own.pt", WEIGHTS, read_published_weights),
]
CASES = [
    Case(kind, name, make, read, file, words)
    for kind, file, cases, read in READERS
    for name, (make, words) in cases.items()
]
