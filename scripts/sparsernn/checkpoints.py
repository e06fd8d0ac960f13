"""Networks in files: plain tensors and values, with the settings that made them, nothing to run."""

from collections.abc import Mapping
from os import PathLike
from typing import Any

import numpy as np
import torch

from sparsernn.errors import InputError
from sparsernn.files import write_torch
from sparsernn.network import Engine, SequenceClassifier
from sparsernn.wiring import Block, Wiring

__all__ = ["load_checkpoint", "network_entry", "restore", "save_checkpoint"]

FORMAT = "sparsernn checkpoint 1"


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
        saved, state = entry["wiring"], entry["state_dict"]
        if cell not in (None, saved["cell"]):
            raise InputError(
                f"{where}: holds a network of cell {saved['cell']}, expected {cell}. "
                "Give the checkpoint of that cell, or delete this one to have it made again."
            )
        blocks = tuple(
            Block(
                block["name"],
                int(block["layer"]),
                np.asarray(block["reads"]),
                np.asarray(block["adds_to"]),
                np.asarray(state[f"recurrent.blocks.{i}.mask_ih"]),
                np.asarray(state[f"recurrent.blocks.{i}.mask_hh"]),
            )
            for i, block in enumerate(saved["blocks"])
        )
        wiring = Wiring(
            saved["cell"],
            int(saved["input_size"]),
            int(saved["vertices"]),
            blocks,
            np.asarray(saved["readout"]),
            saved["readout_step"],
        )
    except (KeyError, TypeError, IndexError) as error:
        raise InputError(
            f"{where}: not a whole network ({type(error).__name__}: {error}). "
            "Delete it to have it made again."
        ) from None
    return SequenceClassifier.from_state_dict(wiring, state, where, engine)


def save_checkpoint(path: str | PathLike[str], **content: Any) -> None:
    """Write plain values and tensors, marked as ours."""
    write_torch({"format": FORMAT, **content}, path)


def load_checkpoint(path: str | PathLike[str]) -> dict[str, Any]:
    """Read what `save_checkpoint` wrote; nothing but tensors and plain values is unpickled.

    Raises:
        InputError: absent, broken, or not ours.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except FileNotFoundError:
        raise InputError(f"{path}: no such file. Give the path of a checkpoint.") from None
    except Exception as error:  # torch raises many kinds on a broken or foreign file
        what = str(error).splitlines() or [type(error).__name__]
        raise InputError(
            f"{path}: not a readable checkpoint ({what[0]}). Delete it to have it made again."
        ) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(
            f"{path}: a PyTorch file, but not a {FORMAT!r}. Give one that this workflow wrote."
        )
    return content
