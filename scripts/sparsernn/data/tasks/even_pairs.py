"""Is the number of 01s and 10s together even? So it is if the first and the last letter agree."""

import numpy as np

from sparsernn.data.letters import random_strings

NAME = "even pairs"
INPUTS = "letters"
TARGETS = "classes"
BASELINES = {"first and last letter": lambda string: (string[0], string[-1])}


def even_pairs(
    count: int, length: tuple[int, int], rng: np.random.Generator
) -> list[tuple[str, str]]:
    """Random strings of 0 and 1.

    References:
        G. Delétang et al., Neural networks and the Chomsky hierarchy, 2023.
    """
    strings = random_strings("01", count, length, rng)
    return [(string, "even" if string[0] == string[-1] else "odd") for string in strings]
