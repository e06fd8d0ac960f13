"""The scores that a criterion gives to the weights of a network."""

import copy
import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from sparsernn.data.strings import Batch
from sparsernn.errors import InputError, brief
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.plugins import function, literal
from sparsernn.pruning.pools import Arrays, Pool, groups, masks_of, take
from sparsernn.wiring.wiring import Wiring

__all__ = ["network_scores", "pool_scores", "reads_network", "rounds_of"]


def reads_network(criterion: str) -> bool:
    """Whether a criterion scores a whole network, and not one pool of weights after another."""
    return "network" in inspect.signature(function("criteria", criterion)).parameters


def rounds_of(criterion: str) -> int:
    """The number of rounds in which a criterion that scores networks prunes; each scores anew."""
    return int(literal("criteria", criterion, "ROUNDS") or 1)


def network_scores(
    network: SequenceClassifier, criterion: str, batches: Sequence[Batch]
) -> list[list[npt.NDArray[Any]]]:
    """The scores of all weights, by a criterion that reads the network.

    The criterion gets a copy in double precision that PyTorch runs, so that it may take any
    derivative, and train it.

    Raises:
        InputError: there are no batches, or the scores are not what they should be.
    """
    if not batches:
        raise InputError(
            f"criterion {criterion}: there are no batches; expected training strings. Pass some "
            "as `batches`, as list(strings.batches(32))."
        )
    twin = copy.deepcopy(network)
    twin.whole = None
    twin.recurrent.engine = "torch"
    twin.double()
    doubled = [Batch(_double(b.inputs), b.lengths, _double(b.targets)) for b in batches]
    scores = function("criteria", criterion)(network=twin, batches=doubled)
    arrays = [score.detach().numpy() for score in scores]
    shapes = [mask.shape for masks in masks_of(network.wiring) for mask in masks]
    if len(arrays) != len(shapes):
        raise InputError(
            f"criteria/{criterion}.py: it scores {len(arrays)} matrices; expected {len(shapes)}, "
            "of each block the input weights, then the recurrent ones. Correct the function."
        )
    for array, shape in zip(arrays, shapes, strict=True):
        _check(array, criterion, shape)
    return [arrays[i : i + 2] for i in range(0, len(arrays), 2)]


def _double(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Numbers in double precision, as the network's; letters and classes as they are."""
    return values.astype(np.float64) if values.dtype.kind == "f" else values


def pool_scores(
    wiring: Wiring,
    weights: Arrays,
    pool: Pool,
    criterion: str,
    rng: np.random.Generator | None,
) -> npt.NDArray[Any]:
    """The scores of the weights of a pool that exist, by a criterion that scores pools."""
    present = take(masks_of(wiring), pool)
    score = function("criteria", criterion)
    grouped = "groups" in inspect.signature(score).parameters
    known = {"groups": take(groups(wiring), pool)[present]} if grouped else {}
    scores = score(take(weights, pool)[present], rng, **known)
    _check(scores, criterion, (int(present.sum()),))
    return np.asarray(scores)


def _check(scores: Any, criterion: str, shape: tuple[int, ...]) -> None:
    """Refuse what are not numbers for so many weights; pruned weights score 0, so none below."""
    values = np.asarray(scores, float)
    if values.shape != shape or not (np.isfinite(values) & (values >= 0)).all():
        found, count = " ".join(brief(scores).split()), " x ".join(map(str, shape))
        raise InputError(
            f"criteria/{criterion}.py: its scores are {found}; expected {count} "
            "numbers, one for each weight, finite and at least 0. Correct the function."
        )
