"""Random numbers that depend on what a thing is, never on when or where it is made.

Every random choice takes a generator seeded by the study's root seed and the thing's identity, a
path such as "sparse/gru/watts_strogatz/17/0". Adding graphs, cells or seeds, or cutting the work
differently, therefore changes nothing that is already there. What draws, and its identity:

    strings, task/NAME                             data/data_set.py
    validation                                     data/splits.py
    graph/FAMILY/INDEX                             scripts/make_graphs.py
    sparse/…/weights, /order; dense/…, pruning/…   training/job.py
    pruning/…/mask, /sample                        pruning/rounds.py
    pruning/…/labels, /control, /growth            pruning/methods.py
    prediction/…                                   analysis/prediction.py
"""

import hashlib

import numpy as np

__all__ = ["numpy_generator", "seed_sequence", "torch_seed"]


def seed_sequence(root: int, identity: str) -> np.random.SeedSequence:
    """The seed of one thing.

    Args:
        root: the study's seed (non-negative).
        identity: what the thing is, slash-separated.

    Example:
        >>> seed_sequence(1, "graph/ws/0").generate_state(1)[0]
        np.uint32(951803941)
    """
    words = np.frombuffer(hashlib.sha256(identity.encode()).digest(), dtype="<u4")
    return np.random.SeedSequence([root, *(int(word) for word in words)])


def numpy_generator(root: int, identity: str) -> np.random.Generator:
    """A NumPy generator (PCG64) for the thing `identity`."""
    return np.random.Generator(np.random.PCG64(seed_sequence(root, identity)))


def torch_seed(root: int, identity: str) -> int:
    """A 63-bit seed for `torch.Generator.manual_seed`, for the thing `identity`."""
    return int(seed_sequence(root, identity).generate_state(1, np.uint64)[0] >> np.uint64(1))
