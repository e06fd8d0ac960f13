"""Automata against all short strings of languages that are known otherwise."""

import itertools
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sparsernn.data.automata import Automaton, draw_labelled
from sparsernn.data.openfst import read_automaton
from sparsernn.data.tasks.tomita import grammar
from sparsernn.errors import InputError

KNOWN: dict[int, Callable[[str], object]] = {
    1: lambda s: re.fullmatch("1*", s),
    2: lambda s: re.fullmatch("(10)*", s),
    3: lambda s: not re.search("(?<!1)1(11)*0(00)*(?!0)", s),
    4: lambda s: "000" not in s,
    5: lambda s: s.count("0") % 2 == s.count("1") % 2 == 0,
    6: lambda s: (s.count("0") - s.count("1")) % 3 == 0,
    7: lambda s: re.fullmatch("0*1*0*1*", s),
}


def strings(letters: str, longest: int) -> list[str]:
    each = (itertools.product(letters, repeat=n) for n in range(longest + 1))
    return ["".join(letters) for some in each for letters in some]


@pytest.mark.parametrize("number", KNOWN)
def test_tomita_s_grammars_accept_what_their_definitions_say(number: int) -> None:
    machine, every = grammar(number), strings("01", 8)
    wanted = [string for string in every if KNOWN[number](string)]
    assert [string for string in every if machine.accepts(string)] == wanted
    counts = [row.get(0, 0) for row in machine.counts(8)]
    assert counts == [sum(len(string) == n for string in wanted) for n in range(9)]
    others = [string for string in every if machine.complement.accepts(string)]
    assert others == [string for string in every if string not in set(wanted)]


def test_strings_of_a_length_are_equally_likely() -> None:
    machine = grammar(4)
    drawn = Counter(machine.draw(6000, (4, 4), np.random.default_rng(0)))
    accepted = [string for string in strings("01", 4) if len(string) == 4 and "000" not in string]
    assert set(drawn) == set(accepted)
    expected = 6000 / len(accepted)
    assert max(abs(n - expected) for n in drawn.values()) < 5 * expected**0.5


def test_half_of_the_strings_are_rejected_and_the_lengths_are_those_that_there_are() -> None:
    drawn = draw_labelled(grammar(2), 401, (1, 9), np.random.default_rng(1))
    assert Counter(label for _, label in drawn) == {"accepted": 201, "rejected": 200}
    for string, label in drawn:
        assert 1 <= len(string) <= 9
        assert grammar(2).accepts(string) == (label == "accepted")
    assert {len(string) for string, label in drawn if label == "accepted"} == {2, 4, 6, 8}
    assert drawn == draw_labelled(grammar(2), 401, (1, 9), np.random.default_rng(1))


def test_a_long_string_needs_numbers_beyond_those_of_floats() -> None:
    [string] = grammar(4).draw(1, (1000, 1000), np.random.default_rng(0))
    assert len(string) == 1000 and "000" not in string


def test_a_machine_that_accepts_all_or_none_is_refused() -> None:
    every = Automaton({(0, "a"): 0}, frozenset({0}), "a")
    for machine, word in ((every, "accepts all"), (every.complement, "accepts none")):
        with pytest.raises(InputError, match=word):
            draw_labelled(machine, 10, (1, 5), np.random.default_rng(0))


AS = "0 0 b b\n0 1 a a\n1 1 a\n1 0 b 0.5\n1\n"  # ends in a; arcs as in MLRegTest, and as acceptors


def read(folder: Path, text: str, symbols: str | None = None) -> Automaton:
    (folder / "own.att").write_text(text)
    if symbols is not None:
        (folder / "own.sym").write_text(symbols)
    return read_automaton(folder / "own.att", None if symbols is None else folder / "own.sym")


def test_a_file_of_openfst_is_read(tmp_path: Path) -> None:
    machine = read(tmp_path, AS)
    every = strings("ab", 8)
    assert [s for s in every if machine.accepts(s)] == [s for s in every if s.endswith("a")]


def test_a_file_may_be_nondeterministic_and_read_nothing(tmp_path: Path) -> None:
    """The third letter from the end is a; then, any number of c."""
    text = "0 0 a\n0 0 b\n0 1 a\n1 2 a\n1 2 b\n2 3 a\n2 3 b\n3 4 <eps>\n4 4 c\n4\n"
    machine = read(tmp_path, text)
    every = strings("abc", 7)
    wanted = [s for s in every if re.fullmatch("[ab]*a[ab][ab]c*", s)]
    assert [s for s in every if machine.accepts(s)] == wanted
    finals = machine.finals
    assert len({machine.start, *machine.arcs.values()}) > len(finals) > 1


def test_letters_may_have_numbers(tmp_path: Path) -> None:
    """The start is the first line's state, and a final state of infinite weight is none."""
    machine = read(tmp_path, "7 2 1\n2 2 2\n7 2 0\n2\n7 Infinity\n", "<eps> 0\na 1\nb 2\n")
    every = strings("ab", 6)
    assert [s for s in every if machine.accepts(s)] == [s for s in every if re.fullmatch("a?b*", s)]
