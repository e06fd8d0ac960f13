"""Pickled graphs and weights, as the thesis's repository has them, that are refused."""

import pickle
from pathlib import Path
from typing import Any

import networkx as nx
import torch
from malformed_archives import Touch, numbered, saved, tuples
from malformed_cases import Case, Make, content, sized

from sparsernn.thesis import replay
from sparsernn.thesis.replay import (
    published_accuracy,
    read_pickled_graph,
    read_published_table,
    read_published_weights,
)
from sparsernn.thesis.repository import saved_networks


def bag(vertices: Any, neighbours: Any) -> nx.Graph:
    """A graph with these inside."""
    graph = nx.Graph()
    vars(graph).update(_node=vertices, _adj=neighbours)
    return graph


GRAPH = ("not the pickle of a networkx Graph", "convert others to GraphML")
PICKLES: dict[str, tuple[Make, tuple[str, ...]]] = {
    "empty file": (content(b""), GRAPH),
    "text": (content("text"), GRAPH),
    "cut off": (content(pickle.dumps(nx.path_graph(3))[:40]), GRAPH),
    "call of a function": (content(pickle.dumps(Touch())), (*GRAPH, "it asks for")),
    "call of the shell": (content(b"cos\nsystem\n(S'touch ran'\ntR."), (*GRAPH, "os.system")),
    "name of something outside": (
        content(b"Pelsewhere\n."),
        (*GRAPH, "it asks for 'elsewhere', which is not in it"),
    ),
    "class named on the stack": (
        content(b"\x80\x04\x8c\x08builtins\x8c\x04eval\x93."),
        (*GRAPH, "builtins.eval"),
    ),
    "directed graph": (
        content(pickle.dumps(nx.DiGraph([(0, 1)]))),
        (*GRAPH, "it asks for networkx.classes.digraph.DiGraph"),
    ),
    "list": (content(pickle.dumps([1, 2])), (*GRAPH, "it holds a list")),
    "object number 2147483647": (content(numbered()), (*GRAPH, "it numbers an object 2147483647")),
    "tuples that unfold without end": (
        content(tuples()),
        (*GRAPH, "a tuple of more than 100 parts"),
    ),
    "attribute for all graphs": (
        content(b"\x80\2cnetworkx.classes.graph\nGraph\n(N}X\x05\0\0\0edges]stb."),
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
    "million steps for nothing": (
        content(b"\x80\2" + b"N0" * 600_000 + b"N."),
        (*GRAPH, "more than 1,000,000 steps"),
    ),
    "10,001 vertices": (
        content(pickle.dumps(nx.empty_graph(10_001))),
        (*GRAPH, "10,001 vertices, more than 10,000"),
    ),
    "file of 16 MiB and a byte": (sized(replay.MAX_GRAPH + 1), ("at most 16,777,216",)),
}

STATE = ("not a PyTorch state dict", "Expected a file written by torch.save(model.state_dict()")
WEIGHTS: dict[str, tuple[Make, tuple[str, ...]]] = {
    "pointer of Git LFS": (content("version https://git-lfs.github.com/spec/v1\n"), STATE),
    "call of a function": (content(saved({"weight": Touch()})), (*STATE, "it asks for")),
    "whole module": (content(saved(torch.nn.Linear(2, 2))), (*STATE, "it asks for")),
    "list of tensors": (content(saved([torch.zeros(1)])), (*STATE, "something else than tensors")),
    "text among the tensors": (
        content(saved({"weight": "0.5"})),
        (*STATE, "something else than tensors by name"),
    ),
    "tensors that share their numbers": (
        content(saved(dict.fromkeys("ab", torch.zeros(3)))),
        (*STATE, "its tensors share their numbers: 24 bytes"),
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
