"""The loss and its gradient by the weights that can be pruned, for criteria that need them."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sparsernn.data.strings import Batch
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.losses import mean_loss

__all__ = ["SAMPLE", "derivatives", "gradients", "matrices", "shares"]

SAMPLE = 32
"""Batches that a criterion takes which needs only a sample of the training set."""


def matrices(network: SequenceClassifier) -> list[Tensor]:
    """The weights that can be pruned: of each block its weight_ih, then its weight_hh."""
    blocks = network.recurrent.own_blocks()
    return [weight for block in blocks for weight in (block.weight_ih, block.weight_hh)]


def derivatives(
    value: Tensor, weights: Sequence[Tensor], create_graph: bool = False
) -> tuple[Tensor, ...]:
    """The derivatives of a value by weights; 0 by those that it does not depend on."""
    return torch.autograd.grad(
        value, weights, create_graph=create_graph, allow_unused=True, materialize_grads=True
    )


def shares(batches: Sequence[Batch]) -> list[float]:
    """The share of each batch in all targets."""
    sizes = [batch.size for batch in batches]
    return [size / sum(sizes) for size in sizes]


def gradients(network: SequenceClassifier, batches: Sequence[Batch]) -> list[Tensor]:
    """The gradient of the mean loss of all targets by each of `matrices`."""
    weights = matrices(network)
    total = [torch.zeros_like(weight) for weight in weights]
    for batch, share in zip(batches, shares(batches), strict=True):
        loss = share * mean_loss(network, batch)
        torch._foreach_add_(total, derivatives(loss, weights))
    return total
