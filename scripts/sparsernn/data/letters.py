"""Random strings of letters, for tasks."""

import numpy as np
import numpy.typing as npt

__all__ = ["draw_lengths", "random_strings"]


def draw_lengths(
    count: int, length: tuple[int, int], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Lengths from the least to the greatest, equally likely."""
    return rng.integers(length[0], length[1] + 1, count)


def random_strings(
    letters: str, count: int, length: tuple[int, int], rng: np.random.Generator
) -> list[str]:
    """Strings of independent letters, all equally likely.

    Example:
        >>> {len(string) for string in random_strings("ab", 50, (2, 3), np.random.default_rng(0))}
        {2, 3}
    """
    lengths = draw_lengths(count, length, rng)
    return ["".join(letters[i] for i in rng.integers(0, len(letters), n)) for n in lengths]
