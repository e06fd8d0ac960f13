"""Which bracket comes next, or is that the end? Strings of brackets that match."""

import math

import numpy as np

NAME = "Dyck language"
INPUTS = "letters"
TARGETS = "next_symbol"
PARAMETERS = {
    "pairs": {
        "type": "integer",
        "minimum": 1,
        "maximum": 4,
        "description": "Number of kinds of brackets.",
    },
    "p": {
        "type": "number",
        "minimum": 0.001,
        "maximum": 0.499,
        "description": "Probability that a bracket opens, at each place where one may.",
    },
}
_BRACKETS = ("()", "[]", "{}", "<>")


def dyck(
    count: int, length: tuple[int, int], pairs: int, p: float, rng: np.random.Generator
) -> list[tuple[str, float]]:
    """Strings of the grammar S → (S)S with probability p, else nothing, of the lengths allowed.

    With several kinds of brackets, all are equally likely. No string is empty, so the first symbol
    opens a bracket for sure. Otherwise a string's probability is the one without limits of length:
    every later symbol costs the entropy of p on average, and an opening bracket the logarithm of
    `pairs` in addition.

    References:
        N. Lan et al., Minimum description length recurrent neural networks, 2022.

    Example:
        >>> dyck(2, (4, 4), 1, 0.3, np.random.default_rng(0))[0][0] in ("(())", "()()")
        True
    """
    possible = np.arange(max(1, (length[0] + 1) // 2), length[1] // 2 + 1)
    if not possible.size:
        return []
    # The number of strings of n pairs (Catalan's), each as likely as the others.
    ways = [math.lgamma(2 * n + 1) - math.lgamma(n + 1) - math.lgamma(n + 2) for n in possible]
    logs = np.array(ways) + possible * (math.log(p) + math.log1p(-p))
    weights = np.exp(logs - logs.max())
    drawn = rng.choice(possible, count, p=weights / weights.sum()).tolist()
    first = math.log(p)  # of the first bracket that opens, which is sure
    nats = [first - n * (math.log(p / pairs) + math.log1p(-p)) - math.log1p(-p) for n in drawn]
    return list(zip((_string(n, pairs, rng) for n in drawn), nats, strict=True))


def _string(n: int, pairs: int, rng: np.random.Generator) -> str:
    """A random string of n pairs: the cycle lemma, of n openings and n + 1 closings in a circle."""
    steps = rng.permutation(np.repeat([1, -1], [n, n + 1]))
    start = int(np.argmin(np.cumsum(steps))) + 1
    turned = np.roll(steps, -start)[:-1]
    kinds, open_kinds, letters = rng.integers(0, pairs, n).tolist(), [], []
    for step in turned:
        if step > 0:
            open_kinds.append(kinds.pop())
            letters.append(_BRACKETS[open_kinds[-1]][0])
        else:
            letters.append(_BRACKETS[open_kinds.pop()][1])
    return "".join(letters)
