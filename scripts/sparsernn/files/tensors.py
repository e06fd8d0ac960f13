"""Files of tensors: safetensors, with the plain values beside them as JSON in the header.

Nothing in such a file can run. The library refuses headers, shapes and types that don't fit the
file; what it doesn't know is checked here: the values, where each tensor belongs, and booleans.
"""

import json
from collections.abc import Mapping
from os import PathLike
from typing import Any

import safetensors.torch
import torch
from torch import Tensor

from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes, write_bytes

__all__ = ["MAX_BYTES", "read_tensors", "write_tensors"]

MAX_BYTES = 2**30  # of a file, and so of all its tensors, as none shares numbers with another
MAX_HEADER = 100_000_000  # bytes; safetensors reads no larger one


def write_tensors(content: Mapping[str, Any], path: str | PathLike[str], format: str) -> None:
    """Write dictionaries and lists of plain values, and tensors as entries of dictionaries.

    The same content gives the same bytes. A tensor's name is its place in the content, such as
    `networks/0/state_dict/out.bias`, so that any reader of safetensors finds it.

    Args:
        content: everything; keys are text without a slash, and come back in their order.
        path: the file.
        format: what kind of file it is; `read_tensors` has to ask for the same.

    Raises:
        InputError: there is more than safetensors can read back.
    """
    arrays: dict[str, Tensor] = {}
    values = json.dumps(_without_tensors(content, "", arrays))
    whole = safetensors.torch.save(arrays, {format: values})
    header = int.from_bytes(whole[:8], "little")
    if header > MAX_HEADER:
        raise InputError(
            f"{path}: {len(arrays):,} tensors and their values need a header of {header:,} bytes; "
            f"at most {MAX_HEADER:,} can be read. Put fewer networks into a file (shard_size)."
        )
    write_bytes(whole, path)


def _without_tensors(value: Any, place: str, arrays: dict[str, Tensor]) -> Any:
    """The plain values of the content; its tensors go into `arrays`, under their places."""
    if isinstance(value, list | tuple):
        return [_without_tensors(part, f"{place}{i}/", arrays) for i, part in enumerate(value)]
    if not isinstance(value, Mapping):
        return value
    plain = {}
    for key, part in value.items():
        if isinstance(part, Tensor):
            # Its own memory, in order, is what is written.
            arrays[f"{place}{key}"] = (
                part.detach().cpu().clone(memory_format=torch.contiguous_format)
            )
        else:
            plain[key] = _without_tensors(part, f"{place}{key}/", arrays)
    return plain


def read_tensors(path: str | PathLike[str], format: str) -> dict[str, Any]:
    """Read what `write_tensors` wrote.

    Raises:
        InputError: absent, too large, damaged, or of another format.
    """
    whole = read_bytes(path, MAX_BYTES, f"a {format}")
    try:
        tensors = safetensors.torch.load(whole)
        header = json.loads(whole[8 : 8 + int.from_bytes(whole[:8], "little")])
        content = json.loads(header.get("__metadata__", {}).get(format, "null"))
    except Exception as error:  # many kinds, on a broken or foreign file
        raise _refused(path, f"a readable safetensors file ({cause(error)})", format) from None
    if not isinstance(content, dict):
        raise _refused(path, f"a {format} (its header has {brief(content)} by this name)", format)
    for name, tensor in tensors.items():
        if problem := _misplaced(content, name, tensor):
            raise _refused(path, f"a whole {format} ({problem})", format)
    return content


def _misplaced(content: dict[str, Any], name: str, tensor: Tensor) -> str:
    """Put a tensor into its place; what is wrong with it or the place, if anything is."""
    if tensor.dtype == torch.bool and bool((tensor.view(torch.uint8) > 1).any()):
        return f"tensor {brief(name)} holds other booleans than 0 and 1"
    *folders, key = name.split("/")
    part: Any = content
    for folder in folders:
        if isinstance(part, list):
            part = dict(enumerate(part)).get(int(folder) if folder.isdecimal() else -1)
        else:
            part = part.get(folder) if isinstance(part, dict) else None
    if not isinstance(part, dict) or not key or key in part:
        return f"there is no place for tensor {brief(name)}"
    part[key] = tensor
    return ""


def _refused(path: str | PathLike[str], what: str, format: str) -> InputError:
    return InputError(
        f"{path}: not {what}. Give a {format} that this workflow wrote, or delete the file to have "
        "it computed again."
    )
