"""Networks in files: plain tensors and values, with the settings that made them, nothing to run."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

import torch
from torch import Tensor

from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError, brief, cause
from sparsernn.files.archives import MAX_BYTES, check_shared, is_plain, load_tensors
from sparsernn.files.whole import read_bytes, write_torch
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.wiring.wiring import Block, Wiring

__all__ = ["load_checkpoint", "network_entry", "restore", "save_checkpoint"]

FORMAT = "sparsernn checkpoint 1"
_WIRING = {"cell", "input_size", "vertices", "readout", "readout_step", "blocks"}
_BLOCK = {"name", "layer", "reads", "adds_to"}
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
                "Give the checkpoint of that cell, or delete this one to have it made again."
            )
        _check_numbers(saved, state)
        wiring = _wiring(saved, state)
    except InputError as error:
        raise InputError(f"{where}: {error}") from None
    return SequenceClassifier.from_state_dict(wiring, state, where, engine)


def _check_numbers(saved: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Check, before arrays of them are made, that the file holds the numbers of every tensor."""
    blocks = _part(saved, "blocks", list)
    parts = [saved, state, *(block for block in blocks if isinstance(block, dict))]
    values = [value for part in parts for value in part.values()]
    try:
        check_shared(value for value in values if isinstance(value, Tensor) and is_plain(value))
    except InputError as error:
        raise _not_whole(str(error)) from None


def _wiring(saved: Mapping[str, Any], state: Mapping[str, Any]) -> Wiring:
    """The wiring of a file, every part of it of the kind that `network_entry` writes."""
    _check_keys(saved, _WIRING, "the wiring")
    blocks = []
    for i, block in enumerate(_part(saved, "blocks", list)):
        if not isinstance(block, dict):
            raise _not_whole(f"block {i} is {brief(block)}, expected a dictionary")
        _check_keys(block, _BLOCK, f"block {i}")
        slots = [_tensor(block, name, torch.int64, 1).numpy() for name in ("reads", "adds_to")]
        masks = [
            _tensor(state, f"recurrent.blocks.{i}.mask_{kind}", torch.bool, 2).numpy()
            for kind in ("ih", "hh")
        ]
        name, layer = _part(block, "name", str), _part(block, "layer", int)
        blocks.append(Block(name, layer, *slots, *masks))
    sizes = {name: _part(saved, name, int) for name in ("input_size", "vertices")}
    # Arrays of these sizes are made, so tensors must bear them out.
    width = _tensor(state, "embedding.weight", None, 2).shape[1]
    if sizes["input_size"] != width:
        raise _not_whole(f"input_size is {brief(sizes['input_size'])}, the embedding has {width}")
    units = sum(block.size for block in blocks)
    if not 1 <= sizes["vertices"] <= units:
        raise _not_whole(f"vertices is {brief(sizes['vertices'])}, the blocks have {units} units")
    step = _part(saved, "readout_step", str)
    if step not in ("last_letter", "last_step"):
        raise _not_whole(f"readout_step is {brief(step)}, expected last_letter or last_step")
    readout = _tensor(saved, "readout", torch.int64, 1).numpy()
    cell = _part(saved, "cell", str)
    return Wiring(cell, sizes["input_size"], sizes["vertices"], tuple(blocks), readout, step)


def _part(whole: Mapping[str, Any], name: str, kind: type) -> Any:
    value = whole.get(name)
    if not isinstance(value, kind) or isinstance(value, bool):
        raise _not_whole(f"{name} is {brief(value)}, expected {_KINDS[kind]}")
    return value


def _tensor(whole: Mapping[str, Any], name: str, dtype: torch.dtype | None, rank: int) -> Tensor:
    """A tensor of `rank` dimensions, not empty; None takes any type of real numbers."""
    value = whole.get(name)
    expected = f"expected a tensor of {dtype or 'numbers'} in {rank} dimension(s)"
    if not isinstance(value, Tensor):
        raise _not_whole(f"{name} is {brief(value)}, {expected}")
    typed = is_plain(value) and dtype in (None, value.dtype)
    if not typed or value.ndim != rank or not value.numel():
        raise _not_whole(f"{name} is of {value.dtype}, shape {tuple(value.shape)}; {expected}")
    return value


def _check_keys(part: Mapping[str, Any], expected: set[str], name: str) -> None:
    if part.keys() != expected:
        names = sorted(key if isinstance(key, str) else brief(key) for key in part)
        found = brief(names)
        raise _not_whole(f"{name} has the keys {found}, expected {sorted(expected)}")


def _not_whole(what: str) -> InputError:
    return InputError(f"not a whole network ({what}). Delete the file to have it made again.")


def save_checkpoint(path: str | PathLike[str], **content: Any) -> None:
    """Write plain values and tensors, marked as ours."""
    write_torch({"format": FORMAT, **content}, path)


def load_checkpoint(path: str | PathLike[str]) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote; nothing but tensors and plain values is unpickled.

    Raises:
        InputError: absent, broken, or not ours.
    """
    whole = read_bytes(path, MAX_BYTES, "a checkpoint")
    try:
        content = load_tensors(whole)
    except Exception as error:  # torch and zipfile raise many kinds on a broken or foreign file
        raise InputError(
            f"{path}: not a readable checkpoint ({cause(error)}). Expected tensors and plain "
            "values as torch.save writes them. Delete it to have it made again."
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(
            f"{path}: a PyTorch file, but not a {FORMAT!r}. Give one that this workflow wrote."
        )
    networks = content.get("networks", [])
    if not isinstance(networks, list) or not all(isinstance(entry, dict) for entry in networks):
        raise InputError(
            f"{path}: its networks are {brief(networks)}, expected a list of dictionaries. "
            "Delete the file to have it made again."
        )
    return content
