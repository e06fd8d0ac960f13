"""Is the number of 1s even?"""

import numpy as np

from sparsernn.data.letters import random_strings

NAME = "parity"
INPUTS = "letters"
TARGETS = "classes"
BASELINES = {"number of 1s": lambda string: string.count("1")}


def parity(count: int, length: tuple[int, int], rng: np.random.Generator) -> list[tuple[str, str]]:
    """Random strings of 0 and 1.

    References:
        G. Delétang et al., Neural networks and the Chomsky hierarchy, 2023.
    """
    strings = random_strings("01", count, length, rng)
    return [(string, "odd" if string.count("1") % 2 else "even") for string in strings]
