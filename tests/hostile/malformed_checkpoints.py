"""Checkpoints that are refused."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from malformed_cases import Case, Make, nothing
from malformed_safetensors import FILES as DAMAGED
from malformed_safetensors import entry, holding

from sparsernn.training.outcomes import load_network

CHANGED = ("not a whole network", "Delete the file to have it made again")
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


def nested() -> list[Any]:
    """A list that takes long to write out."""
    value: list[Any] = ["x"] * 9
    for _ in range(3):
        value = [value] * 9
    return value


FILES: dict[str, tuple[Make, tuple[str, ...]]] = {
    # Networks
    "networks that are a number": (
        holding(3),
        ("its networks are 3", "expected a list of dictionaries", "Delete the file"),
    ),
    "networks that are words": (
        holding(["gru"]),
        ("its networks are ['gru']", "expected a list of dictionaries"),
    ),
    "no network": (holding([]), ("holds 0 networks",)),
    "two networks": (
        holding([entry(), entry()]),
        ("holds 2 networks, expected 1", "Give a checkpoint of the dense or pruning rules"),
    ),
    "no status": (
        changed(lambda network: network.pop("status")),
        ("the network's status is None, expected text", "Delete the file"),
    ),
    "reason that takes long to write out": (
        changed(lambda network: network.update(status="diverged", reason=nested())),
        ("the network's reason is [", "expected text", "Delete the file"),
    ),
    # The wiring
    "no wiring": (changed(lambda network: network.pop("wiring")), ("wiring is None", *CHANGED)),
    "wiring that is a list": (
        changed(lambda network: network.update(wiring=[1])),
        ("wiring is [1], expected a dictionary", *CHANGED),
    ),
    "wiring without a read-out": (
        changed(lambda network: network["wiring"].pop("readout")),
        ("readout is None, expected a tensor of torch.int64", *CHANGED),
    ),
    "another cell": (
        wiring(cell="lstm"),
        ("holds a network of cell 'lstm', expected gru", "Give the checkpoint of that cell"),
    ),
    "cell that is a number": (wiring(cell=3), ("holds a network of cell 3, expected gru",)),
    "input size that is text": (
        wiring(input_size="4"),
        ("input_size is '4', expected a whole number", *CHANGED),
    ),
    "input size that is true": (wiring(input_size=True), ("input_size is True", *CHANGED)),
    "negative input size": (
        wiring(input_size=-4),
        ("input_size is -4, the embedding has 4", *CHANGED),
    ),
    "input size of 10**15": (
        wiring(input_size=10**15),
        ("input_size is 1000000000000000, the embedding has 4", *CHANGED),
    ),
    "10**15 vertices": (
        wiring(vertices=10**15),
        ("vertices is 1000000000000000, the blocks have 6 units", *CHANGED),
    ),
    "no vertices": (wiring(vertices=0), ("vertices is 0, the blocks have 6 units", *CHANGED)),
    "blocks by name": (wiring(blocks={}), ("blocks is {}, expected a list", *CHANGED)),
    "block that is a list": (
        changed(lambda network: network["wiring"]["blocks"].append([1])),
        ("block 2 is [1], expected a dictionary", *CHANGED),
    ),
    "no blocks": (wiring(blocks=[]), ("vertices is 6, the blocks have 0 units", *CHANGED)),
    "block without a name": (
        changed(lambda network: network["wiring"]["blocks"][0].pop("name")),
        ("name is None, expected text", *CHANGED),
    ),
    "name that is a tensor": (
        block(name=torch.zeros(1)),
        ("name is tensor([0.])", "expected text", *CHANGED),
    ),
    "layer that is text": (block(layer="1"), ("layer is '1', expected a whole number", *CHANGED)),
    "slots in a list": (
        block(reads=[4, 5, 6]),
        ("reads is [4, 5, 6], expected a tensor of torch.int64 in 1 dimension(s)", *CHANGED),
    ),
    "slots with decimals": (
        block(reads=torch.tensor([4.5, 5, 6])),
        ("reads is of torch.float32, shape (3,)", "expected a tensor of torch.int64", *CHANGED),
    ),
    "slots in two dimensions": (
        block(reads=torch.tensor([[4, 5, 6]])),
        ("reads is of torch.int64, shape (1, 3)", "in 1 dimension(s)", *CHANGED),
    ),
    "slot that is not there": (
        block(reads=torch.tensor([4, 5, 99])),
        ("block 'layer 1' reads slot 99", "expected slots from 0 to 9"),
    ),
    "negative slot": (
        block(reads=torch.tensor([4, 5, -1])),
        ("block 'layer 1' reads slot -1", "expected slots from 0 to 9"),
    ),
    "slot of a later block": (
        block(reads=torch.tensor([4, 5, 9])),
        ("reads slot 9 before it is complete", "Order the blocks"),
    ),
    "output into an input": (
        block(adds_to=torch.tensor([7, 8, 0])),
        ("block 'layer 1' adds to slot 0", "expected slots from 4 to 9"),
    ),
    "read-out that is not there": (
        wiring(readout=torch.tensor([10])),
        ("the read-out reads slot 10", "expected slots from 0 to 9"),
    ),
    "empty read-out": (
        wiring(readout=torch.tensor([], dtype=torch.int64)),
        ("readout is of torch.int64, shape (0,)", *CHANGED),
    ),
    "unknown step": (
        wiring(readout_step="first"),
        ("readout_step is 'first', expected last_letter or last_step", *CHANGED),
    ),
    "step that takes long to write out": (
        wiring(readout_step=nested()),
        ("readout_step is [", "expected text", *CHANGED),
    ),
    # Weights and masks
    "no state dict": (
        changed(lambda network: network.pop("state_dict")),
        ("state_dict is None, expected a dictionary", *CHANGED),
    ),
    "no mask": (
        changed(lambda network: network["state_dict"].pop(MASK)),
        (f"{MASK} is None, expected a tensor of torch.bool", *CHANGED),
    ),
    "mask of nan": (
        state(MASK, torch.full((9, 3), torch.nan)),
        (f"{MASK} is of torch.float32, shape (9, 3)", "expected a tensor of torch.bool"),
    ),
    "mask of 0, 1 and 2": (
        state(MASK, torch.arange(27).reshape(9, 3) % 3),
        (f"{MASK} is of torch.int64", "expected a tensor of torch.bool"),
    ),
    "mask of another shape": (
        state(MASK, torch.ones(3, 9, dtype=torch.bool)),
        ("masks of shape ((3, 9), (9, 3))", "needs ((9, 3), (9, 3))", "Correct the masks"),
    ),
    "mask of one dimension": (
        state(MASK, torch.ones(27, dtype=torch.bool)),
        (f"{MASK} is of torch.bool, shape (27,)", "in 2 dimension(s)"),
    ),
    "no weight": (
        changed(lambda network: network["state_dict"].pop(WEIGHT)),
        (f"{WEIGHT} is missing", "(1 differences)"),
    ),
    "weight of another shape": (
        state(WEIGHT, torch.zeros(9, 4)),
        (f"{WEIGHT} is (9, 4), expected (9, 3)", "Load it into the cell and wiring"),
    ),
    "weight that is text": (state(WEIGHT, "0.5"), (f"{WEIGHT} is '0.5', expected a tensor",)),
    "weight of complex numbers": (
        state(WEIGHT, torch.zeros(9, 3, dtype=torch.complex64)),
        (f"{WEIGHT} is of torch.complex64, expected torch.float32",),
    ),
    "weight of whole numbers": (
        state(WEIGHT, torch.zeros(9, 3, dtype=torch.int64)),
        (f"{WEIGHT} is of torch.int64, expected torch.float32",),
    ),
    "embedding of another width": (
        state("embedding.weight", torch.zeros(128, 5)),
        ("input_size is 4, the embedding has 5", *CHANGED),
    ),
    "unknown weight": (state("extra", torch.zeros(1)), ("'extra' is unknown", "(1 differences)")),
    # Files that can't be read
    "folder": (Path.mkdir, ("not a regular file", "Give the path of a sparsernn checkpoint")),
    "no file": (nothing, ("no such file", "Give the path of a sparsernn checkpoint")),
}

CASES = [
    Case(
        "checkpoint",
        name,
        make,
        lambda path: load_network(path, "gru", "torch"),
        "own.safetensors",
        words,
    )
    for name, (make, words) in (DAMAGED | FILES).items()
]
