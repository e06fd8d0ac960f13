"""Strings with what is to be learned of them, encoded and cut into batches."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # networks train without pandas
    import pandas as pd

__all__ = ["ALPHABET_SIZE", "END", "Batch", "Strings", "batches_of_rows", "labels_of", "wanted"]

ALPHABET_SIZE = 128  # ASCII; code 0 is the padding
START = 2  # the code "start of text", before the first letter where the next symbol is predicted
END = "end"  # the symbol after the last letter


@dataclass(frozen=True)
class Batch:
    """The sequences of one training step, and what a network should make of them.

    Attributes:
        inputs: (T, B) ASCII codes, padded with 0 to the longest string; or (T, B, F) numbers.
        lengths: (B,) number of steps.
        targets: classes, (B,) of the sequences or (T, B) of their steps; or numbers, (B, D) of the
            sequences or (T, B, D) of their steps.
    """

    inputs: npt.NDArray[Any]
    lengths: npt.NDArray[np.int64]
    targets: npt.NDArray[Any]

    @property
    def of_steps(self) -> bool:
        """Whether every step has a target, and not only every sequence."""
        return is_of_steps(self.targets)

    @property
    def size(self) -> int:
        """Number of targets: of sequences, or of their steps."""
        return int(self.lengths.sum()) if self.of_steps else len(self.lengths)


def is_of_steps(targets: npt.NDArray[Any]) -> bool:
    """Whether targets are of steps: classes have one dimension less than numbers."""
    return targets.ndim - (targets.dtype.kind == "f") == 2


def wanted(targets: npt.NDArray[Any], lengths: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """All targets: (M,) classes or (M, D) numbers of sequences, or of all their steps.

    Args:
        targets: (N,) or (N, T) classes, or (N, D) or (N, T, D) numbers.
        lengths: (N,) number of steps.
    """
    if not is_of_steps(targets):
        return targets
    return targets[np.arange(targets.shape[1]) < lengths[:, None]]


def batches_of_rows(
    count: int, batch_size: int, rng: np.random.Generator | None
) -> Iterator[npt.NDArray[np.int64]]:
    """The rows of each batch, in the given order or shuffled by `rng`; the last may be smaller."""
    order = np.arange(count) if rng is None else rng.permutation(count)
    for start in range(0, count, batch_size):
        yield order[start : start + batch_size]


def labels_of(frame: "pd.DataFrame") -> "pd.Series | None":
    """What is told apart in a table of strings, in words; None if that is no class.

    Example:
        >>> import pandas as pd
        >>> labels_of(pd.DataFrame({"string": ["BE"], "valid": [0]})).tolist()
        ['invalid']
    """
    if "valid" in frame:
        return frame["valid"].map({1: "valid", 0: "invalid"})
    return frame.get("label")


@dataclass(frozen=True)
class Strings:
    """Encoded strings, ready to be cut into batches.

    Attributes:
        codes: (N, T) ASCII codes, padded with 0 to the longest string.
        lengths: (N,) number of letters.
        labels: (N,) the class of each string, of two 1 valid and 0 invalid; or (N, T) of each step.
        grammars: the name of the grammar, or the class, that each comes from; empty where that is
            unknown.
        names: of the classes, in the order of their numbers.
    """

    codes: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    grammars: tuple[str, ...] = ()
    names: tuple[str, ...] = ("0", "1")

    features = None  # letters are looked up

    @property
    def outputs(self) -> int:
        """Number of classes."""
        return len(self.names)

    @property
    def targets(self) -> npt.NDArray[np.int64]:
        """The labels."""
        return self.labels

    @property
    def classes(self) -> npt.NDArray[np.int64] | None:
        """The class of each string; None if the next symbol is to be predicted."""
        return None if is_of_steps(self.labels) else self.labels

    @property
    def keys(self) -> list[bytes]:
        """The letters of each string, the same where strings are."""
        return [codes.tobytes() for codes in self.codes]

    def take(self, rows: npt.NDArray[Any]) -> "Strings":
        """Some of the strings, by their numbers or by a mask."""
        return replace(
            self,
            codes=self.codes[rows],
            lengths=self.lengths[rows],
            labels=self.labels[rows],
            grammars=tuple(np.array(self.grammars, object)[rows]) if self.grammars else (),
        )

    @classmethod
    def encode(cls, frame: "pd.DataFrame") -> "Strings":
        """Encode the columns `string` and `valid`, and `grammar` where there is one.

        Instead of `valid` there may be a `label`, the name of a class. With neither, the next
        symbol is to be predicted at every step, from a mark of the start on.

        Example:
            >>> import pandas as pd
            >>> strings = Strings.encode(pd.DataFrame({"string": ["BE", "BPE"], "valid": [0, 1]}))
            >>> strings.codes.tolist()
            [[66, 69, 0], [66, 80, 69]]
            >>> strings = Strings.encode(pd.DataFrame({"string": ["ab"]}))
            >>> strings.codes.tolist(), strings.labels.tolist()  # of the symbols a, b, end
            ([[2, 97, 98]], [[0, 1, 2]])
        """
        return cls._encode(frame, _names(frame))

    @classmethod
    def splits(cls, frame: "pd.DataFrame") -> tuple["Strings", "Strings"]:
        """The train and the test set of a data set."""
        names = _names(frame)
        parts = (frame[frame["split"] == split] for split in ("train", "test"))
        train, test = (cls._encode(part, names) for part in parts)
        return train, test

    @classmethod
    def _encode(cls, frame: "pd.DataFrame", names: list[str]) -> "Strings":
        texts = frame["string"].tolist()
        grammars = tuple(frame["grammar"]) if "grammar" in frame else ()
        if "valid" in frame:
            labels = frame["valid"].to_numpy(np.int64)
            return cls(*_padded(texts), labels, grammars)
        number = {name: i for i, name in enumerate(names)}
        if "label" in frame:
            labels = frame["label"].map(number).to_numpy(np.int64)
            grammars = grammars or tuple(frame["label"])
            return cls(*_padded(texts), labels, grammars, tuple(names))
        codes, lengths = _padded([chr(START) + text for text in texts])
        labels = np.zeros(codes.shape, np.int64)
        for row, text in zip(labels, texts, strict=True):
            row[: len(text) + 1] = [*(number[letter] for letter in text), number[END]]
        return cls(codes, lengths, labels, names=tuple(names))

    def __len__(self) -> int:
        return len(self.lengths)

    def batches(self, batch_size: int, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Batches in the given order, or shuffled by `rng`; the last one may be smaller."""
        for rows in batches_of_rows(len(self), batch_size, rng):
            lengths = self.lengths[rows]
            steps = int(lengths.max())
            codes = self.codes[rows, :steps].T
            labels = self.labels[rows]
            labels = labels[:, :steps].T if labels.ndim == 2 else labels
            yield Batch(codes.astype(np.int64, order="C"), lengths, labels)


def _names(frame: "pd.DataFrame") -> list[str]:
    """The names of the classes, in the order of their numbers."""
    if "valid" in frame:
        return ["0", "1"]
    if "label" in frame:
        return sorted(set(frame["label"]))
    return [*sorted(set("".join(frame["string"]))), END]


def _padded(texts: list[str]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """(N, T) codes, 0 after the end, and (N,) lengths."""
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    codes = np.zeros((len(texts), int(lengths.max(initial=0))), dtype=np.uint8)
    for row, text in zip(codes, texts, strict=True):
        row[: len(text)] = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
    return codes, lengths
