"""A classifier of strings: letters embedded, a recurrent network, a linear read-out."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError
from sparsernn.networks.recurrent import RecurrentBlock, SparseRNN
from sparsernn.networks.state_dicts import differences
from sparsernn.wiring.wiring import Wiring

if TYPE_CHECKING:  # numba takes half a second to import, and engine "torch" needs none
    from sparsernn.engine.autograd import FusedEngine

__all__ = ["SequenceClassifier"]


class SequenceClassifier(nn.Module):
    """Letters → embedding → `SparseRNN` → linear read-out at one time step.

    Args:
        wiring: of the recurrent part; its `input_size` is the embedding's width.
        num_embeddings: number of letter codes; code 0 is the padding, and is trained like any.
        num_classes: number of classes.
        generator: source of the initial weights; None is torch's global one.
        engine: what runs the recurrent part; see `SparseRNN`.
    """

    def __init__(
        self,
        wiring: Wiring,
        num_embeddings: int = 128,
        num_classes: int = 2,
        generator: torch.Generator | None = None,
        engine: Engine = "fused",
    ) -> None:
        super().__init__()
        self.embedding = nn.Embedding(num_embeddings, wiring.input_size)
        self.recurrent = SparseRNN(wiring, generator, engine)
        self.out = nn.Linear(len(wiring.readout), num_classes)
        self.whole: tuple[FusedEngine, tuple[int, int, int], Tensor] | None = None
        """Within `flattened`: the engine, its sizes, and all parameters in one vector."""
        nn.init.normal_(self.embedding.weight, generator=generator)
        bound = 1 / math.sqrt(self.out.in_features)
        for parameter in self.out.parameters():
            nn.init.uniform_(parameter, -bound, bound, generator)

    @property
    def wiring(self) -> Wiring:
        """The wiring of the recurrent part."""
        return self.recurrent.wiring

    def forward(self, codes: Tensor, lengths: Tensor) -> Tensor:
        """Classify a batch.

        Args:
            codes: (T, B) letter codes, padded with 0.
            lengths: (B,) number of letters of each string.

        Returns:
            (B, num_classes) logits.
        """
        if self.whole is not None:
            fused, sizes, whole = self.whole
            return fused.classify(codes, lengths, sizes, whole)
        if self.recurrent.engine == "fused":
            fused = self.recurrent.fused()
            if fused.looks_up:
                return fused.classify(codes, lengths, self._sizes(), *self.parameters())
        outputs, _ = self.recurrent(self.embedding(codes))
        if self.wiring.readout_step == "last_step":
            return self.out(outputs[-1])
        return self.out(outputs[lengths - 1, torch.arange(len(lengths), device=codes.device)])

    def _sizes(self) -> tuple[int, int, int]:
        """Number of letters, of input features and of classes."""
        letters, features = self.embedding.weight.shape
        return letters, features, self.out.out_features

    @contextmanager
    def flattened(self) -> Iterator[list[nn.Parameter]]:
        """The parameters to train; for the fused engine one, so that an optimiser has one to step.

        Within, the network's parameters are views of that one, which alone gets gradients, and the
        masks must not change.
        """
        parameters = list(self.parameters())
        if self.recurrent.engine == "torch" or not self.recurrent.fused().looks_up:
            yield parameters
            return
        whole = nn.Parameter(nn.utils.parameters_to_vector(parameters).detach())
        parts = whole.detach().split([parameter.numel() for parameter in parameters])
        for parameter, part in zip(parameters, parts, strict=True):
            parameter.data = part.view_as(parameter)
        self.whole = self.recurrent.fused(), self._sizes(), whole
        try:
            yield [whole]
        finally:
            self.whole = None
            for parameter in parameters:
                parameter.data = parameter.data.clone()

    @classmethod
    def from_state_dict(
        cls,
        wiring: Wiring,
        state_dict: Mapping[str, Tensor],
        where: str = "checkpoint",
        engine: Engine = "fused",
    ) -> "SequenceClassifier":
        """A network with saved weights, and with the masks saved beside them.

        Args:
            wiring: of the unpruned network.
            state_dict: as from `state_dict()`; its masks may be sparser than the wiring's.
            where: what the weights come from, for messages.
            engine: what runs the recurrent part.

        Raises:
            InputError: the weights are those of another cell, graph or size.
        """
        with torch.device("meta"):  # shapes alone: the file may not bear out the memory they take
            expected = cls(wiring, engine=engine).state_dict()
        problems = differences(state_dict, expected)
        if problems:
            raise InputError(
                f"{where}: not the weights of this {wiring.cell} network of "
                f"{len(wiring.blocks)} blocks: {'; '.join(sorted(problems)[:3])} "
                f"({len(problems)} differences). Load it into the cell and wiring it was made for."
            )
        masks = [
            tuple(
                np.asarray(state_dict[f"recurrent.blocks.{i}.mask_{kind}"]) for kind in ("ih", "hh")
            )
            for i in range(len(wiring.blocks))
        ]
        sparser = wiring.with_masks([(ih, hh) for ih, hh in masks])
        own = torch.Generator()  # so that loading draws none of the caller's random numbers
        network = cls(sparser, generator=own, engine=engine)
        network.load_state_dict(dict(state_dict))  # without attributes that a file may give it
        for module in network.modules():
            if isinstance(module, RecurrentBlock):
                module.apply_masks()
        return network
