"""Does one of Tomita's seven grammars accept a string? As many strings that it does as not."""

import numpy as np

from sparsernn.data.automata import Automaton, draw_labelled

NAME = "Tomita grammar"
INPUTS = "letters"
TARGETS = "classes"
BASELINES = {
    "numbers of 0s and of 1s": lambda string: (string.count("0"), string.count("1")),
    "ends, and substrings of three": lambda string: (
        string[:2],
        string[-2:],
        frozenset(string[i : i + 3] for i in range(len(string) - 2)),
    ),
}
PARAMETERS = {
    "number": {
        "type": "integer",
        "minimum": 1,
        "maximum": 7,
        "description": "Which grammar. 1: only 1s. 2: 10, repeated. 3: after an odd number of 1s "
        "in a row comes an even number of 0s. 4: no 000. 5: even numbers of 0s and of 1s. 6: their "
        "difference is a multiple of 3. 7: 0s, 1s, 0s, 1s, any number of each.",
    }
}


def tomita(
    count: int, length: tuple[int, int], number: int, rng: np.random.Generator
) -> list[tuple[str, str]]:
    """Strings of 0 and 1, uniform by length and class.

    References:
        M. Tomita, Dynamic construction of finite automata from examples, 1982.
    """
    return draw_labelled(grammar(number), count, length, rng)


def grammar(number: int) -> Automaton:
    """The automaton of a grammar.

    Example:
        >>> [grammar(4).accepts(string) for string in ("1001", "10001")]
        [True, False]
    """
    arcs, finals = _GRAMMARS[number]
    return Automaton(
        {(source, letter): target for source, letter, target in arcs}, frozenset(finals), "01"
    )


_GRAMMARS = {
    1: ([(0, "1", 0)], [0]),
    2: ([(0, "1", 1), (1, "0", 0)], [0]),
    # 1: an odd number of 1s; then 2: an odd number of 0s, 3: an even one.
    3: (
        [
            (0, "0", 0), (0, "1", 1), (1, "1", 0), (1, "0", 2), (2, "0", 3), (3, "0", 2),
            (3, "1", 1),
        ],
        [0, 1, 3],
    ),
    4: ([(n, "0", n + 1) for n in (0, 1)] + [(n, "1", 0) for n in (0, 1, 2)], [0, 1, 2]),
    5: ([(n, "0", n ^ 1) for n in range(4)] + [(n, "1", n ^ 2) for n in range(4)], [0]),
    6: ([(n, "0", (n - 1) % 3) for n in range(3)] + [(n, "1", (n + 1) % 3) for n in range(3)], [0]),
    7: ([(n, "01"[n % 2], n) for n in range(4)] + [(n, "10"[n % 2], n + 1) for n in range(3)],
        [0, 1, 2, 3]),
}  # fmt: skip
