"""Which examples are for training, which for validation and which for the test."""

from collections.abc import Hashable, Sequence
from typing import Any, Protocol, Self, TypeVar

import numpy as np
import numpy.typing as npt

from sparsernn.errors import InputError
from sparsernn.seeds import numpy_generator

__all__ = ["repeated", "stratified", "validation_split"]


class Divisible(Protocol):
    """Examples that can be divided: `Strings` or `Arrays`."""

    def __len__(self) -> int: ...

    @property
    def classes(self) -> npt.NDArray[np.int64] | None:
        """The class of each; None where they have none."""

    @property
    def keys(self) -> Sequence[Hashable]:
        """What is the same of examples that are alike."""

    def take(self, rows: npt.NDArray[Any]) -> Self:
        """Some of the examples, by a mask."""


T = TypeVar("T", bound=Divisible)


def stratified(
    classes: Sequence[Hashable],
    share: float,
    rng: np.random.Generator,
    same: Sequence[Hashable] | None = None,
) -> npt.NDArray[np.object_]:
    """A random "test" share of the examples, alike in every class; the others are "train".

    Args:
        classes: of each example.
        share: of the examples in the test set. Each class has this share of its examples there, but
            for less than one of them.
        rng: source of randomness.
        same: what is alike in examples that must be on one side, such as their strings: the first
            of each decides, and the share is one of different examples.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> stratified("aaabbb", 1 / 3, rng).tolist()
        ['test', 'train', 'train', 'train', 'train', 'test']
    """
    keys = list(range(len(classes)) if same is None else same)
    first: dict[Hashable, int] = {}
    for row, key in enumerate(keys):
        first.setdefault(key, row)
    rows = np.array(list(first.values()))
    order = rng.permutation(len(rows))
    number = {name: i for i, name in enumerate(dict.fromkeys(classes))}
    of_class = np.array([number[classes[row]] for row in rows])
    order = order[np.argsort(of_class[order], kind="stable")]  # shuffled within each class
    reached = np.floor(np.arange(len(rows) + 1) * share + 0.5)
    chosen = order[np.diff(reached) > 0]
    test = {keys[row] for row in rows[chosen]}
    return np.array(["test" if key in test else "train" for key in keys], dtype=object)


def validation_split(examples: T, share: float, seed: int, one_side: bool = False) -> tuple[T, T]:
    """Divide examples for training into those that are still trained on, and a validation set.

    The share is alike in every class. Only the examples, the share and the seed decide which are
    taken, so all networks of a study get the same ones.

    Args:
        examples: the training set; the test set plays no part.
        share: of the examples that the validation set gets, above 0 and below 1.
        seed: root of the random numbers; that of the study.
        one_side: whether examples that are alike are on the same side, and the share is one of
            different examples. Otherwise examples are taken one by one.

    Returns:
        The examples to train on, and those to validate on, each in their order.

    Raises:
        InputError: one of the two would be empty.

    Example:
        >>> from sparsernn.data.strings import Strings
        >>> import pandas as pd
        >>> frame = pd.DataFrame({"string": [*"ABCDEFGH"], "valid": [0, 0, 0, 0, 1, 1, 1, 1]})
        >>> train, validation = validation_split(Strings.encode(frame), 0.25, seed=1)
        >>> len(train), validation.labels.tolist()
        (6, [0, 1])
    """
    classes = examples.classes
    known = [0] * len(examples) if classes is None else classes.tolist()
    rng = numpy_generator(seed, "validation")
    chosen = stratified(known, share, rng, examples.keys if one_side else None) == "test"
    if not chosen.any() or chosen.all():
        left = "to validate on" if not chosen.any() else "to train on"
        raise InputError(
            f"a share of {share:g} of {len(examples)} training examples leaves none {left}; "
            "expected some of each. Give another share, or more examples."
        )
    return examples.take(~chosen), examples.take(chosen)


def repeated(keys: Sequence[Hashable], split: Sequence[str]) -> int:
    """How many test examples are in the training set, too.

    Example:
        >>> repeated(["a", "b", "a"], ["train", "train", "test"])
        1
    """
    pairs = list(zip(keys, split, strict=True))
    known = {key for key, part in pairs if part == "train"}
    return sum(part == "test" and key in known for key, part in pairs)
