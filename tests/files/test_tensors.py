"""Files of tensors: content comes back as it was, and any reader of safetensors opens them."""

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from sparsernn.errors import InputError
from sparsernn.files.tensors import read_tensors, write_tensors

CONTENT: dict[str, Any] = {
    "tensor": torch.arange(3.0),
    "name": "\u4e2d\n",
    "list": [1, None, 2.5, True, {"tensor": torch.tensor([1, 2])}],
    "empty": {},
}


def test_content_comes_back(tmp_path: Path) -> None:
    write_tensors(CONTENT, tmp_path / "file", "letters")
    again = read_tensors(tmp_path / "file", "letters")
    assert torch.equal(again.pop("tensor"), torch.arange(3.0))
    inner = again["list"].pop()
    assert list(inner) == ["tensor"] and torch.equal(inner["tensor"], torch.tensor([1, 2]))
    assert again == {"name": CONTENT["name"], "list": [1, None, 2.5, True], "empty": {}}


def test_floats_come_back_exactly(tmp_path: Path) -> None:
    values = [0.1 + 0.2, 5e-324, float("inf"), float("nan"), 2**80, -0.0]
    write_tensors({"values": values}, tmp_path / "file", "numbers")
    assert repr(read_tensors(tmp_path / "file", "numbers")["values"]) == repr(values)


@pytest.mark.parametrize(
    "tensor",
    [
        torch.arange(6.0).reshape(2, 3).T,  # its memory is in another order
        torch.zeros(1).expand(2, 2),
        torch.arange(6)[::2],
        torch.tensor(3.5),
        torch.zeros(0, 2),
        torch.tensor([[True], [False]]).T,
    ],
)
def test_a_tensor_comes_back_whatever_its_memory(tmp_path: Path, tensor: torch.Tensor) -> None:
    write_tensors({"x": tensor, "same": tensor}, tmp_path / "file", "tensors")
    for again in (read_tensors(tmp_path / "file", "tensors"), load_file(tmp_path / "file")):
        for name in ("x", "same"):
            assert again[name].dtype == tensor.dtype and again[name].shape == tensor.shape
            assert torch.equal(again[name], tensor)


def test_what_was_read_is_written_in_the_same_bytes(tmp_path: Path) -> None:
    first, again = tmp_path / "first", tmp_path / "longer" / "again"
    write_tensors(CONTENT, first, "letters")
    content = read_tensors(first, "letters")
    assert list(content) != list(CONTENT), "tensors come last, wherever they were"
    write_tensors(content, again, "letters")
    assert again.read_bytes() == first.read_bytes()


def test_more_than_can_be_read_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sparsernn.files.tensors.MAX_HEADER", 100)
    message = r"file: 1 tensors and their values need a header of \d+ bytes; at most 100 can"
    with pytest.raises(InputError, match=message):
        write_tensors({"x": torch.zeros(1), "text": "x" * 100}, tmp_path / "file", "letters")
    assert list(tmp_path.iterdir()) == []
