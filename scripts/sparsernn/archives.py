"""PyTorch files and pickles from anyone, looked through before anything in them is loaded.

`torch.load(weights_only=True)` runs no code, but a small file could still fill the memory or never
come to an end: compressed records, buffers made by name, tuples of tuples that are hashed for ever.
"""

import io
import pickletools
import zipfile
from collections.abc import Collection, Mapping
from typing import Any, BinaryIO

import torch
from torch import Tensor

from sparsernn.errors import InputError, brief

__all__ = ["MAX_BYTES", "check_pickle", "differences", "is_plain", "load_tensors"]

MAX_BYTES = 2**30  # of a file, and so of all tensors in it, as they are not compressed
MAX_STEPS = 4_000_000  # of a pickle
MAX_PARTS = 100_000  # of a tuple, with those of the tuples in it

# All that torch.save puts into a file for dictionaries, lists, plain values and tensors.
_STORAGES = ("Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Char", "Byte", "Bool")
PLAIN = frozenset(
    {
        "collections OrderedDict",
        "torch._utils _rebuild_tensor_v2",
        *(f"torch {name}Storage" for name in _STORAGES),
    }
)
_LEGACY_PICKLES = 5  # magic number, version, system, content, names of the storages
_MARK = -1


def load_tensors(content: bytes) -> Any:
    """What `torch.save` wrote of tensors and plain values, in its present format or the one before.

    Raises:
        InputError: it holds anything else. The message says only what; the caller knows where.
        Exception: torch can't read it; it raises many kinds.
    """
    stream = io.BytesIO(content)
    if content.startswith(b"PK"):
        _check_zip(stream, len(content))
    else:
        for _ in range(_LEGACY_PICKLES):
            check_pickle(stream, PLAIN)
    stream.seek(0)
    return torch.load(stream, map_location="cpu", weights_only=True)


def _check_zip(stream: BinaryIO, size: int) -> None:
    with zipfile.ZipFile(stream) as archive:
        records = archive.infolist()
        packed = next((r for r in records if r.compress_type != zipfile.ZIP_STORED), None)
        if packed is not None:
            raise InputError(f"record {brief(packed.filename)} is compressed; torch.save does not")
        if sum(record.file_size for record in records) > size:
            raise InputError("its records are larger than the file")
        pickles = [record for record in records if record.filename.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise InputError(f"it has {len(pickles)} records data.pkl, expected 1")
        check_pickle(io.BytesIO(archive.read(pickles[0])), PLAIN)


def check_pickle(stream: BinaryIO, allowed: Collection[str] | None = None) -> None:
    """Go through a pickle up to its end without building anything of it.

    Args:
        stream: is left after the pickle.
        allowed: the classes and functions that it may name, as "module name"; with None the
            unpickler is to refuse them.

    Raises:
        InputError: it names another one, is too long, or holds tuples that unfold without end.
        ValueError, IndexError, KeyError: it is broken.
    """
    stack: list[int] = []  # how many parts each object has, tuples unfolded
    memo: dict[int, int] = {}
    argument: Any
    for step, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
        if step >= MAX_STEPS:
            raise InputError(f"it has more than {MAX_STEPS:,} steps")
        name = opcode.name
        if allowed is not None:
            _check_name(name, argument, allowed)
        if name == "MEMOIZE":
            memo[len(memo)] = stack[-1]
        elif name.endswith("PUT"):
            # The unpickler makes room for all numbers below.
            if not 0 <= int(argument) <= MAX_STEPS:
                raise InputError(f"it numbers an object {brief(argument)}")
            memo[int(argument)] = stack[-1]
        elif name.endswith("GET"):
            stack.append(memo[int(argument)])
        else:
            _take_step(opcode, stack)


def _check_name(name: str, argument: Any, allowed: Collection[str]) -> None:
    if name == "GLOBAL" and argument not in allowed:
        raise InputError(f"it asks for {brief(argument.replace(' ', '.'))}")
    if name in ("STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4"):
        raise InputError(f"it asks for a class or function with {name}")


def _take_step(opcode: pickletools.OpcodeInfo, stack: list[int]) -> None:
    """What a step does to the stack, where only the size of tuples is of interest."""
    before = opcode.stack_before
    taken: list[int] = []
    if pickletools.markobject in before:
        while (parts := stack.pop()) != _MARK:
            taken.append(parts)
        before = before[: before.index(pickletools.markobject)]
    taken += [stack.pop() for _ in before]
    parts = 1
    if opcode.name.startswith(("TUPLE", "DUP", "FROZENSET")):
        parts += sum(taken)
    if parts > MAX_PARTS:
        raise InputError(f"it has a tuple of more than {MAX_PARTS:,} parts")
    mark = pickletools.markobject
    stack += [_MARK if item is mark else parts for item in opcode.stack_after]


def is_plain(tensor: Tensor) -> bool:
    """Whether a tensor is one of real numbers, each kept once.

    A tensor from a file may be a view that repeats a few numbers without end, until it is copied.
    """
    return (
        tensor.layout == torch.strided
        and not (tensor.is_complex() or tensor.is_quantized)
        and tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()
    )


def differences(state_dict: Mapping[str, Tensor], expected: Mapping[str, Tensor]) -> list[str]:
    """What keeps a state dict from being loaded in the place of another."""
    found = [f"{name} is missing" for name in expected.keys() - state_dict.keys()]
    found += [f"{brief(name)} is unknown" for name in state_dict.keys() - expected.keys()]
    for name in expected.keys() & state_dict.keys():
        ours, theirs = expected[name], state_dict[name]
        if not isinstance(theirs, Tensor):
            found.append(f"{name} is {brief(theirs)}, expected a tensor")
        elif theirs.shape != ours.shape:
            found.append(f"{name} is {tuple(theirs.shape)}, expected {tuple(ours.shape)}")
        elif not is_plain(theirs) or _kind(theirs) != _kind(ours):
            found.append(f"{name} is of {theirs.dtype}, expected {ours.dtype}")
    return found


def _kind(tensor: Tensor) -> torch.dtype | str:
    return "floating" if tensor.is_floating_point() else tensor.dtype
