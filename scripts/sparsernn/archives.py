"""PyTorch files and pickles from anyone, looked through before anything in them is loaded.

`torch.load(weights_only=True)` runs no code, but a small file could still fill the memory or never
come to an end: compressed records, buffers made by name, tuples of tuples that are hashed for ever.
"""

import io
import pickle
import pickletools
import zipfile
from collections.abc import Callable, Collection, Mapping
from typing import Any, BinaryIO, NamedTuple

import torch
from torch import Tensor

from sparsernn.errors import InputError, brief

__all__ = ["MAX_BYTES", "check_pickle", "differences", "is_plain", "load_tensors"]

MAX_BYTES = 2**30  # of a file, and so of all tensors in it, as they are not compressed
MAX_STEPS = 20_000_000  # of a pickle: some seconds; a network of 50 vertices has 10,000
MAX_KEPT = 100  # of the tuples that are looked into
MAX_PARTS = 100_000  # of a tuple, with those of the tuples in it

# All that torch.save puts into a file for dictionaries, lists, plain values and tensors; and how
# many bytes a number takes in each storage.
_BYTES = {"Double": 8, "Long": 8, "Float": 4, "Int": 4, "Half": 2, "BFloat16": 2, "Short": 2}
_STORAGES = {f"torch {kind}Storage": size for kind, size in _BYTES.items()}
_STORAGES |= {f"torch {kind}Storage": 1 for kind in ("Char", "Byte", "Bool")}
PLAIN = frozenset({"collections OrderedDict", "torch._utils _rebuild_tensor_v2", *_STORAGES})
_LEGACY_PICKLES = 5  # magic number, version, system, content, names of the storages
_BUILDS = ("STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4")


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
            check_pickle(stream, PLAIN, lambda key: len(content))
    stream.seek(0)
    try:
        return torch.load(stream, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:  # whose words advise to load it with all that it holds
        raise InputError("it holds more than tensors and plain values, or is broken") from None


def _check_zip(stream: BinaryIO, size: int) -> None:
    with zipfile.ZipFile(stream) as archive:
        sizes = {record.filename: record.file_size for record in archive.infolist()}
        packed = [r for r in archive.infolist() if r.compress_type != zipfile.ZIP_STORED]
        if packed:
            what = brief(packed[0].filename)
            raise InputError(f"record {what} is compressed; torch.save does not")
        if sum(record.file_size for record in archive.infolist()) > size:
            raise InputError("its records are larger than the file")
        pickles = [name for name in sizes if name.endswith("/data.pkl")]
        if len(pickles) != 1:
            raise InputError(f"it has {len(pickles)} records data.pkl, expected 1")
        folder = pickles[0].removesuffix(".pkl")
        content = io.BytesIO(archive.read(pickles[0]))
        check_pickle(content, PLAIN, lambda key: sizes.get(f"{folder}/{key}", 0))


def check_pickle(
    stream: BinaryIO,
    allowed: Collection[str] | None = None,
    room: Callable[[str], int] | None = None,
) -> None:
    """Go through a pickle up to its end without building anything of it.

    Args:
        stream: is left after the pickle.
        allowed: the classes and functions that it may name, as "module name"; with None the
            unpickler is to refuse them.
        room: the most bytes that the storage of a name may have; None allows no storage.

    Raises:
        InputError: it names another one, is too long, holds tuples that unfold without end or
            storages larger than their room, or is broken.
    """
    walk = _Walk(allowed, room)
    try:
        for step, (opcode, argument, _) in enumerate(pickletools.genops(stream)):
            if step >= MAX_STEPS:
                raise InputError(f"it has more than {MAX_STEPS:,} steps")
            walk.take(opcode, argument)
    except (IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("it is no pickle, or one cut off or damaged") from None


class _Seen(NamedTuple):
    """An object on the stack: how many parts it has, tuples unfolded, and what is known of it."""

    parts: int
    value: Any  # text, a number, the name of a class, a tuple's values; else None


_MARK = _Seen(0, pickletools.markobject)


class _Walk:
    """The unpickler's stack and memo, with sizes in the place of objects."""

    def __init__(self, allowed: Collection[str] | None, room: Callable[[str], int] | None) -> None:
        self.allowed = allowed
        self.room = room
        self.stack: list[_Seen] = []
        self.memo: dict[int, _Seen] = {}
        self.storages: set[str] = set()
        self.total = 0  # bytes of all storages

    def take(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        name = opcode.name
        if self.allowed is not None:
            if name == "GLOBAL" and argument not in self.allowed:
                raise InputError(f"it asks for {brief(argument.replace(' ', '.'))}")
            if name in _BUILDS:
                raise InputError(f"it asks for a class or function with {name}")
        if name == "MEMOIZE":
            self.memo[len(self.memo)] = self.stack[-1]
        elif name.endswith("PUT"):
            # The unpickler makes room for all numbers below.
            if not 0 <= int(argument) <= MAX_STEPS:
                raise InputError(f"it numbers an object {brief(argument)}")
            self.memo[int(argument)] = self.stack[-1]
        elif name.endswith("GET"):
            self.stack.append(self.memo[int(argument)])
        else:
            self.other(opcode, argument)

    def other(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        """What any other step does to the stack."""
        before = opcode.stack_before
        taken: list[_Seen] = []
        if pickletools.markobject in before:
            while (seen := self.stack.pop()) is not _MARK:
                taken.append(seen)
            before = before[: before.index(pickletools.markobject)]
        taken += [self.stack.pop() for _ in before]
        if opcode.name.endswith("PERSID"):
            self.check_storage(taken[0].value if taken else argument)
        parts, value = 1, argument
        if opcode.name.startswith(("TUPLE", "DUP", "FROZENSET")):
            parts += sum(seen.parts for seen in taken)
            # Of a long one nothing is kept: it is no tuple of torch's.
            value = [seen.value for seen in reversed(taken)] if parts < MAX_KEPT else None
        if parts > MAX_PARTS:
            raise InputError(f"it has a tuple of more than {MAX_PARTS:,} parts")
        mark = pickletools.markobject
        made = [_MARK if item is mark else _Seen(parts, value) for item in opcode.stack_after]
        self.stack += made

    def check_storage(self, reference: Any) -> None:
        """Check a storage's size before memory is taken for it, and read into it."""
        if self.room is None:
            raise InputError(f"it asks for {brief(reference)}, which is not in it")
        word, kind, key, _, count, *_ = reference
        if word != "storage" or kind not in _STORAGES or count < 0:
            raise InputError(f"it asks for {brief(reference)}")
        size, room = count * _STORAGES[kind], self.room(key)
        self.total += size if key not in self.storages else 0
        self.storages.add(key)
        if size > room or self.total > MAX_BYTES:
            raise InputError(f"it has a storage of {brief(count)} numbers in {room:,} bytes")


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
