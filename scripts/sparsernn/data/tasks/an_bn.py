"""Which letter comes next in a string of some a's and as many b's?"""

import math

import numpy as np

NAME = "aⁿbⁿ"
INPUTS = "letters"
TARGETS = "next_symbol"
PARAMETERS = {
    "p": {
        "type": "number",
        "minimum": 0.001,
        "maximum": 0.999,
        "description": "Probability that the a's end after each; n has the geometric distribution.",
    }
}


def an_bn(
    count: int, length: tuple[int, int], p: float, rng: np.random.Generator
) -> list[tuple[str, float]]:
    """Strings with n from the geometric distribution, of those lengths that are allowed.

    Their probability is the one without limits of length: P(n) = p (1 - p)^(n - 1).

    References:
        N. Lan et al., Minimum description length recurrent neural networks, 2022.

    Example:
        >>> an_bn(1, (4, 5), 0.5, np.random.default_rng(0))
        [('aabb', 1.3862943611198906)]
    """
    possible = np.arange(max(1, (length[0] + 1) // 2), length[1] // 2 + 1)
    if not possible.size:
        return []
    weights = (1 - p) ** (possible - possible[0])
    drawn = rng.choice(possible, count, p=weights / weights.sum()).tolist()
    return [("a" * n + "b" * n, -(n - 1) * math.log1p(-p) - math.log(p)) for n in drawn]
