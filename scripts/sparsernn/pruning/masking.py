"""Pruning: which weights of a network go, and the masks that exclude them."""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, get_args

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.data.strings import Batch
from sparsernn.errors import InputError, brief
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.plugins import names
from sparsernn.pruning.pools import (
    TARGETS,
    Arrays,
    Pool,
    Target,
    lowest,
    masks_of,
    pools,
    put,
    take,
)
from sparsernn.pruning.scoring import network_scores, pool_scores, reads_network, rounds_of
from sparsernn.pruning.units import without_units
from sparsernn.wiring.protocol import CORRECTED, Protocol, Scope
from sparsernn.wiring.wiring import Wiring

__all__ = ["TARGETS", "Pruning", "Target", "prune", "prune_network", "pruned_wiring"]


@dataclass(frozen=True)
class Pruning:
    """How a network is pruned.

    Attributes:
        percent: share of the original weights that are gone afterwards, in (0, 100].
        target: input weights ("i2h"), recurrent weights ("h2h"), or both together; or whole
            "units", as few as leave at most as many weights.
        protocol: its `prune_scope` and `largest_survives`.
        criterion: which weights go; a name of `sparsernn.pruning.criteria`.
    """

    percent: float
    target: Target
    protocol: Protocol
    criterion: str = "magnitude"

    def __post_init__(self) -> None:
        if not 0 < self.percent <= 100 or self.target not in (*TARGETS, "units"):
            raise InputError(
                f"prune: percent={self.percent!r}, target={self.target!r}; expected a percent in "
                f"(0, 100] and a target among {', '.join(TARGETS)}, units."
            )
        scope = self.protocol.prune_scope
        if self.target == "units" and (
            scope not in ("layer", "global") or self.protocol.largest_survives
        ):
            raise InputError(
                f"prune: target units with prune_scope={scope!r} and largest_survives="
                f"{self.protocol.largest_survives}; units are compared within a layer or over all, "
                "and counted exactly. Use prune_scope layer or global, without largest_survives."
            )


def pruned_wiring(
    wiring: Wiring,
    weights: Arrays,
    pruning: Pruning,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
    scores: Arrays | None = None,
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
        scores: of the weights, as `weights`, where the criterion reads the whole network.

    Raises:
        InputError: a weight is not finite, or the criterion's scores are not what they should be.
    """
    before = masks_of(wiring if original is None else original)
    masks = masks_of(wiring)
    scored = [
        (pool, _scores(wiring, weights, pool, pruning.criterion, rng, scores))
        for pool in pools(wiring, pruning.target, pruning.protocol.prune_scope)
    ]
    if pruning.target == "units":
        return without_units(wiring, scored, before, pruning.percent)
    for pool, values in scored:
        put(masks, pool, _left(values, take(masks, pool), take(before, pool), pruning))
    return wiring.with_masks([(mask_ih, mask_hh) for mask_ih, mask_hh in masks])


def _scores(
    wiring: Wiring,
    weights: Arrays,
    pool: Pool,
    criterion: str,
    rng: np.random.Generator | None,
    known: Arrays | None,
) -> npt.NDArray[Any]:
    """The scores of a pool's weights; those that are gone score 0."""
    _check_finite(wiring, weights, pool)
    present = take(masks_of(wiring), pool)
    if known is not None:
        return np.where(present, take(known, pool), 0)
    scores = np.zeros_like(take(weights, pool))
    if present.any():
        scores[present] = pool_scores(wiring, weights, pool, criterion, rng)
    return scores


def _left(
    scores: npt.NDArray[Any],
    present: npt.NDArray[np.bool_],
    before: npt.NDArray[np.bool_],
    pruning: Pruning,
) -> npt.NDArray[np.bool_]:
    """Which weights of a pool are left."""
    if not present.any():
        return present
    if pruning.protocol.largest_survives:
        return present & (scores >= np.percentile(scores[before], pruning.percent))
    gone = int((before & ~present).sum())
    wanted = round(int(before.sum()) * pruning.percent / 100)
    left = present.copy()
    left[lowest(scores, present, wanted - gone)] = False
    return left


def _check_finite(wiring: Wiring, weights: Arrays, pool: Pool) -> None:
    for block, kind, rows in pool:
        of = wiring.blocks[block]
        mask, name = ((of.mask_ih, "weight_ih"), (of.mask_hh, "weight_hh"))[kind]
        values = np.asarray(weights[block][kind])[rows][mask[rows]]
        if not np.isfinite(values).all():
            wrong = values[~np.isfinite(values)]
            raise InputError(
                f"prune: block {brief(of.name)}, {name}: {len(wrong)} of {len(values)} weights are "
                f"not finite, as {wrong[0]}; expected numbers to compare. The network has "
                "diverged: prune it as it was before, or train it with a lower learning rate."
            )


def prune_network(
    network: SequenceClassifier,
    pruning: Pruning,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
    batches: Sequence[Batch] = (),
) -> SequenceClassifier:
    """A new network with the same weights, except those that `pruned_wiring` masks; see there.

    Args:
        network: left as it is.
        pruning: how many of which weights go.
        original: the wiring before any pruning; the network's own by default.
        rng: source of randomness, for criteria that draw.
        batches: training strings, for criteria that read the network.
    """
    pruned = copy.deepcopy(network)
    original = network.wiring if original is None else original
    if not reads_network(pruning.criterion):
        prune_module(pruned.recurrent, pruning, original, rng)
        return pruned
    for percent in _percents(pruning.percent, rounds_of(pruning.criterion)):
        scores = network_scores(pruned, pruning.criterion, batches)
        now = replace(pruning, percent=percent)
        prune_module(pruned.recurrent, now, original, rng, scores)
    return pruned


def _percents(percent: float, rounds: int) -> list[float]:
    """The percent that is gone after each round; each leaves the same share of what is there."""
    left = 1 - percent / 100
    return [*(100 * (1 - left ** (k / rounds)) for k in range(1, rounds)), percent]


def prune_module(
    rnn: SparseRNN,
    pruning: Pruning,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
    scores: Arrays | None = None,
) -> None:
    """Prune a network in place, by its masks; see `pruned_wiring`."""
    weights = weights_of(rnn)
    _check_trained(rnn, pruning.target)
    wiring = pruned_wiring(rnn.wiring, weights, pruning, original, rng, scores)
    for block, now in zip(rnn.own_blocks(), wiring.blocks, strict=True):
        block.exclude(~torch.tensor(now.mask_ih), ~torch.tensor(now.mask_hh))


def weights_of(rnn: SparseRNN) -> list[list[npt.NDArray[Any]]]:
    """The weights of a network's blocks, each its weight_ih and weight_hh.

    Raises:
        InputError: some blocks are other modules.
    """
    blocks = list(rnn.own_blocks())
    if len(blocks) < len(rnn.blocks):
        raise InputError(
            "prune: some blocks of the network are other modules, which have no masks. Prune those "
            "by themselves, as with torch.nn.utils.prune, before they are put in."
        )
    return [[_as_array(part) for part in block.weights().parameters[:2]] for block in blocks]


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
    scope: Scope = "layer",
    criterion: str = "magnitude",
    rng: np.random.Generator | None = None,
    batches: Sequence[Batch] = (),
) -> Module:
    """Prune a network in place: its masks change, and weights that they exclude become zero.

    The parameters stay the same objects, so an optimiser that has them goes on with what is left.

    Args:
        network: a `SparseRNN` or a `SequenceClassifier`, of which the recurrent part is pruned.
        amount: the share of the weights that exist now which goes, above 0 and up to 1.0. As with
            `torch.nn.utils.prune`, 0.2 three times leaves 0.8³ of them; the number that goes is
            rounded, and exact where weights are equal.
        target: recurrent weights ("h2h"), input weights ("i2h"), or "both" compared together; or
            whole "units", as few as make that share of the weights go.
        scope: weights are compared within each "layer", all together ("global"), within each matrix
            ("uniform"), or within each "gate" of each matrix.
        criterion: a name of `sparsernn.pruning.criteria`, as magnitude or snip.
        rng: source of randomness, for criteria that draw.
        batches: training strings, for criteria that read the network; which then has to be a
            `SequenceClassifier`.

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
    known, scopes = names("criteria", first=("magnitude", "random")), get_args(Scope)
    if scope not in scopes or criterion not in known:
        raise InputError(
            f"prune: scope is {scope!r}, criterion {criterion!r}; expected one of "
            f"{', '.join(scopes)}, and one of {', '.join(known)}."
        )
    pruning = Pruning(100 * amount, target, replace(CORRECTED, prune_scope=scope), criterion)
    if not reads_network(criterion):
        prune_module(rnn, pruning, rng=rng)
        return network
    if not isinstance(network, SequenceClassifier):
        raise InputError(
            f"prune: criterion {criterion} needs the loss of a SequenceClassifier; the network is "
            "a SparseRNN. Prune the classifier, or take another criterion, as magnitude."
        )
    _take_masks(network, prune_network(network, pruning, rng=rng, batches=batches))
    return network


def _take_masks(network: SequenceClassifier, pruned: SequenceClassifier) -> None:
    pairs = zip(network.recurrent.own_blocks(), pruned.recurrent.own_blocks(), strict=True)
    for block, other in pairs:
        exists_ih, exists_hh = other.exists()
        block.exclude(~exists_ih, ~exists_hh)
