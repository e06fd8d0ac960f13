"""Checkpoints that are refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from malformed_cases import Case, Content, Make, nothing
from malformed_safetensors import FILES as DAMAGED
from malformed_safetensors import entry, holding

from sparsernn.training.outcomes import load_network

MASK, WEIGHT = "recurrent.blocks.1.mask_ih", "recurrent.blocks.1.weight_ih"


def changed(change: Callable[[dict[str, Any]], object]) -> Make:
    """A checkpoint whose one network was changed."""

    def make(path: Path) -> None:
        network = entry()
        change(network)
        holding([network])(path)

    return make


def wiring(**values: Any) -> Make:
    return changed(lambda network: network["wiring"].update(values))


def block(**values: Any) -> Make:
    return changed(lambda network: network["wiring"]["blocks"][1].update(values))


def state(name: Any, value: Any) -> Make:
    return changed(lambda network: network["state_dict"].update({name: value}))


NESTED = [[[["x"] * 9] * 9] * 9] * 9  # takes long to write out
FILES: dict[str, Content] = {
    # Networks
    "networks that are a number": holding(3),
    "networks that are words": holding(["gru"]),
    "no network": holding([]),
    "two networks": holding([entry(), entry()]),
    "no status": changed(lambda network: network.pop("status")),
    "reason that takes long to write out": changed(
        lambda network: network.update(status="diverged", reason=NESTED)
    ),
    # The wiring
    "no wiring": changed(lambda network: network.pop("wiring")),
    "wiring that is a list": changed(lambda network: network.update(wiring=[1])),
    "wiring without a read-out": changed(lambda network: network["wiring"].pop("readout")),
    "another cell": wiring(cell="lstm"),
    "cell that is a number": wiring(cell=3),
    "input size that is text": wiring(input_size="4"),
    "input size that is true": wiring(input_size=True),
    "negative input size": wiring(input_size=-4),
    "input size of 10**15": wiring(input_size=10**15),
    "10**15 vertices": wiring(vertices=10**15),
    "no vertices": wiring(vertices=0),
    "blocks by name": wiring(blocks={}),
    "block that is a list": changed(lambda network: network["wiring"]["blocks"].append([1])),
    "no blocks": wiring(blocks=[]),
    "block without a name": changed(lambda network: network["wiring"]["blocks"][0].pop("name")),
    "name that is a tensor": block(name=torch.zeros(1)),
    "layer that is text": block(layer="1"),
    "slots in a list": block(reads=[4, 5, 6]),
    "slots with decimals": block(reads=torch.tensor([4.5, 5, 6])),
    "slots in two dimensions": block(reads=torch.tensor([[4, 5, 6]])),
    "slot that is not there": block(reads=torch.tensor([4, 5, 99])),
    "negative slot": block(reads=torch.tensor([4, 5, -1])),
    "slot of a later block": block(reads=torch.tensor([4, 5, 9])),
    "output into an input": block(adds_to=torch.tensor([7, 8, 0])),
    "read-out that is not there": wiring(readout=torch.tensor([10])),
    "empty read-out": wiring(readout=torch.tensor([], dtype=torch.int64)),
    "unknown step": wiring(readout_step="first"),
    "step that takes long to write out": wiring(readout_step=NESTED),
    "no options": changed(lambda network: network.pop("options")),
    "dropout of 2": changed(lambda network: network["options"].update(dropout=2.0)),
    "dropout that is text": changed(lambda network: network["options"].update(dropout="0.5")),
    "batch_first that is 1": changed(lambda network: network["options"].update(batch_first=1)),
    "frozen that is a name": changed(lambda network: network.update(frozen="out.bias")),
    "direction that is a number": block(reverse=1),
    "leak of 2": block(leak=2.0),
    "leak that is text": block(leak="0.5"),
    "stack with a leak": block(leak=0.5),
    "stack that runs one layer backward": block(reverse=True),
    "stacked that is text": wiring(stacked="yes"),
    # Weights and masks
    "no state dict": changed(lambda network: network.pop("state_dict")),
    "no mask": changed(lambda network: network["state_dict"].pop(MASK)),
    "mask of nan": state(MASK, torch.full((9, 3), torch.nan)),
    "mask of 0, 1 and 2": state(MASK, torch.arange(27).reshape(9, 3) % 3),
    "mask of another shape": state(MASK, torch.ones(3, 9, dtype=torch.bool)),
    "mask of one dimension": state(MASK, torch.ones(27, dtype=torch.bool)),
    "no weight": changed(lambda network: network["state_dict"].pop(WEIGHT)),
    "weight of another shape": state(WEIGHT, torch.zeros(9, 4)),
    "weight that is text": state(WEIGHT, "0.5"),
    "weight of complex numbers": state(WEIGHT, torch.zeros(9, 3, dtype=torch.complex64)),
    "weight of whole numbers": state(WEIGHT, torch.zeros(9, 3, dtype=torch.int64)),
    "embedding of another width": state("embedding.weight", torch.zeros(128, 5)),
    "unknown weight": state("extra", torch.zeros(1)),
    # Files that can't be read
    "folder": Path.mkdir,
    "no file": nothing,
}


def read(path: Path) -> object:
    return load_network(path, "gru", "torch")


CASES = [
    Case("checkpoint", name, make, read, "own.safetensors")
    for name, make in (DAMAGED | FILES).items()
]
