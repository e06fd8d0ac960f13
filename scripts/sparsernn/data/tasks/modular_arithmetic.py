"""What is the value of an expression without brackets, modulo 5? As in 1+2*3-4."""

import re

import numpy as np

from sparsernn.data.letters import draw_lengths

NAME = "modular arithmetic"
INPUTS = "letters"
TARGETS = "classes"
MODULUS = 5


def modular_arithmetic(
    count: int, length: tuple[int, int], rng: np.random.Generator
) -> list[tuple[str, str]]:
    """Random digits from 0 to 4, with +, - or * in between; an even length loses a letter.

    References:
        G. Delétang et al., Neural networks and the Chomsky hierarchy, 2023.
    """
    drawn = []
    for n in (draw_lengths(count, length, rng) + 1) // 2:
        digits = rng.integers(0, MODULUS, n).tolist()
        signs = [*("+-*"[i] for i in rng.integers(0, 3, n - 1)), ""]
        text = "".join(f"{digit}{sign}" for digit, sign in zip(digits, signs, strict=True))
        drawn.append((text, str(value(text))))
    return drawn


def value(expression: str) -> int:
    """The value of an expression, modulo 5; products come first.

    Example:
        >>> value("1+2*3-4")
        3
    """
    total = 0
    for term in re.findall(r"[+-]?\d(?:\*\d)*", expression):
        product = 1
        for digit in re.findall(r"\d", term):
            product = product * int(digit) % MODULUS
        total += -product if term[0] == "-" else product
    return total % MODULUS
