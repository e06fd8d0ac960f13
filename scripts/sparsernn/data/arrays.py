"""Sequences of numbers with what is to be learned of them, in files of arrays (.npz)."""

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from sparsernn.data.strings import Batch, batches_of_rows, wanted
from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes, write_bytes

__all__ = ["Arrays", "read_arrays", "read_npz", "write_arrays"]

MAX_BYTES = 2**28  # of a file, and of its arrays together
MAX_CLASSES = 1_000
Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Arrays:
    """Sequences of numbers, ready to be cut into batches.

    Attributes:
        values: (N, T, F) what is read at each step; 0 after a sequence's end.
        lengths: (N,) number of steps, from 1 to T.
        targets: (N,) classes from 0 on; or numbers, (N, D) of sequences or (N, T, D) of steps.
        names: of the classes.
        split: (N,) "train" or "test"; None where they are not split yet.
    """

    values: Array
    lengths: npt.NDArray[np.int64]
    targets: Array
    names: tuple[str, ...] = ()
    split: Array | None = None

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def features(self) -> int:
        """Number of values that are read at a step."""
        return self.values.shape[2]

    @property
    def outputs(self) -> int:
        """Number of classes, or of numbers."""
        return len(self.names) or self.targets.shape[-1]

    @property
    def grammars(self) -> tuple[str, ...]:
        """The name of each sequence's class; empty where targets are numbers."""
        return tuple(self.names[number] for number in self.targets) if self.names else ()

    @property
    def spread(self) -> float:
        """The mean squared distance of the targets from their mean, if they are numbers."""
        numbers = wanted(self.targets, self.lengths)
        return float(np.square(numbers - numbers.mean(0, dtype=np.float64)).mean())

    @property
    def classes(self) -> npt.NDArray[np.int64] | None:
        """The class of each sequence; None where targets are numbers."""
        return self.targets if self.names else None

    @property
    def keys(self) -> list[bytes]:
        """The numbers of each sequence, the same where sequences are."""
        return [values.tobytes() for values in self.values]

    def take(self, rows: Array) -> "Arrays":
        """Some of the sequences, by their numbers or by a mask."""
        return replace(
            self,
            values=self.values[rows],
            lengths=self.lengths[rows],
            targets=self.targets[rows],
            split=None if self.split is None else self.split[rows],
        )

    def splits(self) -> tuple["Arrays", "Arrays"]:
        """The train and the test set."""
        assert self.split is not None
        return self.take(self.split == "train"), self.take(self.split == "test")

    def batches(self, batch_size: int, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Batches in the given order, or shuffled by `rng`; the last one may be smaller."""
        for rows in batches_of_rows(len(self), batch_size, rng):
            lengths, targets = self.lengths[rows], self.targets[rows]
            steps = int(lengths.max())
            values = np.ascontiguousarray(self.values[rows, :steps].swapaxes(0, 1))
            if targets.ndim == 3:
                targets = np.ascontiguousarray(targets[:, :steps].swapaxes(0, 1))
            yield Batch(values, lengths, targets)


def write_arrays(arrays: Arrays, path: str | PathLike[str]) -> None:
    """Write arrays that are split, as `read_arrays` reads them; the same ones give the same bytes.

    Classes are written as their names.
    """
    targets = np.array(arrays.names)[arrays.targets] if arrays.names else arrays.targets
    file = io.BytesIO()
    split = np.asarray(arrays.split, str)
    np.savez_compressed(
        file, values=arrays.values, lengths=arrays.lengths, targets=targets, split=split
    )
    write_bytes(file.getvalue(), path)


def read_arrays(path: str | PathLike[str], classes: bool | None = None) -> Arrays:
    """Read sequences of numbers with their targets.

    Args:
        path: a file of `numpy.savez` with the arrays values, (N, T, F) or (N, T); targets; and, if
            you like, lengths, (N,), and split, (N,) of "train" or "test".
        classes: whether the targets are the class of each sequence, (N,), text or whole numbers; or
            else numbers, (N,) or (N, D) of sequences or (N, T, D) of steps. None: classes, if the
            targets are text.

    Raises:
        InputError: the file is not as described; the message names the array.
    """
    content = read_npz(path)
    _check_names(path, content)
    values = _numbers(path, "values", content["values"], (2, 3))
    values = values[:, :, None] if values.ndim == 2 else values
    count, steps, _ = values.shape
    lengths = _lengths(path, content.get("lengths", np.full(count, steps)), count, steps)
    beyond = np.arange(steps) >= lengths[:, None]
    values = _single(np.where(beyond[:, :, None], 0, values))
    _check_finite(path, "values", values)
    targets, names = content["targets"], tuple[str, ...]()
    if targets.dtype.kind == "U" if classes is None else classes:
        targets, names = _classes(path, targets, count)
    else:
        targets = _target_numbers(path, targets, (count, steps))
        targets = np.where(beyond[:, :, None], 0, targets) if targets.ndim == 3 else targets
        _check_finite(path, "targets", targets)
    return Arrays(values, lengths, targets, names, _split(path, content.get("split"), count))


def read_npz(path: str | PathLike[str]) -> Mapping[str, Array]:
    """The arrays of a file of `numpy.savez`. Nothing in it can run.

    Raises:
        InputError: it is no such file, its arrays are too large, or one holds Python's objects.
    """
    content = read_bytes(path, MAX_BYTES, "a file of arrays (.npz)")
    remedy = "Write one with numpy.savez."
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(member.file_size for member in packed.infolist())
        if size > MAX_BYTES:
            raise InputError(
                f"{path}: its arrays take {size:,} bytes; expected at most {MAX_BYTES:,}. Leave "
                "some sequences out, or write fewer numbers of each."
            )
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            return {name: _array(path, name, file) for name in file.files}
    except InputError:
        raise
    except Exception as error:  # what numpy and zipfile raise for damaged files is of many types
        raise InputError(
            f"{path}: not a readable file of arrays ({cause(error)}). Expected an .npz file whose "
            f"arrays hold numbers or text. {remedy}"
        ) from None


def _array(path: str | PathLike[str], name: str, file: Mapping[str, Array]) -> Array:
    try:
        return file[name]
    except ValueError as error:
        if "Object arrays" not in str(error):
            raise
        raise InputError(
            f"{path}: the array {name} holds Python's objects, as where sequences of different "
            "lengths are put into one array; expected numbers or text: values padded with zeros "
            "to shape (N, T, F), T the steps of the longest sequence, and lengths of shape (N,), "
            "the steps of each. Write them so, as docs/pruning-methods.md does."
        ) from None


def _check_names(path: str | PathLike[str], content: Mapping[str, Array]) -> None:
    missing = [name for name in ("values", "targets") if name not in content]
    if missing:
        raise InputError(
            f"{path}: no array {', '.join(missing)}; found {brief(sorted(content))}. Expected "
            "values and targets, and if you like lengths and split. Add it to numpy.savez."
        )


def _refused(path: str | PathLike[str], name: str, array: Array, expected: str) -> InputError:
    shape = "one value" if array.ndim == 0 else f"shape {array.shape}"
    return InputError(
        f"{path}: the array {name} has {shape} and type {array.dtype}; expected {expected}. "
        "Write it so with numpy.savez."
    )


def _numbers(
    path: str | PathLike[str], name: str, array: Array, dimensions: tuple[int, ...]
) -> Array:
    if array.dtype.kind not in "fiub" or array.ndim not in dimensions or not array.size:
        shapes = " or ".join({2: "(N, T)", 3: "(N, T, F)"}[number] for number in dimensions)
        expected = f"numbers of shape {shapes}: sequences, steps, features"
        raise _refused(path, name, array, expected)
    return array


def _single(numbers: Array) -> Array:
    """Numbers as networks take them; those that are too large become infinite."""
    with np.errstate(over="ignore"):
        return numbers.astype(np.float32)


def _check_finite(path: str | PathLike[str], name: str, array: Array) -> None:
    wrong = ~np.isfinite(array)
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        raise InputError(
            f"{path}: {name}[{', '.join(map(str, place))}] is {array[place]}, and "
            f"{int(wrong.sum()):,} number(s) in all are not finite; expected finite numbers within "
            "each sequence's length, below 1e38. Replace them, or leave these sequences out."
        )


def _lengths(
    path: str | PathLike[str], array: Array, count: int, steps: int
) -> npt.NDArray[np.int64]:
    if array.shape != (count,) or array.dtype.kind not in "iu":
        expected = f"whole numbers of shape ({count},), one for each sequence of values"
        raise _refused(path, "lengths", array, expected)
    wrong = (array < 1) | (array > steps)
    if wrong.any():
        place = int(np.argmax(wrong))
        raise InputError(
            f"{path}: lengths[{place}] is {array[place]}; expected 1 to {steps}, the number of "
            f"steps in values. {int(wrong.sum()):,} in all are wrong: correct them, or leave these "
            "sequences out."
        )
    return array.astype(np.int64)


def _classes(
    path: str | PathLike[str], targets: Array, count: int
) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """The number of each sequence's class, and the names of the classes."""
    if targets.shape != (count,) or targets.dtype.kind not in "Uiub":
        expected = f"text or whole numbers of shape ({count},), the class of each sequence"
        raise _refused(path, "targets", targets, expected)
    found, numbers = np.unique(targets, return_inverse=True)
    names = tuple(str(name) for name in found)
    if not 2 <= len(names) <= MAX_CLASSES:
        raise InputError(
            f"{path}: targets have {len(names):,} class(es); expected 2 to {MAX_CLASSES:,}. Add "
            "sequences of other classes, or give numbers to a task that predicts numbers."
        )
    bad = [name for name in names if not (0 < len(name) <= 80 and name.isprintable())]
    if bad:
        raise InputError(
            f"{path}: targets have a class {brief(bad[0])}; expected names of 1 to 80 printable "
            "characters. Rename it."
        )
    return numbers.reshape(-1).astype(np.int64), names


def _target_numbers(path: str | PathLike[str], targets: Array, shape: tuple[int, int]) -> Array:
    """(N, D) of sequences, or (N, T, D) of steps."""
    count, steps = shape
    leading = (count, steps) if targets.ndim == 3 else (count,)
    fits = targets.ndim in (1, 2, 3) and targets.shape[: len(leading)] == leading
    if not fits or not targets.size or targets.dtype.kind not in "fiub":
        expected = (
            f"numbers of shape ({count},) or ({count}, D) for each sequence, or "
            f"({count}, {steps}, D) for each step"
        )
        raise _refused(path, "targets", targets, expected)
    targets = targets[:, None] if targets.ndim == 1 else targets
    return _single(targets)


def _split(path: str | PathLike[str], split: Array | None, count: int) -> Array | None:
    if split is None:
        return None
    if split.shape != (count,) or split.dtype.kind != "U" or set(split) != {"train", "test"}:
        expected = f'the words "train" and "test", both, in shape ({count},)'
        raise _refused(path, "split", split, expected)
    return split
