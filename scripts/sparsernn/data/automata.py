"""Finite automata: deterministic ones, and strings drawn uniformly from what they accept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from sparsernn.errors import InputError

__all__ = ["Automaton", "NoStringsError", "draw_labelled"]

MAX_STATES = 10_000  # of the deterministic automaton
MAX_CELLS = 5_000_000  # of the table of numbers of strings
ACCEPTED, REJECTED = "accepted", "rejected"
Arc = tuple[int, str, int]


class NoStringsError(InputError):
    """An automaton accepts no string of the lengths that are asked for."""


@dataclass(frozen=True)
class Automaton:
    """A deterministic finite automaton; where no arc leads on, a string is rejected.

    Args:
        arcs: the next state, by state and letter.
        finals: states in which a string is accepted.
        letters: the alphabet.
        start: the first state.

    Example:
        >>> even = Automaton({(0, "1"): 1, (1, "1"): 0}, frozenset({0}), "1")
        >>> even.accepts("11"), even.accepts("111")
        (True, False)
    """

    arcs: Mapping[tuple[int, str], int]
    finals: frozenset[int]
    letters: str
    start: int = 0

    @classmethod
    def of_arcs(
        cls, arcs: Iterable[Arc], finals: Iterable[int], start: int = 0, empty: str = ""
    ) -> "Automaton":
        """The deterministic automaton of any automaton, by the subset construction.

        Args:
            arcs: source, letter, target; several arcs of a state may have one letter.
            finals: accepting states.
            start: the first state.
            empty: the letter of arcs that read nothing.

        Raises:
            InputError: it has more than `MAX_STATES` states.
        """
        targets: dict[tuple[int, str], set[int]] = {}
        for source, letter, target in arcs:
            targets.setdefault((source, letter), set()).add(target)
        letters = "".join(sorted({letter for _, letter in targets} - {empty}))

        def closed(states: Iterable[int]) -> frozenset[int]:
            found, waiting = set(states), list(states)
            while waiting:
                new = targets.get((waiting.pop(), empty), set()) - found
                found |= new
                waiting += new
            return frozenset(found)

        number = {closed({start}): 0}
        waiting, chosen = list(number), {}
        while waiting:
            states = waiting.pop()
            for letter in letters:
                after = closed(set().union(*(targets.get((s, letter), set()) for s in states)))
                if after and after not in number:
                    number[after] = len(number)
                    waiting.append(after)
                if after:
                    chosen[number[states], letter] = number[after]
            if len(number) > MAX_STATES:
                raise InputError(
                    f"more than {MAX_STATES:,} states are needed to make the automaton "
                    "deterministic. Give a smaller one."
                )
        wanted = frozenset(finals)
        accepting = frozenset(n for states, n in number.items() if states & wanted)
        return cls(chosen, accepting, letters)

    def accepts(self, string: str) -> bool:
        """Whether the automaton accepts a string."""
        state: int | None = self.start
        for letter in string:
            state = None if state is None else self.arcs.get((state, letter))
        return state in self.finals

    @cached_property
    def complement(self) -> "Automaton":
        """The automaton that accepts what this one rejects, in the same alphabet."""
        states = {self.start, *self.finals, *self.arcs.values(), *(s for s, _ in self.arcs)}
        dead = max(states) + 1
        every = states | {dead}
        arcs = {
            (s, letter): self.arcs.get((s, letter), dead) for s in every for letter in self.letters
        }
        return Automaton(arcs, frozenset(every - self.finals), self.letters, self.start)

    def counts(self, longest: int) -> list[dict[int, int]]:
        """For each length up to `longest`, how many strings lead from each state to acceptance.

        Raises:
            InputError: that is too large a table.
        """
        cells = longest * len(self.arcs)
        if cells > MAX_CELLS:
            raise InputError(
                f"{len(self.arcs):,} arcs and strings of {longest:,} letters: expected at most "
                f"{MAX_CELLS:,} arcs times letters. Allow shorter strings, or give a "
                "smaller automaton."
            )
        before: dict[int, list[int]] = {}
        for (source, _), target in self.arcs.items():
            before.setdefault(target, []).append(source)
        table = [dict.fromkeys(self.finals, 1)]
        for _ in range(longest):
            row: dict[int, int] = {}
            for target, count in table[-1].items():
                for source in before.get(target, ()):
                    row[source] = row.get(source, 0) + count
            table.append(row)
        return table

    def draw(self, count: int, length: tuple[int, int], rng: np.random.Generator) -> list[str]:
        """Accepted strings: a length, of those that have any, and then a string are equally likely.

        Args:
            count: number of strings.
            length: least and greatest length.
            rng: source of randomness.

        Raises:
            NoStringsError: there are no strings of these lengths.
        """
        table = self.counts(length[1])
        lengths = [n for n in range(length[0], length[1] + 1) if table[n].get(self.start)]
        if not lengths:
            raise NoStringsError(f"no strings of {length[0]} to {length[1]} letters. Allow others.")
        drawn = rng.choice(lengths, count)
        return [self._one(int(n), table, rng) for n in drawn]

    def _one(self, length: int, table: list[dict[int, int]], rng: np.random.Generator) -> str:
        state, letters, chosen = self.start, list[str](), ("", self.start)
        for left, number in zip(range(length - 1, -1, -1), rng.random(length), strict=True):
            ways, total = table[left], table[left + 1][state]
            reached = 0.0
            for letter in self.letters:
                target = self.arcs.get((state, letter))
                count = 0 if target is None else ways.get(target, 0)
                if (
                    count and target is not None
                ):  # the last letter that leads on is taken where sums are rounded below 1
                    reached += count / total  # of integers of any size
                    chosen = letter, target
                    if number < reached:
                        break
            letter, state = chosen
            letters.append(letter)
        return "".join(letters)


def draw_labelled(
    automaton: Automaton, count: int, length: tuple[int, int], rng: np.random.Generator
) -> list[tuple[str, str]]:
    """As many accepted strings as rejected ones, each with its class.

    Raises:
        InputError: no string of these lengths is accepted, or all are.
    """
    drawn = []
    for machine, label, n in (
        (automaton, ACCEPTED, count - count // 2),
        (automaton.complement, REJECTED, count // 2),
    ):
        try:
            drawn += [(string, label) for string in machine.draw(n, length, rng)]
        except NoStringsError:
            none = "accepts none" if label == ACCEPTED else "accepts all"
            raise InputError(
                f"the automaton {none} of the strings of {length[0]} to {length[1]} letters; "
                "expected some that it accepts, and some that it rejects. Give the task other "
                "lengths."
            ) from None
    return drawn
