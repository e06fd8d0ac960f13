"""Magnitude pruning: a wiring and its weights become a sparser wiring."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch

from sparsernn.errors import InputError
from sparsernn.network import SequenceClassifier
from sparsernn.wiring import Protocol, Wiring

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
) -> Wiring:
    """Mask the weights of least magnitude.

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
    chosen = {"both": (True, True), "i2h": (True, False), "h2h": (False, True)}[target]
    # Weights share a threshold with all others of their pool: their layer's, or everything's.
    layerwise = protocol.prune_scope == "layer"
    pools = [block.layer if layerwise else 0 for block in wiring.blocks]
    magnitudes: dict[int, list[npt.NDArray[np.floating]]] = {pool: [] for pool in pools}
    for pool, pair, masks in zip(pools, weights, _masks(original), strict=True):
        magnitudes[pool] += [
            np.abs(w)[mask] for w, mask, on in zip(pair, masks, chosen, strict=True) if on
        ]
    threshold = {
        pool: np.percentile(np.concatenate(parts), percent) for pool, parts in magnitudes.items()
    }
    below = np.less if protocol.largest_survives else np.less_equal
    left = []
    for pool, pair, present in zip(pools, weights, _masks(wiring), strict=True):
        mask_ih, mask_hh = (
            mask & ~below(np.abs(w), threshold[pool]) if on else mask
            for w, mask, on in zip(pair, present, chosen, strict=True)
        )
        left.append((mask_ih, mask_hh))
    return wiring.with_masks(left)


def _masks(wiring: Wiring) -> list[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]:
    return [(block.mask_ih, block.mask_hh) for block in wiring.blocks]


def prune_network(
    network: SequenceClassifier,
    percent: float,
    target: Target,
    protocol: Protocol,
    original: Wiring | None = None,
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
    wiring = prune(network.wiring, weights, percent, target, protocol, original)
    for i, block in enumerate(wiring.blocks):
        for kind, mask in (("ih", block.mask_ih), ("hh", block.mask_hh)):
            prefix = f"recurrent.blocks.{i}"
            state[f"{prefix}.mask_{kind}"] = torch.tensor(mask)
            state[f"{prefix}.weight_{kind}"] = state[f"{prefix}.weight_{kind}"] * torch.tensor(mask)
    return SequenceClassifier.from_state_dict(
        network.wiring, state, engine=network.recurrent.engine
    )
