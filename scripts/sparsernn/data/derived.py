"""Data sets derived from another: the same strings, told apart by something else."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sparsernn.data.datasets import require_all_labels
from sparsernn.errors import InputError

__all__ = ["derive"]


def derive(strings: pd.DataFrame, how: Mapping[str, Any]) -> pd.DataFrame:
    """A data set from the strings of another; each string stays in its split.

    Args:
        strings: columns string, valid, grammar and split.
        how: either `parity`, a letter: the valid strings alone, and whether the letter occurs an
            even number of times (valid 1, grammar "even") or an odd one (valid 0, grammar "odd");
            or `only`, names of grammars: the valid strings, and the invalid ones of these grammars.

    Raises:
        InputError: a grammar that has no invalid strings, or a split without one of the classes.

    Example:
        >>> strings = pd.DataFrame(
        ...     {"string": ["BSE", "BSSE"], "valid": 1, "grammar": "reber", "split": "train"}
        ... )
        >>> both = pd.concat([strings, strings.assign(split="test")])
        >>> derive(both, {"parity": "S"})["valid"].tolist()
        [0, 1, 0, 1]
    """
    if "valid" not in strings:
        raise InputError(
            "dataset.derive: the strings have labels; expected a column valid (1 or 0). Leave "
            "derive out."
        )
    chosen = _parity(strings, how["parity"]) if "parity" in how else _only(strings, how["only"])
    require_all_labels(
        chosen, "valid", "dataset.derive", "Choose another letter, or other grammars."
    )
    return chosen.reset_index(drop=True)


def _parity(strings: pd.DataFrame, letter: str) -> pd.DataFrame:
    valid = strings[strings["valid"] == 1]
    even = valid["string"].map(lambda string: string.count(letter)) % 2 == 0
    return valid.assign(valid=even.astype(int), grammar=even.map({True: "even", False: "odd"}))


def _only(strings: pd.DataFrame, grammars: list[str]) -> pd.DataFrame:
    known = set(strings.loc[strings["valid"] == 0, "grammar"])
    if unknown := set(grammars) - known:
        raise InputError(
            f"dataset.derive.only: no invalid strings of {', '.join(sorted(unknown))}; there are "
            f"some of {', '.join(sorted(known))}. Name these."
        )
    return strings[(strings["valid"] == 1) | strings["grammar"].isin(grammars)]
