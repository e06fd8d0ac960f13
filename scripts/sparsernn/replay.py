"""The thesis's own saved networks, loaded into the published protocol.

Its repository keeps graphs as pickles and weights as state dicts; both are read without running
anything that they contain.
"""

import io
import pickle
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import networkx as nx
import torch
from torch import Tensor

from sparsernn.errors import InputError
from sparsernn.wiring import Wiring

__all__ = ["from_published", "read_pickled_graph", "read_published_weights"]

_ALLOWED = {
    ("networkx.classes.graph", "Graph"),
    ("networkx.classes.reportviews", "NodeView"),
    ("networkx.classes.reportviews", "EdgeView"),
    ("networkx.classes.reportviews", "DegreeView"),
    ("builtins", "dict"),
}


class _GraphUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it asks for {module}.{name}")
        return super().find_class(module, name)


def read_pickled_graph(path: str | PathLike[str]) -> nx.Graph:
    """Read a networkx graph from a pickle, allowing nothing but an undirected graph in it.

    Raises:
        InputError: the file holds anything else.
    """
    try:
        graph = _GraphUnpickler(io.BytesIO(Path(path).read_bytes())).load()
        if type(graph) is not nx.Graph:
            raise pickle.UnpicklingError(f"it holds a {type(graph).__name__}")
    except Exception as error:  # a broken pickle can raise nearly anything
        raise InputError(
            f"{path}: not the pickle of a networkx Graph ({error}). Only plain graphs are read; "
            "convert others to GraphML."
        ) from None
    # Rebuilt from plain values: an old pickle lacks what newer versions keep in a graph.
    clean = nx.Graph()
    clean.add_nodes_from(graph)
    clean.add_edges_from(graph.edges)
    return clean


def read_published_weights(path: str | PathLike[str]) -> dict[str, Tensor]:
    """Read a state dict of the thesis's code, on the CPU, tensors only."""
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torch raises many kinds on a broken file
        what = str(error).splitlines() or [type(error).__name__]
        raise InputError(
            f"{path}: not a PyTorch state dict ({what[0]}). "
            "Expected a file written by torch.save(model.state_dict(), path)."
        ) from None


def from_published(state_dict: Mapping[str, Tensor], wiring: Wiring) -> dict[str, Tensor]:
    """Rename the thesis's parameters to those of `SequenceClassifier`.

    Args:
        state_dict: names such as `recurrent.recurrent_layers.1.weight_ih` and
            `recurrent.skip_layers.0.mask_i2h`; the cells of skipping edges are counted by layer,
            then by the earlier layer, as in the wiring.
        wiring: of the same network, under the published protocol or dense.

    Returns:
        The same tensors under our names.
    """
    ours: dict[str, str] = {}
    skips = 0
    for i, block in enumerate(wiring.blocks):
        own = i == 0 or wiring.blocks[i - 1].layer != block.layer
        theirs = f"recurrent_layers.{block.layer}" if own else f"skip_layers.{skips}"
        skips += not own
        ours[f"recurrent.{theirs}"] = f"recurrent.blocks.{i}"
    renamed = {}
    for name, tensor in state_dict.items():
        prefix, _, kind = name.rpartition(".")
        kind = {"mask_i2h": "mask_ih", "mask_h2h": "mask_hh"}.get(kind, kind)
        tensor = tensor.bool() if kind.startswith("mask") else tensor
        renamed[f"{ours.get(prefix, prefix)}.{kind}"] = tensor
    return renamed
