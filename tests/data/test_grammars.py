"""The nine grammars and the sampling of their strings."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sparsernn.data.grammars import DECOYS, END, REBER, START, SUCCESSORS, Grammar, sample
from sparsernn.errors import InputError

GRAMMARS = [REBER, *DECOYS.values()]
BY_NAME = {"argvalues": GRAMMARS, "ids": [grammar.name for grammar in GRAMMARS]}


def strings_of(grammar: Grammar, length: int) -> set[str]:
    """All strings of a length that walk along the labelled edges."""
    walks, edges = {(1, "B")}, grammar.label.items()
    for _ in range(length - 2):
        walks = {
            (b, text + letter) for node, text in walks for (a, b), letter in edges if a == node
        }
    return {text + "E" for node, text in walks if node == 6}


@pytest.mark.parametrize("grammar", **BY_NAME)
def test_a_grammar_has_24_strings_of_length_11_and_accepts_them(grammar: Grammar) -> None:
    strings = strings_of(grammar, 11)
    assert len(strings) == 24
    assert all(map(grammar.accepts, strings))


def test_m6_and_m7_alone_share_strings_one_of_each_length() -> None:
    for length in (11, 14):
        shared = strings_of(DECOYS["m6"], length) & strings_of(DECOYS["m7"], length)
        assert shared == {"BM" + "O" * (length - 5) + "QRE"}
        everything = [strings_of(grammar, length) for grammar in GRAMMARS]
        assert len(set().union(*everything)) == sum(map(len, everything)) - 1


def test_the_shortest_strings_are_reber_s() -> None:
    assert strings_of(REBER, 5) == {"BTXSE", "BPVVE"}
    assert strings_of(REBER, 6) == {"BTSXSE", "BPTVVE", "BPVPSE"}
    assert not any(strings_of(REBER, length) for length in range(2, 5))


@pytest.mark.parametrize("grammar", **BY_NAME)
def test_a_decoy_is_reber_s_walk_under_other_letters(grammar: Grammar) -> None:
    numbered = Grammar("numbered", "abcdefghij")
    relabel = str.maketrans("abcdefghij", grammar.letters)
    assert {text.translate(relabel) for text in strings_of(numbered, 12)} == strings_of(grammar, 12)


def test_four_decoys_use_reber_s_alphabet_and_four_go_beyond_it() -> None:
    inside = [name for name, decoy in DECOYS.items() if set(decoy.letters) <= set("TPSXV")]
    assert inside == ["m1", "m2", "m3", "m4"]
    assert list(DECOYS) == [f"m{i}" for i in range(1, 9)]


@given(st.text("BTPSXVE", max_size=7))
def test_only_generated_strings_are_accepted(text: str) -> None:
    assert REBER.accepts(text) == (len(text) > 2 and text in strings_of(REBER, len(text)))


def test_every_change_of_one_letter_is_seen() -> None:
    valid = strings_of(REBER, 8)
    for text, place, letter in product(sorted(valid), range(8), "BTPSXVEA"):
        changed = text[:place] + letter + text[place + 1 :]
        assert REBER.accepts(changed) == (changed in valid)


def test_a_grammar_needs_ten_letters() -> None:
    with pytest.raises(InputError, match=r"grammar 'short': .* 10 edges .* got 3 letters 'ABC'"):
        Grammar("short", "ABC")


# Sampling


def test_a_sample_is_distinct_long_enough_and_of_the_grammar() -> None:
    strings = sample(REBER, 300, 11, np.random.default_rng(0))
    assert len(strings) == len(set(strings)) == 300
    assert all(len(text) >= 11 and REBER.accepts(text) for text in strings)


def test_short_strings_are_exhausted() -> None:
    strings = sample(REBER, 3000, 11, np.random.default_rng(0))
    assert {text for text in strings if len(text) == 11} == strings_of(REBER, 11)


def test_a_longer_sample_begins_with_the_shorter_one() -> None:
    short, long = (sample(REBER, count, 11, np.random.default_rng(3)) for count in (50, 80))
    assert long[:50] == short
    assert sample(REBER, 50, 11, np.random.default_rng(4)) != short


def test_both_edges_of_a_node_are_equally_likely() -> None:
    rng = np.random.default_rng(0)
    first = [REBER.walk(rng)[1] for _ in range(2000)]
    assert abs(first.count("T") / 2000 - 0.5) < 0.04


def test_a_grammar_that_runs_out_of_strings_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Grammar, "walk", lambda self, rng: "BPVVE")
    with pytest.raises(InputError, match=r"only 1 of 2 distinct strings of grammar 'reber'"):
        sample(REBER, 2, 5, np.random.default_rng(0))


@pytest.mark.parametrize("name", DECOYS)
def test_no_decoy_shares_a_string_with_reber(name: str) -> None:
    reached, waiting = set(), [(START, START)]
    while waiting:
        ours, theirs = pair = waiting.pop()
        if pair not in reached:
            reached.add(pair)
            for a, b in product(SUCCESSORS.get(ours, ()), SUCCESSORS.get(theirs, ())):
                if REBER.label[ours, a] == DECOYS[name].label[theirs, b]:
                    waiting.append((a, b))
    assert (END, END) not in reached
