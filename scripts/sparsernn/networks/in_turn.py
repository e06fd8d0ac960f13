"""The blocks of a network one by one, each over all steps before the next one."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from sparsernn.networks.inputs import Batch
from sparsernn.networks.states import State, by_block, together
from sparsernn.wiring.wiring import Wiring

__all__ = ["RunBlock", "in_turn"]

RunBlock: TypeAlias = Callable[[Tensor, State | None, Tensor | None], tuple[Tensor, State]]
"""As `RecurrentBlock.forward`."""


def in_turn(
    blocks: Iterable[RunBlock],
    places: Sequence[tuple[Tensor, Tensor]],
    wiring: Wiring,
    batch: Batch,
    first: Tensor | None,
    readout: npt.NDArray[np.int64],
    dropout: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """The (T, B, readout) outputs at all steps, and the (states, B, units) last states.

    Args:
        blocks: each reads only what those before it wrote.
        places: which slots each reads, and which it adds to.
        wiring: of the network.
        batch: of sequences.
        first: (states, B, units) initial states; None is zeros.
        readout: the slots to return.
        dropout: the share of a block's outputs that other blocks don't read.
    """
    inputs, lengths = batch.inputs, batch.lengths
    steps, device = len(inputs), inputs.device
    if lengths is not None:
        going = torch.arange(steps, device=device)[:, None] < lengths.to(device)
        inputs = inputs.masked_fill(~going.unsqueeze(2), 0)
    empty = inputs.new_zeros(steps, batch.size, wiring.vertices)
    slots = heard = torch.cat([inputs, empty], dim=2)
    begin = [None] * len(places) if first is None else by_block(first, wiring)
    states = []
    for run, (reads, adds_to), before in zip(blocks, places, begin, strict=True):
        outputs, after = run(heard[:, :, reads], before, lengths)
        slots = slots.index_add(2, adds_to, outputs)
        if dropout:
            dropped = functional.dropout(outputs, dropout)
            heard = heard.index_add(2, adds_to, dropped)
        else:
            heard = slots
        states.append(after)
    return slots[:, :, torch.tensor(readout, device=device)], together(states)
