"""The step loop that the thesis describes and released, written anew: what the engine replaces.

Every layer and every skip connection is a cell of its own. Each runs over time in Python; at each
step it multiplies its masks into its weights, and keeps its output in a list.
"""

from typing import cast

import torch
from torch import Tensor, nn

from sparsernn.networks.block import RecurrentBlock
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.states import State

__all__ = ["ReleasedLoop"]


class ReleasedLoop(nn.Module):
    """A classifier that runs a network's own cells by the released loop, batch first.

    Args:
        network: of the published protocol; its parameters are shared, not copied.
    """

    def __init__(self, network: SequenceClassifier) -> None:
        super().__init__()
        self.network = network

    def forward(self, codes: Tensor, lengths: Tensor) -> Tensor:
        """Logits of (T, B) codes, at the last padded step."""
        wiring = self.network.wiring
        features = self.network.embedding(codes.T)
        by_layer: dict[int, Tensor] = {}
        of_vertex = {int(v): (b.layer, u) for b in wiring.blocks for u, v in enumerate(b.adds_to)}
        for block, cell in zip(wiring.blocks, self.network.recurrent.blocks, strict=True):
            first = int(block.reads[0])
            heard = by_layer[of_vertex[first][0]] if first in of_vertex else features
            output = run_over_time(cast(RecurrentBlock, cell), heard)
            own = block.layer not in by_layer
            by_layer[block.layer] = output if own else by_layer[block.layer] + output
        return self.network.out(by_layer[max(by_layer)][:, -1, :])


def run_over_time(cell: RecurrentBlock, inputs: Tensor) -> Tensor:
    """One cell over (B, T, R) inputs, step by step: (B, T, H)."""
    zeros = inputs.new_zeros(inputs.shape[0], cell.mask_hh.shape[1])
    state: State = (zeros,) * cell.states
    outputs = []
    for t in range(inputs.shape[1]):
        from_inputs = torch.mm(inputs[:, t, :], (cell.weight_ih * cell.mask_ih).t())
        from_units = torch.mm(state[0], (cell.weight_hh * cell.mask_hh).t())
        state = cell.step(from_inputs + cell.bias_ih, from_units + cell.bias_hh, state)
        outputs.append(state[0].unsqueeze(1))
    return torch.cat(outputs, dim=1)
