"""Which examples are for training and which for the test."""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["repeated", "stratified"]


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


def repeated(keys: Sequence[Hashable], split: Sequence[str]) -> int:
    """How many test examples are in the training set, too.

    Example:
        >>> repeated(["a", "b", "a"], ["train", "train", "test"])
        1
    """
    pairs = list(zip(keys, split, strict=True))
    known = {key for key, part in pairs if part == "train"}
    return sum(part == "test" and key in known for key, part in pairs)
