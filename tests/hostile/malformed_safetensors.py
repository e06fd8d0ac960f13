"""Safetensors files that are refused before any network in them is looked at."""

import copy
import io
import json
import pickle
import tempfile
from pathlib import Path
from typing import Any

import torch
from malformed_cases import Content, Make, sized
from safetensors.torch import save

from sparsernn.files import tensors
from sparsernn.files.tensors import write_tensors
from sparsernn.networks.checkpoints import FORMAT
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.loop import Run
from sparsernn.training.outcomes import outcome
from sparsernn.wiring.wiring import Wiring


class Touch:
    """Unpickled without care, it makes a file in the working directory."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("ran"),)


def entry() -> dict[str, Any]:
    """A network as a checkpoint holds it: 4 inputs, 2 layers of 3 units."""
    wiring = Wiring.dense("gru", input_size=4, hidden_size=3, num_layers=2)
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0), engine="torch")
    return copy.deepcopy(outcome({"cell": "gru", "seed": 0}, network, Run()))


def holding(networks: Any, form: str = FORMAT) -> Make:
    """A checkpoint of these networks."""
    return lambda path: write_tensors({"networks": networks}, path, form)


with tempfile.TemporaryDirectory() as folder:
    holding([entry()])(Path(folder, "whole"))
    WHOLE = Path(folder, "whole").read_bytes()


def pickled(thing: object, **options: bool) -> bytes:
    buffer = io.BytesIO()
    torch.save(thing, buffer, **options)
    return buffer.getvalue()


def raw(header: object, data: bytes = b"") -> bytes:
    """A file of this header, whatever it says."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def four(start: int = 0, stop: int = 4, dtype: str = "F32", shape: object = (1,)) -> dict[str, Any]:
    """What a header says of one tensor, that of one number unless an argument differs."""
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, stop]}


def values(text: str, form: str = FORMAT, **weights: torch.Tensor) -> bytes:
    """A file of tensors with this text where the plain values are."""
    return save(weights, {form: text})


def cut_header(size: int) -> bytes:
    return size.to_bytes(8, "little") + b"{}"


FILES: dict[str, Content] = {
    # Not a file of safetensors
    "empty file": b"",
    "text": "string,valid\n",
    "cut off": WHOLE[:-1],
    "cut off within the header": WHOLE[:200],
    "without its first byte": WHOLE[1:],
    "bytes behind its last tensor": WHOLE + b"\0",
    "checkpoint of torch.save": pickled({"weight": torch.zeros(2)}),
    "pickle that calls a function": pickle.dumps(Touch()),
    "call of a function in a file of torch.save": pickled({"x": Touch()}),
    # Headers
    "header of 2**62 bytes": cut_header(2**62),
    "header of more than 100 MB": cut_header(10**8 + 1),
    "header longer than the file": cut_header(1000),
    "header that is no JSON": raw(b"{weight}"),
    "header that is no text": raw(b"\xff" * 8),
    "header that is a list": raw([]),
    "header nested 20,000 deep": raw(b'{"a":' * 20_000),
    "values that are a number": raw({"__metadata__": {FORMAT: 1}}),
    # Tensors that don't fit the file
    "two tensors of the same bytes": raw({"a": four(), "b": four(2, 6)}, b"0" * 6),
    "bytes of no tensor": raw({"a": four(4, 8)}, b"0" * 8),
    "tensor of fewer bytes than its shape": raw({"a": four(shape=[2])}, b"0" * 4),
    "tensor beyond the end": raw({"a": four(0, 8, shape=[2])}, b"0" * 4),
    "tensor that ends before it begins": raw({"a": four(4, 0)}, b"0" * 4),
    "tensor of 2**80 numbers": raw({"a": four(shape=[2**40, 2**40])}, b"0" * 4),
    "tensor of a negative shape": raw({"a": four(shape=[-1])}, b"0" * 4),
    "tensor of an unknown type": raw({"a": four(dtype="F99")}, b"0" * 4),
    # Safetensors, but not of ours
    "weights of another program": save({"weight": torch.zeros(2)}),
    "metadata of another program": values("{}", "format"),
    "another format's number": holding([entry()], "sparsernn checkpoint 99"),
    "values that are no JSON": values("{networks}"),
    "values that are a list": values("[1, 2]"),
    "values nested 100,000 deep": values("[" * 100_000),
    "number of 5,000 digits": values("9" * 5000),
    "tensor that belongs nowhere": values("{}", **{"networks/0/x": torch.zeros(1)}),
    "tensor in the place of a value": values('{"networks": []}', networks=torch.zeros(1)),
    "tensor in a list": values('{"networks": [[]]}', **{"networks/0/0": torch.zeros(1)}),
    "tensor within a text": values('{"networks": ["gru"]}', **{"networks/0/0/x": torch.zeros(1)}),
    "boolean of 2": raw({"__metadata__": {FORMAT: "{}"}, "m": four(0, 1, "BOOL")}, b"\2"),
    # Files that can't be read
    "file of 1 GiB and a byte": sized(tensors.MAX_BYTES + 1),
}
