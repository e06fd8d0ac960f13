"""The thesis's pickles, graphs of networkx and weights of PyTorch: read without running them.

A pickle is a program that can call anything. A graph may only use the steps that put plain values
together, and every class it asks for becomes a bag of attributes; weights go through PyTorch's own
restricted reader. What is bounded is the size of a file: within it, a crafted one could still keep
a reader of weights busy, but neither run code nor bring in numbers that it doesn't hold.
"""

import io
import pickle
import pickletools
import zipfile
from os import PathLike
from types import SimpleNamespace
from typing import Any

import networkx as nx
import torch
from torch import Tensor

from sparsernn.errors import InputError, brief, cause
from sparsernn.files.graphml import MAX_EDGES, MAX_VERTICES
from sparsernn.files.whole import read_bytes

__all__ = ["read_pickled_graph", "read_published_weights"]

MAX_GRAPH = 2**20  # bytes of a pickled graph; those of the thesis have 2,000
MAX_WEIGHTS = 2**24  # bytes of a state dict; those of the thesis have 300,000 at most

_CLASSES = {
    ("networkx.classes.graph", "Graph"),
    # Views of itself that a graph remembers once it was asked for them.
    ("networkx.classes.coreviews", "AdjacencyView"),
    ("networkx.classes.reportviews", "NodeView"),
    ("networkx.classes.reportviews", "EdgeView"),
    ("networkx.classes.reportviews", "DegreeView"),
    ("builtins", "dict"),
}
# Those of protocol 4 that make plain values, and new objects with attributes. No calls, and no
# tuples: a few bytes can nest them so that hashing one as a key takes for ever.
_STEPS = {
    "PROTO", "FRAME", "STOP", "MARK", "MEMOIZE", "BINGET", "LONG_BINGET", "NONE", "NEWTRUE",
    "NEWFALSE", "BININT", "BININT1", "BININT2", "BINFLOAT", "SHORT_BINUNICODE", "BINUNICODE",
    "EMPTY_DICT", "SETITEM", "SETITEMS", "EMPTY_TUPLE", "STACK_GLOBAL", "NEWOBJ", "BUILD",
}  # fmt: skip


class _GraphUnpickler(pickle.Unpickler):
    """Makes bags of attributes: a pickle can change any class that it is given."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _CLASSES:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return SimpleNamespace


def read_pickled_graph(path: str | PathLike[str]) -> nx.Graph:
    """Read a networkx graph from a pickle, allowing nothing but an undirected graph in it.

    Raises:
        InputError: the file holds anything else.
    """
    content = read_bytes(path, MAX_GRAPH, "the pickle of a networkx Graph")
    try:
        for step, argument, _ in pickletools.genops(content):
            if step.name not in _STEPS:
                what = f"{step.name} {brief(argument)}" if argument else step.name
                raise ValueError(f"it has the step {what}, which no graph needs")
        return _plain_graph(_GraphUnpickler(io.BytesIO(content)).load())
    except Exception as error:  # a broken pickle can raise nearly anything
        raise InputError(
            f"{path}: not the pickle of a networkx Graph ({cause(error)}). "
            "Give the thesis's own file, or another plain graph of pickle's protocol 4 or later."
        ) from None


def _plain_graph(pickled: object) -> nx.Graph:
    """A graph of the vertices and edges among the attributes of a pickled one."""
    if type(pickled) is not SimpleNamespace:
        raise ValueError(f"it holds a {type(pickled).__name__}")
    vertices, adjacency = (vars(pickled).get(name) for name in ("_node", "_adj"))
    if not isinstance(vertices, dict) or not isinstance(adjacency, dict):
        raise ValueError("it holds no vertices and edges")
    if not all(isinstance(neighbours, dict) for neighbours in adjacency.values()):
        raise ValueError("it holds a vertex without neighbours")
    # Both before anything is built: one dictionary may be the neighbours of many vertices.
    _check_count(len(vertices), MAX_VERTICES, "vertices")
    _check_count(sum(map(len, adjacency.values())), 2 * MAX_EDGES, "neighbours")
    graph = nx.Graph()
    graph.add_nodes_from(vertices)
    graph.add_edges_from((u, v) for u, neighbours in adjacency.items() for v in neighbours)
    _check_count(len(graph), MAX_VERTICES, "vertices")
    return graph


def _check_count(count: int, limit: int, kind: str) -> None:
    if count > limit:
        raise ValueError(f"it has {count:,} {kind}, more than {limit:,}")


def read_published_weights(path: str | PathLike[str]) -> dict[str, Tensor]:
    """Read a state dict of the thesis's code, on the CPU, tensors only.

    Raises:
        InputError: absent, too large, broken, or anything else than tensors by name.
    """
    content = read_bytes(path, MAX_WEIGHTS, "a PyTorch state dict")
    try:
        _check_unpacked(content)
        weights = _loaded(content)
        _check_weights(weights, content)
        return dict(weights)
    except Exception as error:  # zipfile raises many kinds; a dictionary may hide its methods
        raise InputError(
            f"{path}: not a PyTorch state dict ({cause(error)}). "
            "Give a file that torch.save(model.state_dict(), path) wrote."
        ) from None


def _loaded(content: bytes) -> Any:
    try:
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
    except Exception:  # many kinds, one of which advises to run what is in the file
        raise ValueError("it is damaged, or holds more than tensors and plain values") from None


def _check_unpacked(content: bytes) -> None:
    """Check that a zip isn't compressed: it could unfold to a thousand times its size."""
    if not content.startswith(b"PK"):  # torch's format before 1.6, the one of the thesis
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(record.file_size for record in archive.infolist()) > len(content):
            raise ValueError("its records are larger than the file")


def _check_weights(weights: object, content: bytes) -> None:
    """Check that these are tensors of real numbers, and that the file holds each of these numbers.

    A view may show a few numbers without end, and torch fills a tensor whose numbers are absent
    from a file of its old format with whatever is in the memory.
    """
    if not isinstance(weights, dict) or not all(isinstance(name, str) for name in weights):
        raise ValueError("it holds something else than tensors by name")
    left, found = len(content), set[int]()
    for name, tensor in weights.items():
        if not isinstance(tensor, Tensor) or tensor.layout != torch.strided or tensor.is_quantized:
            raise ValueError(f"{brief(name)} is {brief(tensor)}, expected a plain tensor")
        left -= tensor.numel() * tensor.element_size()
        storage = tensor.untyped_storage()
        if left < 0 or not (storage.data_ptr() in found or _is_in(content, storage)):
            raise ValueError(f"{brief(name)} has numbers that are not in the file")
        found.add(storage.data_ptr())
        if ".mask_" in name and not ((tensor == 0) | (tensor == 1)).all():
            raise ValueError(f"{brief(name)} holds other values than 0 and 1")


def _is_in(content: bytes, storage: torch.UntypedStorage) -> bool:
    if storage.nbytes() > len(content):
        return False
    return torch.empty(0, dtype=torch.uint8).set_(storage).numpy().tobytes() in content
