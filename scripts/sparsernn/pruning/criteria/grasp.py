"""GraSP: the weights go whose removal keeps, or raises, the flow of gradients."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sparsernn.data.strings import Batch
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.loss import SAMPLE, derivatives, gradients, matrices, shares
from sparsernn.training.losses import mean_loss

NAME = "GraSP"


def grasp(network: SequenceClassifier, batches: Sequence[Batch]) -> list[Tensor]:
    r"""Score each weight by :math:`w (H g)`, moved so that the lowest of all is 0.

    To first order the removal of a weight changes the squared norm of the gradient g by
    :math:`-2 w (H g)`, where H is the Hessian of the loss. Both are taken by the weights that can
    be pruned, on a sample of batches. The released code also divides the logits by 200; this does
    not.

    References:
        C. Wang, G. Zhang and R. Grosse, Picking winning tickets before training by preserving
        gradient flow, ICLR 2020.
    """
    sample, weights = batches[:SAMPLE], matrices(network)
    flow, product = gradients(network, sample), [torch.zeros_like(weight) for weight in weights]
    for batch, share in zip(sample, shares(sample), strict=True):
        loss = share * mean_loss(network, batch)
        first = derivatives(loss, weights, create_graph=True)
        along = torch.stack([(g * v).sum() for g, v in zip(first, flow, strict=True)]).sum()
        torch._foreach_add_(product, derivatives(along, weights))
    scores = [w.detach() * p for w, p in zip(weights, product, strict=True)]
    least = min(score.min() for score in scores)
    return [score - least for score in scores]
