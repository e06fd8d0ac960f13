"""Networks in files: plain tensors and values, with the settings that made them, nothing to run."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

import torch
from torch import Tensor

from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError, brief
from sparsernn.files.tensors import read_tensors, write_tensors
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.wiring.wiring import Block, Wiring

__all__ = ["load_checkpoint", "network_entry", "restore", "save_checkpoint"]

FORMAT = "sparsernn checkpoint 2"  # 1 was a pickle of PyTorch's
_KINDS = {dict: "a dictionary", list: "a list", str: "text", int: "a whole number"}


def network_entry(network: SequenceClassifier) -> dict[str, Any]:
    """What a file holds of a network: its wiring and its state dict (weights and masks)."""
    wiring = network.wiring
    return {
        "wiring": {
            "cell": wiring.cell,
            "input_size": wiring.input_size,
            "vertices": wiring.vertices,
            "readout": torch.tensor(wiring.readout),
            "readout_step": wiring.readout_step,
            "blocks": [
                {
                    "name": block.name,
                    "layer": block.layer,
                    "reads": torch.tensor(block.reads),
                    "adds_to": torch.tensor(block.adds_to),
                }
                for block in wiring.blocks
            ],
        },
        "state_dict": network.state_dict(),
    }


def restore(
    entry: Mapping[str, Any],
    cell: str | None = None,
    where: str = "checkpoint",
    engine: Engine = "fused",
) -> SequenceClassifier:
    """The network of a `network_entry`.

    Args:
        entry: the wiring and the state dict.
        cell: what the network is expected to be; None takes any.
        where: what the entry comes from, for messages.
        engine: what runs the network.

    Raises:
        InputError: the network has another cell, or is not whole.
    """
    try:
        saved, state = (_part(entry, name, dict) for name in ("wiring", "state_dict"))
        if cell is not None and saved.get("cell") != cell:
            raise InputError(
                f"holds a network of cell {brief(saved.get('cell'))}, expected {cell}. "
                "Give the checkpoint of that cell, or delete this one to have it computed again."
            )
        wiring = _wiring(saved, state)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return SequenceClassifier.from_state_dict(wiring, state, where, engine)


def _wiring(saved: Mapping[str, Any], state: Mapping[str, Any]) -> Wiring:
    """The wiring in a file, each part of it of the kind that `network_entry` writes."""
    blocks = [_block(block, i, state) for i, block in enumerate(_part(saved, "blocks", list))]
    input_size, vertices = (_part(saved, name, int) for name in ("input_size", "vertices"))
    # Arrays of these sizes are allocated, so the tensors in the file must bear them out.
    width = _tensor(state, "embedding.weight", None, 2).shape[1]
    if input_size != width:
        raise _not_whole(f"input_size is {brief(input_size)}, the embedding has {width}")
    units = sum(block.size for block in blocks)
    if not 1 <= vertices <= units:
        raise _not_whole(f"vertices is {brief(vertices)}, the blocks have {units} units")
    step = _part(saved, "readout_step", str)
    if step not in ("last_letter", "last_step"):
        raise _not_whole(f"readout_step is {brief(step)}, expected last_letter or last_step")
    readout = _tensor(saved, "readout", torch.int64, 1).numpy()
    return Wiring(_part(saved, "cell", str), input_size, vertices, tuple(blocks), readout, step)


def _block(saved: object, number: int, state: Mapping[str, Any]) -> Block:
    if not isinstance(saved, dict):
        raise _not_whole(f"block {number} is {brief(saved)}, expected a dictionary")
    prefix = f"recurrent.blocks.{number}"
    slots = (_tensor(saved, name, torch.int64, 1).numpy() for name in ("reads", "adds_to"))
    names = (f"{prefix}.mask_ih", f"{prefix}.mask_hh")
    masks = (_tensor(state, name, torch.bool, 2).numpy() for name in names)
    reads, adds_to = slots
    mask_ih, mask_hh = masks
    name, layer = _part(saved, "name", str), _part(saved, "layer", int)
    return Block(name, layer, reads, adds_to, mask_ih, mask_hh)


def _part(whole: Mapping[str, Any], name: str, kind: type) -> Any:
    value = whole.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _not_whole(f"{name} is {brief(value)}, expected {_KINDS[kind]}")
    return value


def _tensor(whole: Mapping[str, Any], name: str, dtype: torch.dtype | None, rank: int) -> Tensor:
    """A tensor of `rank` dimensions that is not empty; None takes any type."""
    value = whole.get(name)
    expected = f"expected a tensor of {dtype or 'numbers'} in {rank} dimension(s)"
    if not isinstance(value, Tensor):
        raise _not_whole(f"{name} is {brief(value)}, {expected}")
    if dtype not in (None, value.dtype) or value.ndim != rank or not value.numel():
        raise _not_whole(f"{name} is of {value.dtype}, shape {tuple(value.shape)}; {expected}")
    return value


def _not_whole(what: str) -> InputError:
    return InputError(f"not a whole network ({what}). Delete the file to have it computed again.")


def save_checkpoint(path: str | PathLike[str], **content: Any) -> None:
    """Write networks with the settings that made them, as a safetensors file."""
    write_tensors(content, path, FORMAT)


def load_checkpoint(path: str | PathLike[str]) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote.

    Raises:
        InputError: absent, broken, or not ours.
    """
    content = read_tensors(path, FORMAT)
    networks = content.get("networks", [])
    if not isinstance(networks, list) or not all(isinstance(entry, dict) for entry in networks):
        raise InputError(
            f"{path}: its networks are {brief(networks)}, expected a list of dictionaries. "
            "Delete the file to have it computed again."
        )
    return content
