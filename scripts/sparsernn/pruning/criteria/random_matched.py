"""A control: as many weights of each gate in each matrix go as by magnitude, drawn at random."""

import numpy as np

from sparsernn.errors import InputError

NAME = "matched random mask"


def random_matched(
    weights: np.ndarray, rng: np.random.Generator | None, groups: np.ndarray
) -> np.ndarray:
    """Deal the magnitudes out at random within each gate's rows of each weight matrix.

    So only the choice within these differs from that by magnitude; how many weights each layer and
    gate loses does not, which alone explains much of what good masks do.

    References:
        J. Su et al., Sanity-checking pruning methods: random tickets can win the jackpot, NeurIPS
        2020; J. Frankle et al., Pruning neural networks at initialization: why are we missing the
        mark?, ICLR 2021.
    """
    if rng is None:
        raise InputError("criterion random_matched: rng is None, expected a generator. Pass one.")
    scores = np.abs(weights)
    for group in np.unique(groups):
        scores[groups == group] = rng.permutation(scores[groups == group])
    return scores
