"""SynFlow: the weights go that carry least of the synaptic flow from the inputs to the outputs."""

from collections.abc import Sequence

import torch
from torch import Tensor

from sparsernn.data.strings import Batch
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.loss import derivatives, matrices

NAME = "SynFlow"
ROUNDS = 100


def synflow(network: SequenceClassifier, batches: Sequence[Batch]) -> list[Tensor]:
    r"""Score each weight by :math:`|w| \, \partial R / \partial |w|`; R is the network's flow.

    The network is unrolled over as many steps as the strings have letters on average. Every input
    feature is 1 at every step. Every unit passes on the sum over its gates of what they get, each
    weight counts by its magnitude, and there are no biases. R is the sum over classes at the last
    step: the sum over all paths, from any input at any step to any class, of the products of their
    weights' magnitudes. So a recurrent weight counts at each step that a path takes it. For
    rnn_relu, R is the output of the network itself with such weights and inputs. For gated cells, a
    gate carries flow as any other, since products of gates would not keep what flows.

    A recurrent matrix is no cut through all paths. So the conservation of flow does not keep it
    from losing all its weights where matrices are compared with one another.

    R is scaled at each step, which changes all scores by one factor and keeps them finite.

    References:
        H. Tanaka et al., Pruning neural networks without any data by iteratively conserving
        synaptic flow, NeurIPS 2020.
    """
    steps = round(sum(int(b.lengths.sum()) for b in batches) / sum(len(b.lengths) for b in batches))
    sizes = [
        (weight.detach() * exists).abs().requires_grad_() for weight, exists in _masked(network)
    ]
    flow = _flow(network, sizes, max(steps, 1))
    found = derivatives(flow, sizes)
    return [size.detach() * slope for size, slope in zip(sizes, found, strict=True)]


def _masked(network: SequenceClassifier) -> list[tuple[Tensor, Tensor]]:
    exists = [mask for block in network.recurrent.own_blocks() for mask in block.exists()]
    return list(zip(matrices(network), exists, strict=True))


def _flow(network: SequenceClassifier, sizes: Sequence[Tensor], steps: int) -> Tensor:
    """The sum over classes after the last step, over a constant."""
    wiring, scale = network.wiring, torch.ones((), dtype=torch.float64)
    inputs = torch.ones(wiring.input_size, dtype=torch.float64)
    states = [inputs.new_zeros(block.size) for block in wiring.blocks]
    for _ in range(steps):
        slots = torch.cat([inputs * scale, inputs.new_zeros(wiring.vertices)])
        for i, block in enumerate(wiring.blocks):
            ih, hh = sizes[2 * i : 2 * i + 2]
            gates = ih @ slots[torch.tensor(block.reads)] + hh @ states[i]
            states[i] = gates.view(-1, block.size).sum(0)
            slots = slots.index_add(0, torch.tensor(block.adds_to), states[i])
        largest = slots.detach().max()
        states, slots, scale = [s / largest for s in states], slots / largest, scale / largest
    read = slots[torch.tensor(wiring.readout)]
    return (network.out.weight.detach().abs() @ read).sum()
