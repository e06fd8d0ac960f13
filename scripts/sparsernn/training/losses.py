"""What a network makes of a batch, and its loss, for automatic differentiation."""

import torch
from torch import Tensor
from torch.nn import functional

from sparsernn.data.strings import Batch
from sparsernn.networks.classifier import SequenceClassifier

__all__ = ["loss_of", "mean_loss", "outputs_of"]


def mean_loss(network: SequenceClassifier, batch: Batch) -> Tensor:
    """The mean loss of a batch, ready to be derived: cross-entropy (nats), or squared error."""
    return loss_of(*outputs_of(network, batch))


def loss_of(outputs: Tensor, targets: Tensor) -> Tensor:
    """The mean loss of outputs: cross-entropy of classes, squared error of numbers."""
    numbers = targets.is_floating_point()
    return (functional.mse_loss if numbers else functional.cross_entropy)(outputs, targets)


def outputs_of(network: SequenceClassifier, batch: Batch) -> tuple[Tensor, Tensor]:
    """(M, outputs) of the network and their M targets: of sequences, or of all their steps."""
    inputs, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
    targets = torch.from_numpy(batch.targets)
    if not batch.of_steps:
        return network(inputs, lengths), targets
    reached = torch.arange(len(inputs))[:, None] < lengths
    return network.steps(inputs, lengths)[reached], targets[reached]
