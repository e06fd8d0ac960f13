"""Pruning: a wiring and scores of its weights become a sparser wiring."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from sparsernn.errors import InputError, brief
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.plugins import function
from sparsernn.wiring.protocol import Protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["TARGETS", "Pruning", "Target", "prune", "prune_network"]

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
        target: input weights ("i2h"), recurrent weights ("h2h"), or both under one threshold.
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


def prune(
    wiring: Wiring,
    weights: Arrays,
    pruning: Pruning,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
) -> Wiring:
    """Mask the weights that the criterion scores lowest; pruned weights stay pruned.

    The threshold is a percentile of the scores of all weights that `original` has, where pruned
    weights score 0. So rounds of 10, 20, … % remove that share of the original weights in all.

    Args:
        wiring: the network's present wiring.
        weights: (weight_ih, weight_hh) of each block.
        pruning: how many of which weights go.
        original: the wiring before any pruning; `wiring` itself by default.
        rng: source of randomness, for criteria that draw.
    """
    masks, counted = _masks(wiring), _masks(wiring if original is None else original)
    score = function("criteria", pruning.criterion)
    below = np.less if pruning.protocol.largest_survives else np.less_equal
    for pool in _pools(wiring, pruning):
        present = _flat(masks, pool)
        scores = np.zeros_like(_flat(weights, pool))
        scores[present] = _checked(score(_flat(weights, pool)[present], rng), pruning, present)
        threshold = np.percentile(scores[_flat(counted, pool)], pruning.percent)
        present[present] = ~below(scores[present], threshold)
        start = 0
        for block, kind in pool:
            shape, end = masks[block][kind].shape, start + masks[block][kind].size
            masks[block][kind], start = present[start:end].reshape(shape), end
    return wiring.with_masks([(mask_ih, mask_hh) for mask_ih, mask_hh in masks])


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
    """The matrices (block; 0 for ih, 1 for hh) that share a threshold: a layer's, or all."""
    layerwise = pruning.protocol.prune_scope == "layer"
    layers = [block.layer if layerwise else 0 for block in wiring.blocks]
    for layer in sorted(set(layers)):
        blocks = [i for i, of in enumerate(layers) if of == layer]
        yield [(i, kind) for i in blocks for kind in _MATRICES[pruning.target]]


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
    """A new network with the same weights, except those that `prune` masks; see there."""
    state = network.state_dict()
    prefixes = [f"recurrent.blocks.{i}" for i in range(len(network.wiring.blocks))]
    weights = [[state[f"{at}.weight_{kind}"].numpy() for kind in ("ih", "hh")] for at in prefixes]
    wiring = prune(network.wiring, weights, pruning, original, rng)
    for at, masks in zip(prefixes, _masks(wiring), strict=True):
        for kind, mask in zip(("ih", "hh"), masks, strict=True):
            state[f"{at}.mask_{kind}"] = torch.tensor(mask)
            state[f"{at}.weight_{kind}"] = state[f"{at}.weight_{kind}"] * torch.tensor(mask)
    return SequenceClassifier.from_state_dict(
        network.wiring, state, engine=network.recurrent.engine
    )
