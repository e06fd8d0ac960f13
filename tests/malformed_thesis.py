"""Pickled graphs and weights, as the thesis's repository has them, that are refused."""

import pickle

import networkx as nx
import torch
from malformed_cases import Case, Make, content, sized
from malformed_checkpoints import Touch, numbered, saved, tuples

from sparsernn import replay
from sparsernn.replay import read_pickled_graph, read_published_weights

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
    "mask of nan": (
        content(saved({"recurrent.recurrent_layers.0.mask_i2h": torch.tensor([1, torch.nan])})),
        (*STATE, "mask_i2h' holds other values than 0 and 1"),
    ),
}

READERS: list[tuple[str, str, dict[str, tuple[Make, tuple[str, ...]]], Make]] = [
    ("thesis's pickled graph", "own.gpickle", PICKLES, read_pickled_graph),
    ("thesis's weights", "own.pt", WEIGHTS, read_published_weights),
]
CASES = [
    Case(kind, name, make, read, file, words)
    for kind, file, cases, read in READERS
    for name, (make, words) in cases.items()
]
