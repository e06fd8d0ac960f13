"""Does an automaton of your own accept a string? As many strings that it does as not."""

import numpy as np

from sparsernn.data.automata import draw_labelled
from sparsernn.data.openfst import read_automaton

NAME = "automaton"
INPUTS = "letters"
TARGETS = "classes"
PARAMETERS = {
    "file": {
        "type": "file",
        "description": "The automaton, as text in the format of AT&T's and OpenFst's tools: lines "
        "`source target letter` and lines with a final state; the first state is the start. "
        "MLRegTest's languages are such files. Weights are not used.",
    },
    "symbols": {
        "type": "file",
        "optional": True,
        "description": "A file of lines `letter number`, if the automaton's arcs have numbers.",
    },
}


def automaton(
    count: int,
    length: tuple[int, int],
    file: str,
    symbols: str | None = None,
    *,
    rng: np.random.Generator,
) -> list[tuple[str, str]]:
    """Strings of the automaton's letters, uniform by length and class."""
    return draw_labelled(read_automaton(file, symbols), count, length, rng)
