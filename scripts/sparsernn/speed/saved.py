"""A recurrent network from a file: one of ours, or the weights of one of `torch.nn`'s."""

import pickle
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from sparsernn.errors import InputError, brief, cause
from sparsernn.networks.checkpoints import load
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.networks.torch_modules import from_torch

__all__ = ["open_network"]

_GATES: dict[int, Any] = {1: nn.RNN, 3: nn.GRU, 4: nn.LSTM}
_SAVE = "Save a module's weights with torch.save(module.state_dict(), path)."


def open_network(
    path: str | PathLike[str], part: str | None = None, index: int | None = None
) -> SparseRNN:
    """The recurrent network of a file.

    Args:
        path: a file that `sparsernn.save` or a study wrote; or one that `torch.save` wrote, with
            the state dict of an nn.RNN, nn.GRU or nn.LSTM, or of a model that has one. Weights that
            are 0, or that `torch.nn.utils.prune` masked, don't exist.
        part: the module's name in that model, if it has several.
        index: which network of a file of a study, as of `sparsernn.load`.

    Raises:
        InputError: the file is absent or broken, or holds something else.
    """
    if Path(path).suffix == ".safetensors":
        network = load(path, "torch", index=index)
        return network.recurrent if isinstance(network, SequenceClassifier) else network
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. Give the path of a saved network.") from None
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError) as error:
        raise InputError(
            f"{path}: no file of weights ({cause(error)}); expected one of sparsernn.save "
            f"(.safetensors), or a state dict. {_SAVE}"
        ) from None
    if not isinstance(state, Mapping):
        raise InputError(f"{path}: holds {brief(state)}; expected a state dict. {_SAVE}")
    return from_torch(_module(_weights(state, part, str(path)), str(path)), "torch")


def _weights(state: Mapping[Any, Any], part: str | None, where: str) -> dict[str, Tensor]:
    """The weights of one recurrent module, by its own names for them, as its next run has them."""
    plain = {str(name): value for name, value in state.items() if isinstance(value, Tensor)}
    for name in [name for name in plain if name.endswith("_orig")]:
        stem = name.removesuffix("_orig")
        if f"{stem}_mask" in plain:
            plain[stem] = plain[name] * plain[f"{stem}_mask"]
    first = "weight_ih_l0"
    parts = sorted(name.removesuffix(first) for name in plain if name.endswith(first))
    names = ", ".join(each.removesuffix(".") or "the whole" for each in parts)
    wanted = parts if part is None else [f"{part}."] if f"{part}." in parts else []
    if len(wanted) != 1:
        found = f"the recurrent modules {names}" if parts else f"no {first}, as of an nn.LSTM"
        what = "one of them, named by --part" if parts else f"a recurrent module. {_SAVE}"
        raise InputError(f"{where}: holds {found}; expected {what}.".replace("..", "."))
    prefix = wanted[0]
    return {
        name.removeprefix(prefix): value
        for name, value in plain.items()
        if name.startswith(f"{prefix}weight_") or name.startswith(f"{prefix}bias_")
    }


def _module(weights: Mapping[str, Tensor], where: str) -> nn.RNNBase:
    """The module of `torch.nn` that has these weights; an nn.RNN counts as one of tanh."""
    try:
        rows, inputs = weights["weight_ih_l0"].shape
        hidden = weights["weight_hh_l0"].shape[1]
        kind = _GATES[rows // hidden]
        layers = 1 + max(int(name.rsplit("_l", 1)[1].split("_")[0]) for name in weights)
        module: nn.RNNBase = kind(
            inputs,
            hidden,
            layers,
            bias="bias_ih_l0" in weights,
            bidirectional="weight_ih_l0_reverse" in weights,
            dtype=weights["weight_ih_l0"].dtype,
        )
        kept = {name: value for name, value in weights.items() if name in module.state_dict()}
        module.load_state_dict(kept)
    except (KeyError, ValueError, IndexError, RuntimeError, ZeroDivisionError, TypeError) as error:
        raise InputError(
            f"{where}: its weights are not those of an nn.RNN, nn.GRU or nn.LSTM without "
            f"projections ({cause(error)}). {_SAVE}"
        ) from None
    return module
