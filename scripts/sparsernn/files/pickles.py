"""Pickles from anyone, gone through step by step without building anything of them.

A pickle is a program for a machine with a stack and a memo. What it would build is weighed here: a
few bytes can stand for tuples, storages or dictionaries that take all memory, or for ever.
"""

import pickletools
from collections.abc import Callable, Iterable
from typing import Any, BinaryIO, NamedTuple

from sparsernn.errors import InputError, brief

__all__ = ["MAX_BYTES", "MAX_STEPS", "Storage", "Walk", "check_pickle"]

MAX_BYTES = 2**30  # of a file, and so of all tensors in it, as they are not compressed
MAX_STEPS = 20_000_000  # of a file, half a minute; a network of 50 vertices has 3,000 to 23,000
MAX_NUMBER = 8_000_000  # of an object in the memo; about every fourth step gives one
MAX_STACK = 10_000  # objects; a pickler lays down 2,000 at most before it puts them together
MAX_PARTS = 100  # of a tuple, with those of the tuples in it; a tensor's has 15
MAX_KEYS = 5_000  # whose hashes can be chosen, so that they are all the same
MAX_INTEGER = 2**60  # in size; larger ones share hashes

# All that torch.save puts into a file for dictionaries, lists, plain values and tensors; and how
# many bytes a number takes in each storage.
_BYTES = {"Double": 8, "Long": 8, "Float": 4, "Int": 4, "Half": 2, "BFloat16": 2, "Short": 2}
_STORAGES = {f"torch {kind}Storage": size for kind, size in _BYTES.items()}
_STORAGES |= {f"torch {kind}Storage": 1 for kind in ("Char", "Byte", "Bool")}
_DICTIONARY, _TENSOR = "collections OrderedDict", "torch._utils _rebuild_tensor_v2"
_NAMES = frozenset({_DICTIONARY, _TENSOR, *_STORAGES})
_OTHER_NAMES = ("STACK_GLOBAL", "INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "EXT1", "EXT2", "EXT4")


def check_pickle(
    stream: BinaryIO,
    max_steps: int = MAX_STEPS,
    *,
    torch_only: bool = False,
    room: Callable[[str], int] | None = None,
) -> "Walk":
    """Go through a pickle up to its end without building anything of it.

    Args:
        stream: is left after the pickle.
        max_steps: the most steps it may have.
        torch_only: allow only what torch.save writes for tensors and plain values; otherwise the
            unpickler is to refuse names.
        room: the most bytes that the storage of a key may have; None allows no storage.

    Raises:
        InputError: it names something else, is too long, holds what unfolds without end or storages
            larger than their room, or is broken.
    """
    walk = Walk(torch_only, room)
    try:
        for opcode, argument, _ in pickletools.genops(stream):
            walk.steps += 1
            if walk.steps > max_steps:
                raise InputError(f"it has more than {max_steps:,} steps")
            walk.take(opcode, argument)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError("it is no pickle, or one cut off or damaged") from None
    return walk


class Storage(NamedTuple):
    """Numbers beside the pickle that tensors are made of."""

    kind: str
    numbers: int


class _Dictionary:
    """A dictionary on the stack; `metadata` is whether it has no key but that of state dicts."""

    __slots__ = ("metadata",)

    def __init__(self) -> None:
        self.metadata = True


class _Seen(NamedTuple):
    """An object on the stack: how many parts it has, tuples unfolded, and what is known of it."""

    parts: int
    value: Any  # text, a number, None, a name, a tuple's values, Storage, _Dictionary; else ...


_MARK = _Seen(0, pickletools.markobject)
_UNKNOWN = _Seen(1, ...)


class Walk:
    """The unpickler's stack and memo, with sizes in the place of objects."""

    def __init__(self, torch_only: bool, room: Callable[[str], int] | None) -> None:
        self.torch_only = torch_only
        self.room = room
        self.steps = 0
        self.stack: list[_Seen] = []
        self.memo: dict[int, _Seen] = {}
        self.storages: dict[str, Storage] = {}
        self.total = 0  # bytes of all storages
        self.keys = 0  # whose hashes can be chosen

    def take(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        """One step."""
        name = opcode.name
        if name == "MEMOIZE":
            self.memo[len(self.memo)] = self.stack[-1]
        elif name.endswith("PUT"):
            # The unpickler makes room for all numbers below.
            if not 0 <= int(argument) <= MAX_NUMBER:
                raise InputError(f"it numbers an object {brief(argument)}")
            self.memo[int(argument)] = self.stack[-1]
        elif name.endswith("GET"):
            self.stack.append(self.memo[int(argument)])
        else:
            self._other(opcode, argument)
        if len(self.stack) > MAX_STACK:
            raise InputError(f"it has more than {MAX_STACK:,} objects on its stack")

    def _other(self, opcode: pickletools.OpcodeInfo, argument: Any) -> None:
        """What any other step does to the stack."""
        taken = self._pop(opcode.stack_before) if opcode.stack_before else []
        if rule := _RULES.get(opcode.name):
            made = rule(self, opcode.name, taken, argument)
        else:
            made = _UNKNOWN if argument is None else _Seen(1, argument)
        for item in opcode.stack_after:
            self.stack.append(_MARK if item is pickletools.markobject else made)

    def _pop(self, before: list[pickletools.StackObject]) -> list[_Seen]:
        """The objects that a step takes from the stack, the last one first."""
        taken: list[_Seen] = []
        if pickletools.markobject in before:
            while (seen := self.stack.pop()) is not _MARK:
                taken.append(seen)
            before = before[: before.index(pickletools.markobject)]
        return taken + [self.stack.pop() for _ in before]

    # What a step makes of the objects it takes.

    def _none(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        return _Seen(1, None)

    def _same(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        """The object below those that are put into it."""
        return taken[-1]

    def _named(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        if self.torch_only and name != "GLOBAL":
            raise InputError(f"it asks for a class or function with {name}")
        if self.torch_only and argument not in _NAMES:
            raise InputError(f"it asks for {brief(argument.replace(' ', '.'))}")
        return _Seen(1, argument) if name == "GLOBAL" else _UNKNOWN

    def _tuple(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        parts = 1 + sum(seen.parts for seen in taken)
        if parts > MAX_PARTS:
            raise InputError(f"it has a tuple of more than {MAX_PARTS:,} parts")
        return _Seen(parts, [seen.value for seen in reversed(taken)])

    def _dictionary(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        made = _Seen(1, _Dictionary())
        self._add_keys(made, taken[1::2])
        return made

    def _items(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        self._add_keys(taken[-1], taken[:-1] if name == "ADDITEMS" else taken[1:-1:2])
        return taken[-1]

    def _add_keys(self, target: _Seen, keys: Iterable[_Seen]) -> None:
        for key in keys:
            if isinstance(target.value, _Dictionary) and key.value != "_metadata":
                target.value.metadata = False
            number = isinstance(key.value, int) and abs(key.value) < MAX_INTEGER
            self.keys += not (number or isinstance(key.value, str))
        if self.keys > MAX_KEYS:
            raise InputError(f"it has more than {MAX_KEYS:,} keys that are no text or small number")

    def _attributes(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        """BUILD: torch sets one attribute, of state dicts; others would hide their methods."""
        attributes, made = taken
        known = isinstance(attributes.value, _Dictionary) and attributes.value.metadata
        if self.torch_only and not known:
            raise InputError("it sets attributes of an object")
        return made

    def _call(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        arguments, function = taken
        if self.torch_only and function.value == _TENSOR:
            _check_tensor(*arguments.value[:4])
        elif self.torch_only and (function.value != _DICTIONARY or arguments.value != []):
            raise InputError(f"it calls {brief(function.value)} as torch.save does not")
        return _UNKNOWN

    def _storage(self, name: str, taken: list[_Seen], argument: Any) -> _Seen:
        """Check a storage's size before memory is taken for it, and read into it."""
        reference = taken[0].value if taken else argument
        if self.room is None:
            raise InputError(f"it asks for {brief(reference)}, which is not in it")
        word, kind, key, _, count, *view = reference
        if word != "storage" or kind not in _STORAGES or count < 0 or view not in ([], [None]):
            raise InputError(f"it asks for {brief(reference)}")
        if not (key.isascii() and key.isdecimal()):  # others may be read in several ways
            raise InputError(f"it asks for {brief(reference)}")
        size, room = count * _STORAGES[kind], self.room(key)
        self.total += size if key not in self.storages else 0
        if size > room or self.total > MAX_BYTES:
            raise InputError(f"it has a storage of {brief(count)} numbers in {room:,} bytes")
        if self.storages.setdefault(key, Storage(kind, count)) != (kind, count):
            raise InputError(f"it has two storages {brief(key)}")
        return _Seen(1, Storage(kind, count))


def _check_tensor(storage: Storage, offset: int, size: list[int], stride: list[int]) -> None:
    """Check that all numbers of a tensor are in its storage, as torch lets some grow.

    Args:
        storage: the numbers.
        offset: of the first one.
        size: of each dimension.
        stride: from one number to the next, in each dimension.
    """
    steps = [(n - 1) * step for n, step in zip(size, stride, strict=True)]
    inside = 0 in size or offset + sum(steps) < storage.numbers
    if min(offset, *size, *stride, 0) < 0 or not inside:
        raise InputError(f"it has a tensor of shape {brief(size)} in {storage.numbers:,} numbers")


_RULES: dict[str, Callable[[Walk, str, list[_Seen], Any], _Seen]] = {
    "NONE": Walk._none,
    "PERSID": Walk._storage,
    "BINPERSID": Walk._storage,
    "REDUCE": Walk._call,
    "BUILD": Walk._attributes,
    **dict.fromkeys(("GLOBAL", *_OTHER_NAMES), Walk._named),
    **dict.fromkeys(("EMPTY_TUPLE", "TUPLE", "TUPLE1", "TUPLE2", "TUPLE3"), Walk._tuple),
    "FROZENSET": Walk._tuple,
    **dict.fromkeys(("EMPTY_DICT", "DICT"), Walk._dictionary),
    **dict.fromkeys(("SETITEM", "SETITEMS", "ADDITEMS"), Walk._items),
    **dict.fromkeys(("APPEND", "APPENDS", "DUP"), Walk._same),
}
