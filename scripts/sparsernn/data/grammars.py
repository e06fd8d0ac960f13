"""The Reber grammar, its eight decoys, and strings sampled from them.

A string is `B`, a walk over the nodes 1..6 of one fixed graph, then `E`; each step appends the
letter of its edge. All nine grammars have the same graph and other letters.

References:
    A. S. Reber, Implicit learning of artificial grammars, 1967.
    H. Darji, Investigating Sparsity in Recurrent Neural Networks, 2021 (the decoys, from its data).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from sparsernn.errors import InputError

__all__ = ["DECOYS", "REBER", "Grammar", "sample"]

START, END = 1, 6
EDGES = ((1, 2), (1, 3), (2, 2), (2, 4), (3, 3), (3, 5), (4, 3), (4, 6), (5, 4), (5, 6))
SUCCESSORS = {node: tuple(b for a, b in EDGES if a == node) for node in range(START, END)}


@dataclass(frozen=True)
class Grammar:
    """A regular grammar: a choice of letters for the edges of the graph.

    Args:
        name: short name, as in the data set's column `grammar`.
        letters: ten letters, of the edges 1→2, 1→3, 2→2, 2→4, 3→3, 3→5, 4→3, 4→6, 5→4, 5→6.

    Example:
        >>> REBER.accepts("BTXSE"), REBER.accepts("BTXXE")
        (True, False)
    """

    name: str
    letters: str

    def __post_init__(self) -> None:
        if len(self.letters) != len(EDGES):
            raise InputError(
                f"grammar {self.name!r}: letters must name the {len(EDGES)} edges "
                f"{EDGES}, got {len(self.letters)} letters {self.letters!r}."
            )

    @cached_property
    def label(self) -> Mapping[tuple[int, int], str]:
        """The letter of each edge."""
        return MappingProxyType(dict(zip(EDGES, self.letters, strict=True)))

    def accepts(self, string: str) -> bool:
        """Whether the grammar generates `string`."""
        if len(string) < 2 or string[0] != "B" or string[-1] != "E":
            return False
        label = self.label
        nodes = {START}  # a set: the two edges of a node may carry the same letter
        for letter in string[1:-1]:
            nodes = {b for a in nodes for b in SUCCESSORS.get(a, ()) if label[a, b] == letter}
        return END in nodes

    def walk(self, rng: np.random.Generator) -> str:
        """A random string: each node's two edges are equally likely."""
        label = self.label
        node, letters = START, ["B"]
        while node != END:
            successor = SUCCESSORS[node][rng.random() < 0.5]
            letters.append(label[node, successor])
            node = successor
        return "".join([*letters, "E"])


REBER = Grammar("reber", "TPSXTVXSPV")
DECOYS = MappingProxyType(
    {
        name: Grammar(name, letters)
        for name, letters in {
            "m1": "PTSXTVXSPV",
            "m2": "TPSXTVPVXS",
            "m3": "TPXSVTXSPV",
            "m4": "TPTVSXXSPV",
            "m5": "ACDFJIHGLK",
            "m6": "MNOQWVURZY",
            "m7": "MNOQCAURFD",
            "m8": "QOMNCAURFD",
        }.items()
    }
)


def sample(
    grammar: Grammar,
    count: int,
    min_length: int,
    rng: np.random.Generator,
) -> list[str]:
    """Draw distinct strings of a grammar, in the order in which they were drawn.

    It draws walks until it has `count` different strings of at least `min_length` letters. So the
    short strings are exhausted, and long ones come up more often than the grammar generates them.

    Args:
        grammar: the grammar.
        count: number of strings.
        min_length: least number of letters, `B` and `E` included.
        rng: source of randomness.

    Raises:
        InputError: the grammar doesn't seem to have that many.
    """
    drawn: dict[str, None] = {}  # a dictionary keeps the order
    draws_without_new = 0
    while len(drawn) < count:
        string = grammar.walk(rng)
        if len(string) >= min_length and string not in drawn:
            drawn[string] = None
            draws_without_new = 0
            continue
        draws_without_new += 1
        if draws_without_new > 1_000_000:
            raise InputError(
                f"dataset: found only {len(drawn)} of {count} distinct strings of grammar "
                f"{grammar.name!r} with at least {min_length} letters in a million further draws. "
                "Ask for fewer strings or lower dataset.min_length."
            )
    return list(drawn)
