"""PyTorch files that are refused before anything in them is built, and what makes them."""

import copy
import io
import pickle
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import torch
from malformed_cases import Make, content

from sparsernn.networks.checkpoints import FORMAT
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.loop import Run
from sparsernn.training.outcomes import outcome
from sparsernn.wiring.wiring import Wiring

UNREADABLE = ("not a readable checkpoint", "Delete it to have it made again")


class Touch:
    """Unpickled without care, it makes a file in the working directory."""

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("ran"),)


def entry() -> dict[str, Any]:
    """A network as a checkpoint holds it: 4 inputs, 2 layers of 3 units."""
    wiring = Wiring.dense("gru", input_size=4, hidden_size=3, num_layers=2)
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0), engine="torch")
    return copy.deepcopy(outcome({"cell": "gru", "seed": 0}, network, Run()))


def saved(thing: object, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(thing, buffer, **options)
    return buffer.getvalue()


def holding(networks: Any) -> bytes:
    """A checkpoint as torch writes it, which stores a value once however often it is in there."""
    return saved({"format": FORMAT, "networks": networks})


def whole() -> bytes:
    return holding([entry()])


def zipped(*records: tuple[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, data in records:
            archive.writestr(zipfile.ZipInfo(name), data, compression)
    return buffer.getvalue()


def repacked(old: bytes = b"", new: bytes = b"", compression: int = zipfile.ZIP_STORED) -> bytes:
    """A file of torch's with other bytes in its pickle."""
    plain = saved({"format": FORMAT, "weight": torch.arange(4.0)})
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        records = [(name, archive.read(name)) for name in archive.namelist()]
    assert old in records[0][1]
    records[0] = records[0][0], records[0][1].replace(old, new)
    return zipped(*records, compression=compression)


def overlapping() -> bytes:
    """A zip whose directory lists one record of 4 KiB fifty times."""
    small = zipped(("archive/data.pkl", b"x" * 4096))
    at = small.index(b"PK\1\2")
    end = small.index(b"PK\5\6")
    one, rest = small[at:end], small[end:]
    size = (50 * len(one)).to_bytes(4, "little")
    counts = (50).to_bytes(2, "little") * 2
    return small[:at] + one * 50 + rest[:8] + counts + size + rest[16:]


def tuples() -> bytes:
    """A pickle of 170 bytes whose tuple has 2**40 parts, to be hashed one by one as a key."""
    steps = b"".join(b"h%ch%c\x86q%c" % (i, i, i + 1) for i in range(40))
    return b"\x80\x02})q\0" + steps + b"K\1s."


def numbered() -> bytes:
    """A pickle that gives an object a number for which all lower ones need room."""
    return b"\x80\x02}r\xff\xff\xff\x7f."


def legacy_storage() -> bytes:
    """A file in torch's old format that promises far more numbers than it has."""
    old = saved(
        {"format": FORMAT, "weight": torch.arange(4.0)}, _use_new_zipfile_serialization=False
    )
    assert b"K\x04NtqQ" in old or b"K\x04N" in old
    return old.replace(b"K\x04N", b"\x8a\x05\0\0\0\0\x0aN", 1)


def legacy(old: bytes, new: bytes) -> bytes:
    """A file in torch's old format with other bytes in its pickle."""
    thing = {"format": FORMAT, "weight": torch.arange(4.0)}
    whole = saved(thing, _use_new_zipfile_serialization=False)
    assert whole.count(old) == 1
    return whole.replace(old, new)


def without_storages() -> bytes:
    """A file in torch's old format that ends after its content: no storage is read."""
    whole = legacy(b"K\0K\4\x85", b"K\0K\4\x85")
    return whole[: whole.rindex(b"\x80\2]q\0")] + b"\x80\2]q\0."


def with_attribute() -> dict[str, Any]:
    """A dictionary whose method is hidden by a number."""
    hidden = OrderedDict(format=FORMAT)
    vars(hidden)["get"] = 1
    return hidden


FILES: dict[str, tuple[Make, tuple[str, ...]]] = {
    # Not a file of torch's
    "empty file": (content(b""), UNREADABLE),
    "text": (content("string,valid\n"), UNREADABLE),
    "cut off": (content(whole()[:2000]), (*UNREADABLE, "not a zip file")),
    "without its first byte": (content(whole()[1:]), UNREADABLE),
    "zip of other files": (
        content(zipped(("word/document.xml", b"<w/>"))),
        (*UNREADABLE, "0 records data.pkl"),
    ),
    "zip with two pickles": (
        content(zipped(("a/data.pkl", b"N."), ("b/data.pkl", b"N."))),
        (*UNREADABLE, "2 records data.pkl"),
    ),
    "two records that differ by case": (
        content(zipped(("a/DATA.PKL", tuples()), ("a/data.pkl", b"N."))),
        (*UNREADABLE, "two records of one name"),
    ),
    "records in two folders": (
        content(zipped(("a/data.pkl", b"N."), ("b/version", b"3\n"))),
        (*UNREADABLE, "its records are in several folders"),
    ),
    "500,001 records": (
        content(zipped(("a/data.pkl", b"N.")) + b"PK\1\2" * 500_000),
        (*UNREADABLE, "more than 500,000 records"),
    ),
    "compressed records": (
        content(zipped(("a/data.pkl", b"\0" * 10**7), compression=zipfile.ZIP_DEFLATED)),
        (*UNREADABLE, "'a/data.pkl' is compressed"),
    ),
    "records that share their bytes": (
        content(overlapping()),
        (*UNREADABLE, "its records are larger than the file"),
    ),
    "fewer numbers than its pickle says": (
        content(repacked(b"q\x08K\x04t", b"q\x08M\xe8\x03t")),
        (*UNREADABLE, "a storage of 1000 numbers in 16 bytes"),
    ),
    "view of more numbers than there are": (
        content(repacked(b"K\0K\4\x85", b"K\0M\xe8\x03\x85")),
        (*UNREADABLE, "a tensor of shape [1000] in 4 numbers"),
    ),
    "view that begins before the first number": (
        content(repacked(b"K\0K\4\x85", b"J\xfe\xff\xff\xffK\4\x85")),
        (*UNREADABLE, "a tensor of shape [4] in 4 numbers"),
    ),
    "old format, view of a thousand million numbers": (
        content(legacy(b"K\0K\4\x85", b"K\0J\0\xca\x9a;\x85")),
        (*UNREADABLE, "a tensor of shape [1000000000] in 4 numbers"),
    ),
    "old format without its storages": (
        content(without_storages()),
        (*UNREADABLE, "it asks for other storages than it has"),
    ),
    "old format that promises 170 GB": (
        content(legacy_storage()),
        (*UNREADABLE, "a storage of 42949672960 numbers in "),
    ),
    "storage of fewer than no numbers": (
        content(repacked(b"q\x08K\x04t", b"q\x08J\xff\xff\xff\xfft")),
        (*UNREADABLE, "it asks for ['storage', 'torch FloatStorage', '0', 'cpu', -1]"),
    ),
    "storage that is not in the file": (
        content(repacked(b"X\x01\0\0\x000q\x07", b"X\x01\0\0\x007q\x07")),
        (*UNREADABLE, "a storage of 4 numbers in 0 bytes"),
    ),
    # Code, or what fills memory and time
    "call of a function": (
        content(saved({"format": FORMAT, "x": Touch()})),
        (*UNREADABLE, "it asks for '__builtin__.getattr'"),
    ),
    "pickle that calls a function": (content(pickle.dumps(Touch())), UNREADABLE),
    "whole module": (
        content(saved(torch.nn.Linear(2, 2))),
        (*UNREADABLE, "it asks for 'torch.nn.modules.linear.Linear'"),
    ),
    "whole module, old format": (
        content(saved(torch.nn.Linear(2, 2), _use_new_zipfile_serialization=False)),
        (*UNREADABLE, "it asks for 'torch.nn.modules.linear.Linear'"),
    ),
    "array of 100 GB made by name": (
        content(
            zipped(("a/data.pkl", b"\x80\x02cbuiltins\nbytearray\n\x8a\x05\0\xe8vH\x17\x85R."))
        ),
        (*UNREADABLE, "it asks for 'builtins.bytearray'"),
    ),
    "dictionary with an attribute": (
        content(saved(with_attribute())),
        (*UNREADABLE, "it sets attributes of an object"),
    ),
    "dictionary made of a list": (
        content(zipped(("a/data.pkl", b"\x80\2ccollections\nOrderedDict\n]\x85R."))),
        (*UNREADABLE, "it calls 'collections OrderedDict' as torch.save does not"),
    ),
    "keys of one hash": (
        content(saved({i * (2**61 - 1): None for i in range(6000)})),
        (*UNREADABLE, "more than 5,000 keys that are no text or small number"),
    ),
    "sixteen million empty values": (
        content(zipped(("a/data.pkl", b"\x80\2" + b"N" * 2**24 + b"."))),
        (*UNREADABLE, "more than 10,000 objects on its stack"),
    ),
    "sparse tensor": (
        content(saved({"format": FORMAT, "x": torch.eye(3).to_sparse()})),
        (*UNREADABLE, "it asks for 'torch._utils._rebuild_sparse_tensor'"),
    ),
    "tuples that unfold without end": (
        content(zipped(("a/data.pkl", tuples()))),
        (*UNREADABLE, "a tuple of more than 100 parts"),
    ),
    "object number 2147483647": (
        content(zipped(("a/data.pkl", numbered()))),
        (*UNREADABLE, "it numbers an object 2147483647"),
    ),
    "pickle that ends early": (content(zipped(("a/data.pkl", b"\x80\x02}"))), UNREADABLE),
    "pickle that takes what is not there": (content(zipped(("a/data.pkl", b"0."))), UNREADABLE),
}
