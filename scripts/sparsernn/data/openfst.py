"""Automata in the text format of AT&T's and OpenFst's tools, as MLRegTest's languages have it.

A line is an arc, `source target letter`, or a final state, `state`; both may end in a weight, which
is not used. An arc may name its letter twice, as transducers do. The first line's state is the
start.

References:
    http://www.openfst.org/twiki/bin/view/FST/FstQuickTour
    S. van der Poel et al., MLRegTest: a benchmark for the machine learning of regular languages,
    2024.
"""

import math
from collections.abc import Mapping
from os import PathLike

from sparsernn.data.automata import Arc, Automaton
from sparsernn.errors import InputError, brief, cause
from sparsernn.files.whole import read_bytes

__all__ = ["read_automaton"]

MAX_BYTES = 2**24
MAX_ARCS = 200_000
_EMPTY = ("<eps>", "<epsilon>", "<EPS>", "ε", "@0@", "@_EPSILON_SYMBOL_@")


def read_automaton(
    path: str | PathLike[str], symbols: str | PathLike[str] | None = None
) -> Automaton:
    """Read an automaton, and make it deterministic.

    Args:
        path: the text file.
        symbols: a file with a line `letter number` for each letter, if arcs have the numbers of
            letters; number 0 reads nothing.

    Raises:
        InputError: a line is neither an arc nor a final state, a letter is not a single one, or the
            language is empty; the message names the line.
    """
    names = _read_symbols(symbols) if symbols is not None else None
    arcs: list[Arc] = []
    finals: dict[int, int] = {}
    start = None
    for number, line in enumerate(_lines(path), start=1):
        words = line.split()
        if not words:
            continue
        where = f"{path}, line {number}"
        state = _state(where, words[0])
        start = state if start is None else start
        if len(words) <= 2:
            if not math.isinf(_weight(where, words[1:])):  # an infinite weight: not final
                finals.setdefault(state, number)
        else:
            arcs.append((state, _letter(where, words, names), _state(where, words[1])))
    if start is None or not arcs:
        raise InputError(f"{path}: no arcs; expected lines such as `0 1 a`. Add some.")
    if len(arcs) > MAX_ARCS:
        raise InputError(f"{path}: {len(arcs):,} arcs; expected at most {MAX_ARCS:,}.")
    _check_finals(path, arcs, finals, start)
    try:
        return Automaton.of_arcs(arcs, finals, start)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _lines(path: str | PathLike[str]) -> list[str]:
    try:
        return read_bytes(path, MAX_BYTES, "an automaton as text").decode().splitlines()
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 ({cause(error)}); expected an automaton as text. Write a binary "
            "one as text with OpenFst's fstprint."
        ) from None


def _state(where: str, word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) < 10):
        raise InputError(
            f"{where}: the state is {brief(word)}; expected a whole number of at most 9 digits. An "
            "arc is `source target letter`, a final state `state`. Correct the line."
        )
    return int(word)


def _weight(where: str, words: list[str]) -> float:
    try:
        weight = float(words[0]) if words else 0.0
    except ValueError:
        weight = math.nan
    if math.isnan(weight):
        raise InputError(
            f"{where}: the weight is {brief(words[0])}; expected a number. An arc is `source "
            "target letter`, a final state `state`. Correct the line."
        )
    return weight


def _letter(where: str, words: list[str], names: Mapping[str, str] | None) -> str:
    """The letter of an arc; empty if it reads nothing."""
    symbol, rest = words[2], words[3:]
    if rest and rest[0] == symbol:
        rest = rest[1:]
    elif len(rest) == 2:
        raise InputError(
            f"{where}: reads {brief(symbol)} and writes {brief(rest[0])}; expected an acceptor, "
            "whose arcs have one letter. Make the transducer an acceptor with fstproject."
        )
    if len(rest) > 1:
        raise InputError(
            f"{where}: {len(words)} words; expected `source target letter`, the letter once more "
            "if you like, and a weight. Correct the line."
        )
    if math.isinf(_weight(where, rest)):
        raise InputError(f"{where}: the weight is infinite: there is no such arc. Remove the line.")
    if names is not None and symbol not in names:
        raise InputError(
            f"{where}: the letter's number is {brief(symbol)}, which the file of symbols lacks. "
            "Give the symbols that the automaton was written with."
        )
    letter = symbol if names is None else names[symbol]
    return "" if letter in _EMPTY else _checked(where, letter)


def _checked(where: str, letter: str) -> str:
    if letter and not (len(letter) == 1 and letter.isascii() and letter.isprintable()):
        raise InputError(
            f"{where}: the letter is {brief(letter)}; expected one printable ASCII character. "
            "Rename it; if arcs have numbers, give the task a file of symbols."
        )
    return letter


def _read_symbols(path: str | PathLike[str]) -> dict[str, str]:
    """The letter of each number; number 0 reads nothing."""
    names: dict[str, str] = {}
    for number, line in enumerate(_lines(path), start=1):
        words, where = line.split(), f"{path}, line {number}"
        if words and len(words) != 2:
            raise InputError(f"{where}: {brief(line)}; expected `letter number`. Correct the line.")
        if words:
            _state(where, words[1])
            names[words[1]] = "" if words[1] == "0" else words[0]
    return names


def _check_finals(
    path: str | PathLike[str], arcs: list[Arc], finals: Mapping[int, int], start: int
) -> None:
    """Refuse an empty language, and final states that nothing leads to."""
    after: dict[int, set[int]] = {}
    for source, _, target in arcs:
        after.setdefault(source, set()).add(target)
    reached, waiting = {start}, [start]
    while waiting:
        new = after.get(waiting.pop(), set()) - reached
        reached |= new
        waiting += new
    if not finals:
        raise InputError(
            f"{path}: no final state, so that every string is rejected. Add a line with the number "
            "of each."
        )
    lost = [state for state in finals if state not in reached]
    if lost:
        raise InputError(
            f"{path}, line {finals[lost[0]]}: the final state {lost[0]} is never reached from the "
            f"start, state {start}. Add the arcs that lead to it, or remove the line (fstconnect "
            "does)."
        )
