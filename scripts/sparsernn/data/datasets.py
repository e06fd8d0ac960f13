"""Data sets of labelled strings: sampled from grammars, or read from a file and checked."""

from collections.abc import Mapping
from os import PathLike

import numpy as np
import pandas as pd

from sparsernn.data.arrays import Arrays, read_arrays
from sparsernn.data.grammars import DECOYS, REBER, sample
from sparsernn.data.splits import stratified
from sparsernn.data.strings import Strings
from sparsernn.errors import InputError, brief
from sparsernn.files.tables import read_csv, read_rows

__all__ = [
    "TEXT",
    "make_strings",
    "read_data",
    "read_labelled",
    "read_splits",
    "read_strings",
    "require_all_labels",
]

COLUMNS = ["string", "valid", "grammar", "split"]
TEXT = ("string", "grammar", "label")  # whatever it looks like: "NA" and "007" are strings too
# Limits of a file of strings: they become one array, padded to the longest.
MAX_BYTES = 64 * 2**20
MAX_STRINGS = 250_000
MAX_LETTERS = 1_000
MAX_NAME = 80  # letters in the name of a grammar or class; figures show it
MAX_CLASSES = 1_000


def make_strings(
    n_valid: int,
    decoys: Mapping[str, int],
    min_length: int,
    test_share: float,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Sample a data set like the thesis's: Reber strings are valid, those of decoys are not.

    A grammar's strings are distinct. The decoys m6 and m7 have one string of each length in common,
    so a few invalid strings may occur twice, as they do in the thesis.

    Args:
        n_valid: number of strings of the Reber grammar.
        decoys: number of strings of each decoy grammar, by name (m1 .. m8).
        min_length: least number of letters of a string.
        test_share: share of all strings in the test set.
        rng: source of randomness.

    Returns:
        One row a string: string, valid (1 or 0), grammar, split ("train" or "test").
    """
    rows: list[tuple[str, int, str]] = []
    counts = {"reber": n_valid, **decoys}
    grammars = (REBER, *DECOYS.values())
    # A generator for each grammar: sampling more strings of one changes none of another.
    for grammar, own_rng in zip(grammars, rng.spawn(len(grammars)), strict=True):
        strings = sample(grammar, counts.get(grammar.name, 0), min_length, own_rng)
        rows += [(string, int(grammar is REBER), grammar.name) for string in strings]
    return split_strings(pd.DataFrame(rows, columns=COLUMNS[:3]), test_share, rng)


def split_strings(
    frame: pd.DataFrame, test_share: float, rng: np.random.Generator, one_side: bool = False
) -> pd.DataFrame:
    """Add the column `split`: a random `test_share` of the rows is "test", the others "train".

    With `one_side`, rows of the same string are on the same side.
    """
    if one_side:
        same = frame["string"].tolist()
        return frame.assign(split=stratified([0] * len(frame), test_share, rng, same))
    order = rng.permutation(len(frame))
    split = np.full(len(frame), "train", dtype=object)
    split[order[: round(test_share * len(frame))]] = "test"
    return frame.assign(split=split)


def read_strings(
    path: str | PathLike[str],
    test_share: float,
    rng: np.random.Generator,
    one_side: bool = False,
) -> pd.DataFrame:
    """Read a user's data set, which takes the place of the sampled one.

    Args:
        path: CSV with the columns `string` and `valid` (1 or 0), and optionally `grammar` and
            `split` ("train" or "test"; without it the strings are split at random). In the place of
            `valid` there may be a `label`, the name of a class, of two or more; the split then is
            alike in every class.
        test_share: share of all strings in the test set, if the file has no `split`.
        rng: source of randomness for the split.
        one_side: whether the split has rows of the same string on the same side.

    Returns:
        The columns of `make_strings`; or string, label, split and, where there is one, grammar.

    Raises:
        InputError: a line is not as described; the message names the line. Or the file is larger
            than `MAX_BYTES`, or has more than `MAX_STRINGS` strings.
    """
    frame, lines = _labelled(path)
    target = "label" if "label" in frame else "valid"
    first = frame.groupby("string", sort=False)[target].transform("first")
    expected = "the string's label further up"
    _check_column(path, frame, lines, target, frame[target] == first, expected)
    if target == "valid" or "grammar" in frame:
        frame["grammar"] = frame["grammar"].fillna("own") if "grammar" in frame else "own"
        _check_column(path, frame, lines, "grammar", _are_names(frame["grammar"]), _A_NAME)
    if "split" not in frame and target == "label":
        same = frame["string"].tolist() if one_side else None
        classes = frame["label"].tolist()
        frame = frame.assign(split=stratified(classes, test_share, rng, same))
    elif "split" not in frame:
        frame = split_strings(frame, test_share, rng, one_side)
    known = frame["split"].isin(["train", "test"])
    _check_column(path, frame, lines, "split", known, "train or test")
    require_all_labels(
        frame, target, f"{path}", "Add strings, or a column 'split' that divides them."
    )
    return frame[[name for name in ("string", target, "grammar", "split") if name in frame]]


_A_NAME = f"a name of at most {MAX_NAME} printable characters"


def _are_names(names: pd.Series) -> pd.Series:
    return names.map(lambda name: 0 < len(name) <= MAX_NAME and name.isprintable())


def require_all_labels(strings: pd.DataFrame, target: str, where: str, remedy: str) -> None:
    """Raise an InputError if a split lacks a class, or if there are fewer than two.

    Args:
        strings: columns split and target.
        target: "valid" (0 and 1) or "label".
        where: the file or the setting that they are from.
        remedy: what the user can do.
    """
    every = {0, 1} if target == "valid" else set(strings["label"])
    needed = "both 0 and 1 are needed" if target == "valid" else "each needs all labels"
    for split in ("train", "test"):
        labels = set(strings.loc[strings["split"] == split, target])
        if labels != every or len(labels) < 2:
            raise InputError(
                f"{where}: the {split} set holds strings of label {brief(sorted(labels))} only; "
                f"{needed}. {remedy}"
            )


def read_data(path: str | PathLike[str]) -> "pd.DataFrame | Arrays":
    """The data set that the workflow wrote, as a table of strings or as arrays of numbers."""
    if str(path).endswith(".npz"):
        return read_arrays(path)
    return read_csv(path, ["string", "split"], TEXT)


def read_splits(path: str | PathLike[str]) -> "tuple[Strings, Strings] | tuple[Arrays, Arrays]":
    """The train and the test set of a data set that the workflow wrote."""
    data = read_data(path)
    return data.splits() if isinstance(data, Arrays) else Strings.splits(data)


def read_labelled(path: str | PathLike[str]) -> pd.DataFrame:
    """Read labelled strings that need no split: columns `string` and `valid`, or `label`.

    Raises:
        InputError: a line is not as `read_strings` describes.
    """
    return _labelled(path)[0]


def _labelled(path: str | PathLike[str]) -> tuple[pd.DataFrame, list[int]]:
    """The strings of a file with their labels, integers if they are `valid`; the line of each."""
    frame, lines = read_rows(path, (), TEXT, MAX_BYTES)
    if "valid" in frame and "label" in frame:
        raise InputError(
            f"{path}: has the columns valid and label; expected one of them: valid (1 or 0), or "
            "label, the name of a class. Remove the other."
        )
    wanted = ["string", "label" if "label" in frame else "valid"]
    if not set(wanted) <= set(frame):
        read_rows(path, wanted, TEXT, MAX_BYTES)  # it says which are missing
    if len(frame) > MAX_STRINGS:
        raise InputError(
            f"{path}: {len(frame):,} rows; expected at most {MAX_STRINGS:,}. Leave some out."
        )
    if frame.empty:
        raise InputError(
            f"{path}: no strings below the header; expected lines like BTXSE,1. Add some."
        )
    frame["string"] = frame["string"].fillna("")
    expected = f"1 to {MAX_LETTERS:,} printable ASCII characters"
    _check_column(path, frame, lines, "string", frame["string"].map(_is_encodable), expected)
    if "label" in frame:
        return _with_classes(path, frame, lines), lines
    # A single label that is no number makes the whole column text.
    valid = pd.to_numeric(frame["valid"], errors="coerce")
    _check_column(path, frame, lines, "valid", valid.isin([0, 1]), "the label 0 or 1")
    frame["valid"] = valid.astype(int)
    return frame, lines


def _with_classes(path: str | PathLike[str], frame: pd.DataFrame, lines: list[int]) -> pd.DataFrame:
    frame["label"] = frame["label"].fillna("")
    _check_column(path, frame, lines, "label", _are_names(frame["label"]), _A_NAME)
    count = frame["label"].nunique()
    if not 2 <= count <= MAX_CLASSES:
        raise InputError(
            f"{path}: {count:,} different label(s); expected 2 to {MAX_CLASSES:,}. Add strings of "
            "other classes, or join rare ones."
        )
    return frame


def _is_encodable(string: str) -> bool:
    return 1 <= len(string) <= MAX_LETTERS and string.isascii() and string.isprintable()


def _check_column(
    path: str | PathLike[str],
    frame: pd.DataFrame,
    lines: list[int],
    column: str,
    good: pd.Series,
    expected: str,
) -> None:
    if bool(good.all()):
        return
    bad = int(np.argmin(good.to_numpy()))
    value = frame[column].tolist()[bad]
    raise InputError(
        f"{path}, line {lines[bad]}: {column} is {brief(value)}; expected {expected}. "
        f"{int((~good).sum())} line(s) in all are wrong: correct or remove them."
    )
