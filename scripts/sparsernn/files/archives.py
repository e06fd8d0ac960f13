"""PyTorch files and pickles from anyone, looked through before anything in them is loaded.

`torch.load(weights_only=True)` runs no code, but a small file could still fill the memory or never
come to an end: compressed records, buffers made by name, tuples of tuples that are hashed for ever.
"""

import io
import pickle
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

import torch
from torch import Tensor

from sparsernn.errors import InputError, brief
from sparsernn.files.pickles import MAX_BYTES, MAX_STEPS, Storage, check_pickle

__all__ = ["MAX_BYTES", "check_shared", "differences", "is_plain", "load_tensors"]

MAX_RECORDS = 500_000  # of a zip: one a tensor
_LEGACY_PICKLES = 5  # magic number, version, system, content, keys of the storages


def load_tensors(content: bytes) -> Any:
    """What `torch.save` wrote of tensors and plain values, in its present format or the one before.

    Raises:
        InputError: it holds anything else. The message says only what; the caller knows where.
        Exception: torch can't read it; it raises many kinds.
    """
    stream = _checked_zip(content) if content.startswith(b"PK") else _checked_legacy(content)
    try:
        return torch.load(stream, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:  # whose words advise to load it with all that it holds
        raise InputError("it holds more than tensors and plain values, or is broken") from None


def _checked_zip(content: bytes) -> BinaryIO:
    """The records of a zip in another of our own: two readers may find others in a foreign one."""
    if content.count(b"PK\1\2") > MAX_RECORDS:
        raise InputError(f"it has more than {MAX_RECORDS:,} records")
    own = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive, zipfile.ZipFile(own, "w") as again:
        records = archive.infolist()
        _check_records(records, len(content))
        sizes = {record.filename: record.file_size for record in records}
        [name] = [name for name in sizes if name.endswith("/data.pkl")]
        folder = name.removesuffix(".pkl")
        steps = io.BytesIO(archive.read(name))
        check_pickle(steps, torch_only=True, room=lambda key: sizes.get(f"{folder}/{key}", 0))
        for record in records:
            again.writestr(record.filename, archive.read(record))
    own.seek(0)
    return own


def _check_records(records: list[zipfile.ZipInfo], size: int) -> None:
    packed = [r.filename for r in records if r.compress_type != zipfile.ZIP_STORED]
    if packed:
        raise InputError(f"record {brief(packed[0])} is compressed; torch.save does not")
    if sum(record.file_size for record in records) > size:
        raise InputError("its records are larger than the file")
    names = [record.filename for record in records]
    pickles = [name for name in names if name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise InputError(f"it has {len(pickles)} records data.pkl, expected 1")
    folder = pickles[0].removesuffix("data.pkl")
    if folder.count("/") != 1 or not all(name.startswith(folder) for name in names):
        raise InputError("its records are in several folders, expected one")
    if len({name.casefold() for name in names}) < len(names):  # torch takes them for the same
        raise InputError("it has two records of one name")


def _checked_legacy(content: bytes) -> BinaryIO:
    stream = io.BytesIO(content)
    storages: dict[str, Storage] = {}
    start, left = 0, MAX_STEPS
    for _ in range(_LEGACY_PICKLES):
        start = stream.tell()
        walk = check_pickle(stream, left, torch_only=True, room=lambda key: len(content))
        storages |= walk.storages
        left -= walk.steps
    keys = _Keys(io.BytesIO(content[start : stream.tell()])).load()
    # torch lets a storage that is not read from the file grow.
    if not isinstance(keys, list) or sorted(keys) != sorted(storages):
        raise InputError("it asks for other storages than it has")
    stream.seek(0)
    return stream


class _Keys(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise InputError(f"it asks for {brief(f'{module}.{name}')}")


def is_plain(tensor: Tensor) -> bool:
    """Whether a tensor is one of real numbers, each kept once.

    A tensor from a file may be a view that repeats a few numbers without end, until it is copied.
    """
    return (
        tensor.layout == torch.strided
        and not (tensor.is_complex() or tensor.is_quantized)
        and tensor.numel() * tensor.element_size() <= tensor.untyped_storage().nbytes()
    )


def check_shared(tensors: Iterable[Tensor]) -> None:
    """Check that tensors hold together no more numbers than the file does.

    Raises:
        InputError: several share the same numbers. Each would be copied.
    """
    needed, held = 0, {}
    for tensor in tensors:
        storage = tensor.untyped_storage()
        needed += tensor.numel() * tensor.element_size()
        held[storage.data_ptr()] = storage.nbytes()
    if needed > sum(held.values()):
        raise InputError(f"its tensors share their numbers: {needed:,} bytes in {len(held)} parts")


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
