"""Pruning: which weights of a network go, and the masks that exclude them."""

import copy
import inspect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.errors import InputError, brief
from sparsernn.networks.block import RecurrentBlock
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.plugins import function, names
from sparsernn.wiring.protocol import CORRECTED, Protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["TARGETS", "Pruning", "Target", "prune", "prune_network", "pruned_wiring"]

Target = Literal["both", "i2h", "h2h"]
TARGETS: tuple[Target, ...] = ("both", "i2h", "h2h")
_MATRICES = {"both": (0, 1), "i2h": (0,), "h2h": (1,)}

Arrays = Sequence[Sequence[npt.NDArray[Any]]]
"""For each block of a wiring two arrays: one for its input, one for its recurrent weights."""


@dataclass(frozen=True)
class Pruning:
    """How a network is pruned.

    Attributes:
        percent: share of the original weights that are gone afterwards, in (0, 100].
        target: input weights ("i2h"), recurrent weights ("h2h"), or both together.
        protocol: its `prune_scope` and `largest_survives`.
        criterion: which weights go; a name of `sparsernn.pruning.criteria`.
    """

    percent: float
    target: Target
    protocol: Protocol
    criterion: str = "magnitude"

    def __post_init__(self) -> None:
        if not 0 < self.percent <= 100 or self.target not in TARGETS:
            raise InputError(
                f"prune: percent={self.percent!r}, target={self.target!r}; expected a percent in "
                f"(0, 100] and a target among {', '.join(TARGETS)}."
            )


def pruned_wiring(
    wiring: Wiring,
    weights: Arrays,
    pruning: Pruning,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
) -> Wiring:
    """Mask the weights that the criterion scores lowest; pruned weights stay pruned.

    Of the n weights that `original` has in a pool, round(n * percent / 100) are gone afterwards,
    those that were gone before among them. So rounds of 10, 20, … % remove that share of the
    original weights in all. Where scores are equal, a fixed shuffle of the pool's weights decides.

    With the protocol's `largest_survives`, as in the thesis's code, a threshold decides instead: a
    percentile of the scores of all weights that `original` has, where pruned weights score 0.
    Weights below it go; so of equal ones at the threshold none goes.

    Args:
        wiring: the network's present wiring.
        weights: (weight_ih, weight_hh) of each block.
        pruning: how many of which weights go.
        original: the wiring before any pruning; `wiring` itself by default.
        rng: source of randomness, for criteria that draw.

    Raises:
        InputError: a weight is not finite, or the criterion's scores are not what they should be.
    """
    masks, counted = _masks(wiring), _masks(wiring if original is None else original)
    score = function("criteria", pruning.criterion)
    grouped = "groups" in inspect.signature(score).parameters
    groups = _groups(wiring) if grouped else []
    for pool in _pools(wiring, pruning):
        _check_finite(wiring, weights, pool)
        present, before = _flat(masks, pool), _flat(counted, pool)
        if not present.any():
            continue
        scores = np.zeros_like(_flat(weights, pool))
        known = {"groups": _flat(groups, pool)[present]} if grouped else {}
        scored = score(_flat(weights, pool)[present], rng, **known)
        scores[present] = _checked(scored, pruning, present)
        if pruning.protocol.largest_survives:
            threshold = np.percentile(scores[before], pruning.percent)
            present[present] = scores[present] >= threshold
        else:
            gone = int((before & ~present).sum())
            wanted = round(int(before.sum()) * pruning.percent / 100)
            present[_lowest(scores, present, wanted - gone)] = False
        start = 0
        for block, kind in pool:
            shape, end = masks[block][kind].shape, start + masks[block][kind].size
            masks[block][kind], start = present[start:end].reshape(shape), end
    return wiring.with_masks([(mask_ih, mask_hh) for mask_ih, mask_hh in masks])


def _lowest(scores: npt.NDArray[Any], present: npt.NDArray[np.bool_], count: int) -> Any:
    """Places of the `count` lowest scores among those that are present."""
    # The order of the matrix would take whole units first, where many weights are equal.
    order = np.random.default_rng(0).permutation(len(scores))
    order = order[present[order]]
    return order[np.argsort(scores[order], kind="stable")[: max(count, 0)]]


def _check_finite(wiring: Wiring, weights: Arrays, pool: Sequence[tuple[int, int]]) -> None:
    for block, kind in pool:
        of = wiring.blocks[block]
        mask, name = ((of.mask_ih, "weight_ih"), (of.mask_hh, "weight_hh"))[kind]
        values = np.asarray(weights[block][kind])[mask]
        if not np.isfinite(values).all():
            wrong = values[~np.isfinite(values)]
            raise InputError(
                f"prune: block {brief(of.name)}, {name}: {len(wrong)} of {len(values)} weights are "
                f"not finite, as {wrong[0]}; expected numbers to compare. The network has "
                "diverged: prune it as it was before, or train it with a lower learning rate."
            )


def _checked(scores: Any, pruning: Pruning, present: npt.NDArray[np.bool_]) -> Any:
    """A criterion's scores, one for each weight and none below 0, which pruned weights score."""
    count = int(present.sum())
    values = np.asarray(scores, float)
    found = " ".join(brief(scores).split())
    if values.shape != (count,) or not (np.isfinite(values) & (values >= 0)).all():
        raise InputError(
            f"criteria/{pruning.criterion}.py: its scores are {found}; expected {count} "
            "numbers, one for each weight, finite and at least 0. Correct the function."
        )
    return scores


def _pools(wiring: Wiring, pruning: Pruning) -> Iterator[list[tuple[int, int]]]:
    """The matrices (block; 0 for ih, 1 for hh) that are compared: a layer's, or all."""
    layerwise = pruning.protocol.prune_scope == "layer"
    layers = [block.layer if layerwise else 0 for block in wiring.blocks]
    for layer in sorted(set(layers)):
        blocks = [i for i, of in enumerate(layers) if of == layer]
        yield [(i, kind) for i in blocks for kind in _MATRICES[pruning.target]]


def _groups(wiring: Wiring) -> list[list[npt.NDArray[np.int64]]]:
    """For each weight of each matrix the number of its group: the rows of one gate there."""
    groups: list[list[npt.NDArray[np.int64]]] = []
    first = 0
    for block in wiring.blocks:
        groups.append([])
        for mask in (block.mask_ih, block.mask_hh):
            gate = np.arange(len(mask)) // block.size
            groups[-1].append(np.broadcast_to(first + gate[:, None], mask.shape))
            first += len(mask) // block.size
    return groups


def _masks(wiring: Wiring) -> list[list[npt.NDArray[np.bool_]]]:
    return [[block.mask_ih, block.mask_hh] for block in wiring.blocks]


def _flat(arrays: Arrays, pool: Sequence[tuple[int, int]]) -> npt.NDArray[Any]:
    """The entries of some matrices as one vector, a copy."""
    return np.concatenate([arrays[block][kind].ravel() for block, kind in pool])


def prune_network(
    network: SequenceClassifier,
    pruning: Pruning,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
) -> SequenceClassifier:
    """A new network with the same weights, except those that `pruned_wiring` masks; see there."""
    pruned = copy.deepcopy(network)
    prune_module(pruned.recurrent, pruning, original, rng)
    return pruned


def prune_module(
    rnn: SparseRNN,
    pruning: Pruning,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
) -> None:
    """Prune a network in place, by its masks; see `pruned_wiring`."""
    blocks = [block for block in rnn.blocks if isinstance(block, RecurrentBlock)]
    if len(blocks) < len(rnn.blocks):
        raise InputError(
            "prune: some blocks of the network are other modules, which have no masks. Prune those "
            "by themselves, as with torch.nn.utils.prune, before they are put in."
        )
    _check_trained(rnn, pruning.target)
    weights = [[_as_array(part) for part in block.weights().parameters[:2]] for block in blocks]
    wiring = pruned_wiring(rnn.wiring, weights, pruning, original, rng)
    for block, now in zip(blocks, wiring.blocks, strict=True):
        block.exclude(~torch.tensor(now.mask_ih), ~torch.tensor(now.mask_hh))


def _check_trained(rnn: SparseRNN, target: Target) -> None:
    for block, of in zip(rnn.own_blocks(), rnn.wiring.blocks, strict=True):
        fixed = of.edge_weights is not None and of.edge_weights.fixed
        if fixed and target != "i2h" and not block.weight_hh.requires_grad:
            raise InputError(
                f"prune: target is {target!r}, but the recurrent weights are a graph's and fixed; "
                "expected weights that are trained. Prune target='i2h', or build the network with "
                "RecurrentEdges(weights='initial')."
            )


def _as_array(weight: Tensor) -> npt.NDArray[Any]:
    whole = weight.detach().cpu()
    return whole.numpy() if whole.dtype in (torch.float32, torch.float64) else whole.float().numpy()


Module = TypeVar("Module", SparseRNN, SequenceClassifier)


def prune(
    network: Module,
    amount: float,
    target: Target = "both",
    scope: Literal["layer", "global"] = "layer",
    criterion: str = "magnitude",
    rng: np.random.Generator | None = None,
) -> Module:
    """Prune a network in place: its masks change, and weights that they exclude become zero.

    The parameters stay the same objects, so an optimiser that has them goes on with what is left.

    Args:
        network: a `SparseRNN` or a `SequenceClassifier`, of which the recurrent part is pruned.
        amount: the share of the weights that exist now which goes, above 0 and up to 1.0. As with
            `torch.nn.utils.prune`, 0.2 three times leaves 0.8³ of them; the number that goes is
            rounded, and exact where weights are equal.
        target: recurrent weights ("h2h"), input weights ("i2h"), or "both" compared together.
        scope: weights are compared within each "layer", or all together ("global").
        criterion: a name of `sparsernn.pruning.criteria`, as magnitude or random.
        rng: source of randomness, for criteria that draw.

    Returns:
        The network.

    Raises:
        InputError: an amount, target, scope or criterion that there isn't; a weight that is not
            finite.

    Example:
        >>> import torch
        >>> from sparsernn import SparseRNN, Wiring, prune
        >>> rnn = SparseRNN(Wiring.dense("gru", input_size=8, hidden_size=16))
        >>> prune(rnn, 0.5).wiring.weights, prune(rnn, 0.5).wiring.weights
        (576, 288)
    """
    rnn = network.recurrent if isinstance(network, SequenceClassifier) else network
    if not isinstance(rnn, SparseRNN):
        raise InputError(
            f"prune: the network is a {type(network).__name__}; expected a SparseRNN or a "
            "SequenceClassifier. sparsernn.from_torch makes one of a module of torch.nn."
        )
    if isinstance(amount, bool) or not isinstance(amount, float) or not 0 < amount <= 1:
        raise InputError(
            f"prune: amount is {brief(amount)}; expected a share, above 0 and up to 1.0."
        )
    known = names("criteria")
    if scope not in ("layer", "global") or criterion not in known:
        raise InputError(
            f"prune: scope is {scope!r}, criterion {criterion!r}; expected layer or global, and "
            f"one of {', '.join(known)}."
        )
    choices = replace(CORRECTED, prune_scope=scope)
    prune_module(rnn, Pruning(100 * amount, target, choices, criterion), rng=rng)
    return network
