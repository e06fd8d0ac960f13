"""SNIP: the weights go whose removal changes the loss least, to first order."""

from collections.abc import Sequence

from torch import Tensor

from sparsernn.data.strings import Batch
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.loss import SAMPLE, gradients, matrices

NAME = "SNIP"


def snip(network: SequenceClassifier, batches: Sequence[Batch]) -> list[Tensor]:
    r"""Score each weight by :math:`|w \, \partial L / \partial w|`, on a sample of batches.

    References:
        N. Lee, T. Ajanthan and P. Torr, SNIP: single-shot network pruning based on connection
        sensitivity, ICLR 2019.
    """
    found = gradients(network, batches[:SAMPLE])
    return [(w * g).abs() for w, g in zip(matrices(network), found, strict=True)]
