"""Many weights go at first, and ever fewer at a time later."""

NAME = "cubic"


def cubic(progress: float) -> float:
    """1 - (1 - progress)³.

    References:
        M. Zhu and S. Gupta, To prune, or not to prune: exploring the efficacy of pruning for model
        compression, ICLR workshop 2018.
    """
    return 1 - (1 - progress) ** 3
