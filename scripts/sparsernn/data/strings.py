"""Labelled strings, encoded and cut into batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:  # networks train without pandas
    import pandas as pd

__all__ = ["ALPHABET_SIZE", "Batch", "Strings"]

ALPHABET_SIZE = 128  # ASCII; code 0 is the padding


@dataclass(frozen=True)
class Batch:
    """The strings of one training step.

    Attributes:
        codes: (T, B) ASCII codes, padded with 0 to the longest string.
        lengths: (B,) number of letters.
        labels: (B,) 1 valid, 0 invalid.
    """

    codes: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Strings:
    """Encoded strings, ready to be cut into batches.

    Attributes:
        codes: (N, T) ASCII codes, padded with 0 to the longest string.
        lengths: (N,) number of letters.
        labels: (N,) 1 valid, 0 invalid.
        grammars: the name of the grammar that each comes from; empty where that is unknown.
    """

    codes: npt.NDArray[np.uint8]
    lengths: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]
    grammars: tuple[str, ...] = ()

    @classmethod
    def encode(cls, frame: "pd.DataFrame") -> "Strings":
        """Encode the columns `string` and `valid`, and `grammar` where there is one.

        Example:
            >>> import pandas as pd
            >>> strings = Strings.encode(pd.DataFrame({"string": ["BE", "BPE"], "valid": [0, 1]}))
            >>> strings.codes.tolist()
            [[66, 69, 0], [66, 80, 69]]
        """
        texts = frame["string"].tolist()
        lengths = np.array([len(text) for text in texts], dtype=np.int64)
        codes = np.zeros((len(texts), int(lengths.max(initial=0))), dtype=np.uint8)
        for row, text in zip(codes, texts, strict=True):
            row[: len(text)] = np.frombuffer(text.encode("ascii"), dtype=np.uint8)
        grammars = tuple(frame["grammar"]) if "grammar" in frame else ()
        return cls(codes, lengths, frame["valid"].to_numpy(np.int64), grammars)

    @classmethod
    def splits(cls, frame: "pd.DataFrame") -> tuple["Strings", "Strings"]:
        """The train and the test set of a data set."""
        parts = (frame[frame["split"] == split] for split in ("train", "test"))
        train, test = map(cls.encode, parts)
        return train, test

    def __len__(self) -> int:
        return len(self.lengths)

    def batches(self, batch_size: int, rng: np.random.Generator | None = None) -> Iterator[Batch]:
        """Batches in the given order, or shuffled by `rng`; the last one may be smaller."""
        order = np.arange(len(self)) if rng is None else rng.permutation(len(self))
        for start in range(0, len(self), batch_size):
            rows = order[start : start + batch_size]
            lengths = self.lengths[rows]
            codes = self.codes[rows, : int(lengths.max())].T
            yield Batch(codes.astype(np.int64, order="C"), lengths, self.labels[rows])
