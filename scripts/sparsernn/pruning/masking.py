"""Pruning, by magnitude or at random: a wiring and its weights become a sparser wiring."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import torch

from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.wiring.protocol import Protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["TARGETS", "Target", "prune", "prune_network"]

Target = Literal["both", "i2h", "h2h"]
TARGETS: tuple[Target, ...] = ("both", "i2h", "h2h")
Weights = Sequence[tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]]


def prune(
    wiring: Wiring,
    weights: Weights,
    percent: float,
    target: Target,
    protocol: Protocol,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
) -> Wiring:
    """Mask the weights of least magnitude or, as a control, as many weights drawn at random.

    The threshold is the `percent`-th percentile of the absolute weights that `original` has,
    those already pruned counting as zeros: rounds of 10, 20, … % remove that share of the original
    weights in all. Pruned weights stay pruned.

    Args:
        wiring: the network's present wiring.
        weights: (weight_ih, weight_hh) of each block; zero where pruned already.
        percent: share of the original weights to be without, in (0, 100].
        target: input weights ("i2h"), recurrent weights ("h2h"), or both, pooled.
        protocol: its `prune_scope` and `largest_survives`.
        original: wiring before any pruning; `wiring` itself by default.
        rng: if given, draws which weights go; of each pool as many as would by magnitude.

    Returns:
        The sparser wiring.

    References:
        S. Han et al., Learning both weights and connections for efficient neural networks, 2015.
    """
    if not 0 < percent <= 100 or target not in TARGETS:
        raise InputError(
            f"prune: percent={percent!r}, target={target!r}; expected a percent in (0, 100] and "
            f"a target among {', '.join(TARGETS)}."
        )
    original = wiring if original is None else original
    kinds = {"both": (0, 1), "i2h": (0,), "h2h": (1,)}[target]
    # Weights share a threshold with all others of their pool: their layer's, or everything's.
    layerwise = protocol.prune_scope == "layer"
    pools = [block.layer if layerwise else 0 for block in wiring.blocks]
    below = np.less if protocol.largest_survives else np.less_equal
    masks, counted = _masks(wiring), _masks(original)
    for pool in sorted(set(pools)):
        matrices = [(i, kind) for i, of in enumerate(pools) if of == pool for kind in kinds]
        magnitudes, present = np.abs(_flat(weights, matrices)), _flat(masks, matrices)
        threshold = np.percentile(magnitudes[_flat(counted, matrices)], percent)
        goes = below(magnitudes[present], threshold)
        present[present] = ~(goes if rng is None else rng.permutation(goes))
        start = 0
        for i, kind in matrices:
            shape, end = masks[i][kind].shape, start + masks[i][kind].size
            masks[i][kind], start = present[start:end].reshape(shape), end
    return wiring.with_masks([(mask_ih, mask_hh) for mask_ih, mask_hh in masks])


def _masks(wiring: Wiring) -> list[list[npt.NDArray[np.bool_]]]:
    return [[block.mask_ih, block.mask_hh] for block in wiring.blocks]


def _flat(
    arrays: Sequence[Sequence[npt.NDArray[Any]]], matrices: Sequence[tuple[int, int]]
) -> npt.NDArray[Any]:
    """The entries of some matrices (block; 0 for ih, 1 for hh) in one row, a copy."""
    return np.concatenate([arrays[i][kind].ravel() for i, kind in matrices])


def prune_network(
    network: SequenceClassifier,
    percent: float,
    target: Target,
    protocol: Protocol,
    original: Wiring | None = None,
    rng: np.random.Generator | None = None,
) -> SequenceClassifier:
    """A new network with the same weights, less those that `prune` masks; see there."""
    state = network.state_dict()
    weights = [
        (
            state[f"recurrent.blocks.{i}.weight_ih"].numpy(),
            state[f"recurrent.blocks.{i}.weight_hh"].numpy(),
        )
        for i in range(len(network.wiring.blocks))
    ]
    wiring = prune(network.wiring, weights, percent, target, protocol, original, rng)
    for i, block in enumerate(wiring.blocks):
        for kind, mask in (("ih", block.mask_ih), ("hh", block.mask_hh)):
            prefix = f"recurrent.blocks.{i}"
            state[f"{prefix}.mask_{kind}"] = torch.tensor(mask)
            state[f"{prefix}.weight_{kind}"] = state[f"{prefix}.weight_{kind}"] * torch.tensor(mask)
    return SequenceClassifier.from_state_dict(
        network.wiring, state, engine=network.recurrent.engine
    )
