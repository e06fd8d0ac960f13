"""Files of tasks that are refused: labels, arrays, automata, time series."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from malformed_cases import Case, Content, nothing, sized

from sparsernn.data.arrays import MAX_BYTES, read_arrays
from sparsernn.data.automata import draw_labelled
from sparsernn.data.datasets import read_strings
from sparsernn.data.openfst import read_automaton
from sparsernn.data.time_series import joined, read_series

LABELS = "string,label,split\nX,a,train\nY,b,train\nXX,a,test\nYY,b,test\n"
STRINGS: dict[str, Content] = {
    "one label": "string,label\nX,a\nY,a\nZ,a\n",
    "a label for each of 1,001 strings": "string,label\n"
    + "".join(f"{'X' * i}Y,{i}\n" for i in range(1001)).replace("X" * 1000, "Z"),
    "no label in a line": "string,label\nX,a\nY,\nZ,b\n",
    "label that contradicts an earlier one": LABELS + "X,b,train\n",
    "label that is not tested": LABELS + "Z,c,train\n",
    "label and valid": "string,label,valid\nX,a,1\nY,b,0\n",
    "label of two lines": 'string,label\nX,a\nY,"b\nc"\n',
}


def arrays(**changes: Any) -> bytes:
    """A file of eight good sequences with some arrays replaced, or left out."""
    rng = np.random.default_rng(0)
    good: dict[str, Any] = {
        "values": rng.normal(size=(8, 5, 2)),
        "lengths": np.full(8, 4),
        "targets": np.array(list("abababab")),
    }
    file = io.BytesIO()
    whole = {name: value for name, value in (good | changes).items() if value is not None}
    np.savez(file, **whole)
    return file.getvalue()


def changed(name: str, value: float, place: Any, dtype: Any = float) -> bytes:
    shape: Any = {"values": (8, 5, 2), "lengths": 8, "targets": 8}[name]
    array = np.full(shape, 2, dtype)
    array[place] = value
    return arrays(**{name: array})


def bomb(path: Path) -> None:
    """An archive that says that it holds more than memory does."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("values.npy", b"\0" * (MAX_BYTES + 1))


ARRAYS: dict[str, Content] = {
    "empty file": "",
    "text": "values, targets\n",
    "cut off": arrays()[:200],
    "Python's objects": arrays(targets=np.array([{}] * 8)),
    "sequences of different lengths": arrays(
        values=np.array([np.zeros((steps, 2)) for steps in range(1, 9)], object)
    ),
    "arrays of 256 MiB and a byte": bomb,
    "file of 256 MiB and a byte": sized(MAX_BYTES + 1),
    "no file": nothing,
    "folder": Path.mkdir,
    "no values": arrays(values=None),
    "no targets": arrays(targets=None),
    "values of one dimension": arrays(values=np.zeros(8)),
    "values of four dimensions": arrays(values=np.zeros((8, 5, 2, 2))),
    "values of text": arrays(values=np.full((8, 5), "a")),
    "complex values": arrays(values=np.zeros((8, 5, 2), complex)),
    "no sequences": arrays(values=np.zeros((0, 5, 2))),
    "NaN among the values": changed("values", np.nan, (3, 2, 1)),
    "value beyond single precision": changed("values", 1e39, (3, 2, 1)),
    "length 0": changed("lengths", 0, 2, int),
    "length beyond the steps": changed("lengths", 6, 2, int),
    "lengths with a fraction": changed("lengths", 2.5, 2),
    "a length for each step": arrays(lengths=np.ones((8, 5), int)),
    "too few lengths": arrays(lengths=np.ones(7, int)),
    "too few targets": arrays(targets=np.array(list("abababa"))),
    "a class for each step": arrays(targets=np.zeros((8, 5), int)),
    "classes that are fractions": arrays(targets=np.arange(8) / 2),
    "one class": arrays(targets=np.array(list("aaaaaaaa"))),
    "class without a name": arrays(targets=np.array(["a", "", "a", "b"] * 2)),
    "split dev": arrays(split=np.array(["train", "test", "dev", "train"] * 2)),
    "split without a test": arrays(split=np.array(["train"] * 8)),
    "split by numbers": arrays(split=np.arange(8) % 2),
}
NUMBERS: dict[str, Content] = {
    "NaN among the targets": changed("targets", np.nan, 3),
    "numbers that are text": arrays(),
    "a number too few": arrays(targets=np.arange(7.0)),
    "numbers of more steps than there are": arrays(targets=np.zeros((8, 6, 1))),
    "numbers of four dimensions": arrays(targets=np.zeros((8, 5, 1, 1))),
}
AUTOMATA: dict[str, Content] = {
    "empty file": "",
    "binary": b"\xd6\xfd\xb2\x7e",
    "no file": nothing,
    "state that is a word": "0 one a\n1\n",
    "negative state": "0 -1 a\n1\n",
    "weight that is a word": "0 1 a heavy\n1\n",
    "six words": "0 1 a a 0.5 x\n1\n",
    "transducer": "0 1 a b 0.5\n1\n",
    "letter of several characters": "0 1 ab\n1\n",
    "letter beyond ASCII": "0 1 é\n1\n",
    "arc of infinite weight": "0 1 a Infinity\n1\n",
    "final states alone": "0\n1\n",
    "no final state": "0 1 a\n1 0 b\n",
    "only a final state of infinite weight": "0 1 a\n1 Infinity\n",
    "final state that nothing leads to": "0 1 a\n2 1 b\n1\n2\n",
    "no string of these lengths": "0 1 a\n1\n",
    "every string": "0 0 a\n0\n",
}
SERIES: dict[str, Content] = {
    "empty file": "",
    "no line @data": "1,2:a\n",
    "no series": "@data\n",
    "missing value": "@data\n1,?,3:a\n",
    "class alone": "@data\na\n",
    "dimensions of unequal length": "@data\n1,2:3:a\n",
    "more dimensions in a line": "@data\n1,2:a\n1,2:3,4:b\n",
    "infinite value": "@data\n1,inf:a\n",
}


def _classes(path: Path) -> object:
    return read_strings(path, 0.5, np.random.default_rng(0))


def _automaton(path: Path) -> object:
    return draw_labelled(read_automaton(path), 10, (2, 5), np.random.default_rng(0))


def _series(path: Path) -> object:
    read = read_series(path)
    return joined(read, read)


_KINDS: list[tuple[str, dict[str, Content], Callable[[Path], object], str]] = [
    ("CSV of labelled strings", STRINGS, _classes, "own.csv"),
    ("arrays with classes", ARRAYS, lambda path: read_arrays(path, classes=True), "own.npz"),
    ("arrays with numbers", NUMBERS, lambda path: read_arrays(path, classes=False), "own.npz"),
    ("automaton", AUTOMATA, _automaton, "own.att"),
    ("time series", SERIES, _series, "own.ts"),
]
CASES = [
    Case(kind, name, make, read, file)
    for kind, files, read, file in _KINDS
    for name, make in files.items()
]
