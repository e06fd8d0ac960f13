"""The data set of a task: drawn or read by its file, checked, and split."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from sparsernn import plugins
from sparsernn.data.arrays import Arrays
from sparsernn.data.splits import repeated, stratified
from sparsernn.errors import InputError

__all__ = ["Split", "make_task", "repeats"]

MAX_LETTERS = 1_000


@dataclass(frozen=True)
class Split:
    """How examples are divided.

    Attributes:
        test_share: of the examples in the test set.
        duplicates: "keep" divides examples one by one; "one_side" has those that are alike on the
            same side.
    """

    test_share: float
    duplicates: Literal["keep", "one_side"] = "keep"

    @property
    def one_side(self) -> bool:
        """Whether examples that are alike are on the same side."""
        return self.duplicates == "one_side"


def make_task(
    settings: Mapping[str, Any], split: Split, rng: np.random.Generator
) -> pd.DataFrame | Arrays:
    """The examples of a task, each for training or for the test.

    With the setting `test_length`, training strings have the lengths `length`, and a share of the
    strings is drawn anew for the test, with these other lengths.

    Args:
        settings: the task's `name`, and the arguments of its function.
        split: how examples are divided.
        rng: source of randomness.

    Returns:
        Of letters, the columns string, label or nats, and split; of numbers, arrays, standardised.

    Raises:
        InputError: a file of the task's is not as it should be, or a class is missing in one of the
            two sets.

    Example:
        >>> settings = {"name": "parity", "count": 40, "length": [2, 5], "test_length": [6, 9]}
        >>> frame = make_task(settings, Split(0.25), np.random.default_rng(0))
        >>> frame.groupby("split")["string"].agg(lambda strings: strings.str.len().max()).to_dict()
        {'test': 9, 'train': 5}
    """
    how = dict(settings)
    name, test_length = how.pop("name"), how.pop("test_length", None)
    function = plugins.function("tasks", name)
    drawing, dividing, testing = rng.spawn(3)
    if "length" in how:
        how["length"] = tuple(how["length"])
    if test_length is None:
        drawn = function(**how, rng=drawing)
        if isinstance(drawn, Arrays):
            return _standardised(_divided(drawn, split, dividing))
        frame = _frame(name, drawn)
        same = frame["string"].tolist() if split.one_side else None
        classes = frame.get("label", frame["string"].str.len() * 0).tolist()
        return _checked(
            name, frame.assign(split=stratified(classes, split.test_share, dividing, same))
        )
    count = round(how["count"] * split.test_share)
    train = function(**how | {"count": how["count"] - count}, rng=drawing)
    test = function(**how | {"count": count, "length": tuple(test_length)}, rng=testing)
    parts = [_frame(name, part).assign(split=of) for part, of in ((train, "train"), (test, "test"))]
    return _checked(name, pd.concat(parts, ignore_index=True))


def repeats(data: pd.DataFrame | Arrays) -> int:
    """How many test examples are in the training set, too."""
    if isinstance(data, Arrays):
        return repeated(data.keys, list(data.split if data.split is not None else ()))
    return repeated(data["string"].tolist(), data["split"].tolist())


def _frame(name: str, drawn: list[tuple[str, Any]]) -> pd.DataFrame:
    """The strings of a task with their classes, or with minus the logarithms of probabilities."""
    targets = plugins.literal("tasks", name, "TARGETS")
    if not drawn:
        raise InputError(
            f"dataset.task: {name} has no strings of the lengths that are asked for. Change "
            "length or test_length."
        )
    column = "label" if targets == "classes" else "nats"
    frame = pd.DataFrame(drawn, columns=["string", column])
    fits = frame["string"].map(
        lambda s: 1 <= len(s) <= MAX_LETTERS and s.isascii() and s.isprintable()
    )
    if not fits.all():
        raise InputError(
            f"tasks/{name}.py: returned the string {frame['string'][int(np.argmin(fits))][:80]!r}; "
            f"expected 1 to {MAX_LETTERS:,} printable ASCII characters. Correct the task."
        )
    return frame


def _checked(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    if "label" in frame:
        sets = {part: set(rows["label"]) for part, rows in frame.groupby("split")}
        _check_classes(f"dataset.task: {name}", sets)
    return frame


def _check_classes(where: str, sets: Mapping[str, set[str]]) -> None:
    """Each class must be in both sets, and there must be two."""
    train, test = (sets.get(part, set()) for part in ("train", "test"))
    if len(train | test) < 2:
        raise InputError(
            f"{where}: all examples are of class {', '.join(sorted(train | test))}; expected two "
            "classes or more. Change the task's settings, or its file."
        )
    if train != test:
        part, lost = ("test", train - test) if train - test else ("training", test - train)
        raise InputError(
            f"{where}: no examples of class {', '.join(sorted(lost)[:5])} in the {part} set; "
            "expected some of each class in both sets. Ask for more examples, or for another "
            "test_share."
        )


def _divided(arrays: Arrays, split: Split, rng: np.random.Generator) -> Arrays:
    parts = arrays.split
    if parts is None:
        classes = arrays.targets.tolist() if arrays.names else [0] * len(arrays)
        same = arrays.keys if split.one_side else None
        parts = stratified(classes, split.test_share, rng, same).astype(str)
    arrays = replace(arrays, split=parts)
    if arrays.names:
        named = np.array(arrays.names)[arrays.targets]
        sets = {part: set(named[parts == part].tolist()) for part in ("train", "test")}
        _check_classes("dataset.task", sets)
    elif set(parts.tolist()) != {"train", "test"}:
        raise InputError(
            f"dataset.task: {len(arrays)} sequences leave none to train, or none to test, with "
            f"test_share {split.test_share}. Give more sequences, or another test_share."
        )
    return arrays


def _standardised(arrays: Arrays) -> Arrays:
    """Values, and targets that are numbers, with mean 0 and standard deviation 1 in training.

    Values that never change, and what is beyond a sequence's end, become 0.
    """
    reached = np.arange(arrays.values.shape[1]) < arrays.lengths[:, None]
    train = (np.asarray(arrays.split) == "train")[:, None]
    values = _scaled(arrays.values, reached, reached & train)
    targets = arrays.targets
    if not arrays.names:
        of_steps = targets.ndim == 3
        every = reached if of_steps else np.ones((len(arrays), 1), bool)
        steps = targets if of_steps else targets[:, None]
        scaled = _scaled(steps, every, every & train)
        targets = scaled if of_steps else scaled[:, 0]
    return replace(arrays, values=values, targets=targets)


def _scaled(numbers: np.ndarray, reached: np.ndarray, train: np.ndarray) -> np.ndarray:
    known = numbers[train].astype(np.float64)
    spread = known.std(0)
    scaled = (numbers - known.mean(0)) / np.where(spread > 0, spread, 1)
    return np.where(reached[:, :, None], scaled, 0).astype(np.float32)
