"""Safetensors files that are refused before any network in them is looked at."""

import copy
import io
import json
import pickle
from pathlib import Path
from typing import Any

import torch
from malformed_cases import Make, content, sized
from safetensors.torch import save

from sparsernn.files import tensors
from sparsernn.files.tensors import write_tensors
from sparsernn.networks.checkpoints import FORMAT
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.loop import Run
from sparsernn.training.outcomes import record
from sparsernn.wiring.wiring import Wiring

UNREADABLE = ("not a readable safetensors file", "delete the file to have it made again")
FOREIGN = (f"not a {FORMAT} (", f"Give a {FORMAT} that this workflow wrote")
NOT_WHOLE = (f"not a whole {FORMAT}", "delete the file")


class Touch:
    """Unpickled without care, it makes a file in the working directory."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("ran"),)


def entry() -> dict[str, Any]:
    """A network as a checkpoint holds it: 4 inputs, 2 layers of 3 units."""
    wiring = Wiring.dense("gru", input_size=4, hidden_size=3, num_layers=2)
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0), engine="torch")
    return copy.deepcopy(record({"cell": "gru", "seed": 0}, network, Run()))


def holding(networks: Any, form: str = FORMAT) -> Make:
    """A checkpoint of these networks."""
    return lambda path: write_tensors({"networks": networks}, path, form)


def whole(folder: Path) -> bytes:
    path = folder / "whole.safetensors"
    holding([entry()])(path)
    return path.read_bytes()


def pickled(thing: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(thing, buffer)
    return buffer.getvalue()


def raw(header: object, data: bytes = b"") -> Make:
    """A file of this header, whatever it says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return content(len(text).to_bytes(8, "little") + text + data)


def four(start: int = 0, stop: int = 4, dtype: str = "F32", shape: object = (1,)) -> dict[str, Any]:
    """What a header says of one tensor, that of one number unless an argument differs."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


def values(text: str, form: str = FORMAT, **weights: torch.Tensor) -> Make:
    """A file of tensors with this text where the plain values are."""
    return content(save(weights, {form: text}))


def damaged(change: Any) -> Make:
    """A whole checkpoint, its bytes changed."""

    def make(path: Path) -> None:
        path.write_bytes(change(whole(path.parent)))

    return make


def cut_header(size: int) -> bytes:
    return size.to_bytes(8, "little") + b"{}"


PLACE = "there is no place for tensor"
FILES: dict[str, tuple[Make, tuple[str, ...]]] = {
    # Not a file of safetensors
    "empty file": (content(b""), (*UNREADABLE, "header too small")),
    "text": (content("string,valid\n"), UNREADABLE),
    "cut off": (damaged(lambda data: data[:-1]), UNREADABLE),
    "cut off within the header": (damaged(lambda data: data[:200]), UNREADABLE),
    "without its first byte": (damaged(lambda data: data[1:]), UNREADABLE),
    "bytes behind its last tensor": (damaged(lambda data: data + b"\0"), UNREADABLE),
    "checkpoint of torch.save": (content(pickled({"weight": torch.zeros(2)})), UNREADABLE),
    "pickle that calls a function": (content(pickle.dumps(Touch())), UNREADABLE),
    "call of a function in a file of torch.save": (content(pickled({"x": Touch()})), UNREADABLE),
    # Headers
    "header of 2**62 bytes": (content(cut_header(2**62)), (*UNREADABLE, "header too large")),
    "header of more than 100 MB": (content(cut_header(10**8 + 1)), UNREADABLE),
    "header longer than the file": (content(cut_header(1000)), UNREADABLE),
    "header that is no JSON": (raw(b"{weight}"), UNREADABLE),
    "header that is no text": (raw(b"\xff" * 8), UNREADABLE),
    "header that is a list": (raw([]), UNREADABLE),
    "header nested 20,000 deep": (raw(b'{"a":' * 20_000), UNREADABLE),
    "values that are a number": (raw({"__metadata__": {FORMAT: 1}}), UNREADABLE),
    # Tensors that don't fit the file
    "two tensors of the same bytes": (raw({"a": four(), "b": four()}, b"0" * 4), UNREADABLE),
    "bytes of no tensor": (raw({"a": four(4, 8)}, b"0" * 8), UNREADABLE),
    "tensor of fewer bytes than its shape": (raw({"a": four(shape=[2])}, b"0" * 4), UNREADABLE),
    "tensor beyond the end": (raw({"a": four(0, 8, shape=[2])}, b"0" * 4), UNREADABLE),
    "tensor that ends before it begins": (raw({"a": four(4, 0)}, b"0" * 4), UNREADABLE),
    "tensor of 2**80 numbers": (raw({"a": four(shape=[2**40, 2**40])}, b"0" * 4), UNREADABLE),
    "tensor of a negative shape": (raw({"a": four(shape=[-1])}, b"0" * 4), UNREADABLE),
    "tensor of an unknown type": (raw({"a": four(dtype="F99")}, b"0" * 4), UNREADABLE),
    # Safetensors, but not of ours
    "weights of another program": (content(save({"weight": torch.zeros(2)})), FOREIGN),
    "metadata of another program": (values("{}", "format"), FOREIGN),
    "another format's number": (holding([entry()], "sparsernn checkpoint 3"), FOREIGN),
    "values that are no JSON": (values("{networks}"), FOREIGN),
    "values that are a list": (values("[1, 2]"), (*FOREIGN, "it holds [1, 2]")),
    "values nested 100,000 deep": (values("[" * 100_000), FOREIGN),
    "number of 5,000 digits": (values("9" * 5000), FOREIGN),
    "tensor that belongs nowhere": (
        values("{}", **{"networks/0/x": torch.zeros(1)}),
        (*NOT_WHOLE, f"{PLACE} 'networks/0/x'"),
    ),
    "tensor in the place of a value": (
        values('{"networks": []}', networks=torch.zeros(1)),
        (*NOT_WHOLE, f"{PLACE} 'networks'"),
    ),
    "tensor in a list": (
        values('{"networks": [[]]}', **{"networks/0/0": torch.zeros(1)}),
        (*NOT_WHOLE, PLACE),
    ),
    "tensor within a text": (
        values('{"networks": ["gru"]}', **{"networks/0/0/x": torch.zeros(1)}),
        (*NOT_WHOLE, PLACE),
    ),
    "boolean of 2": (
        raw({"__metadata__": {FORMAT: "{}"}, "m": four(0, 1, "BOOL")}, b"\2"),
        (*NOT_WHOLE, "tensor 'm' holds other booleans than 0 and 1"),
    ),
    # Files that can't be read
    "file of 1 GiB and a byte": (
        sized(tensors.MAX_BYTES + 1),
        ("at most 1,073,741,824", "Split it, or drop what is not needed"),
    ),
}
