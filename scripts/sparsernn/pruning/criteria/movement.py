"""Movement: the weights go that an epoch of training moves toward zero, or least away from it."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sparsernn.data.strings import Batch
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.loss import matrices
from sparsernn.training.losses import mean_loss

NAME = "movement"
LR = 0.001
EPOCHS = 1


def movement(network: SequenceClassifier, batches: Sequence[Batch]) -> list[Tensor]:
    r"""Score each weight by :math:`-\sum_t w_t \, (\partial L / \partial w)_t`.

    The sum is over the steps of one epoch, in which Adam (learning rate 0.001) trains a copy of the
    network. A term is above 0 where the gradient pushes the weight away from zero. All scores are
    moved so that the lowest is 0.

    References:
        V. Sanh, T. Wolf and A. Rush, Movement pruning: adaptive sparsity by fine-tuning, NeurIPS
        2020.
    """
    weights = matrices(network)
    total = [torch.zeros_like(weight) for weight in weights]
    optimiser = torch.optim.Adam(network.parameters(), lr=LR)
    for batch in batches:
        optimiser.zero_grad(set_to_none=False)
        mean_loss(network, batch).backward()
        for moved, weight in zip(total, weights, strict=True):
            if weight.grad is not None:
                moved -= weight.detach() * weight.grad
        optimiser.step()
    least = min(moved.min() for moved in total)
    return [moved - least for moved in total]
