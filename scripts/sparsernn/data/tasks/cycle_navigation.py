"""Where on a circle of five places does a walk end? + is a step on, - one back, 0 stays."""

import numpy as np

from sparsernn.data.letters import random_strings

NAME = "cycle navigation"
INPUTS = "letters"
TARGETS = "classes"
PLACES = 5
BASELINES = {"numbers of + and of -": lambda walk: (walk.count("+"), walk.count("-"))}


def cycle_navigation(
    count: int, length: tuple[int, int], rng: np.random.Generator
) -> list[tuple[str, str]]:
    """Random walks from place 0.

    References:
        G. Delétang et al., Neural networks and the Chomsky hierarchy, 2023.
    """
    strings = random_strings("-0+", count, length, rng)
    return [(walk, str((walk.count("+") - walk.count("-")) % PLACES)) for walk in strings]
