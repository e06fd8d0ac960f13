"""A classifier of sequences: letters embedded, a recurrent network, a linear read-out."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from sparsernn.engine.choice import Engine
from sparsernn.engine.held import Held
from sparsernn.networks.eager import is_plain, uncompiled
from sparsernn.networks.initial import normal_, uniform_
from sparsernn.networks.inputs import Lengths, as_numbers, as_strings
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.networks.signs import stored
from sparsernn.networks.state_dicts import loaded
from sparsernn.wiring.wiring import Wiring

if TYPE_CHECKING:  # numba takes half a second to import, and engine "torch" needs none
    from sparsernn.engine.autograd import FusedEngine, Sizes

__all__ = ["SequenceClassifier"]


class SequenceClassifier(nn.Module):
    """Letters → embedding → `SparseRNN` → linear read-out, at one time step or at each.

    With `features`, sequences of numbers are read through a linear layer in the embedding's place.

    Args:
        wiring: of the recurrent part; its `input_size` is the embedding's width.
        num_embeddings: number of letter codes; code 0 is the padding, and is trained like any.
        num_classes: number of classes, or of numbers that are predicted.
        generator: source of the initial weights; None is torch's global one.
        engine: what runs the recurrent part; see `SparseRNN`.
        bias: whether the recurrent units have biases.
        dropout: of the recurrent part; see `SparseRNN`.
        features: number of values that are read at each step; None: letters are read.

    Example:
        >>> import torch
        >>> from sparsernn import SequenceClassifier, Wiring
        >>> network = SequenceClassifier(Wiring.dense("gru", 8, 16), num_embeddings=30)
        >>> codes = torch.randint(1, 30, (12, 4))  # four strings of up to 12 letters
        >>> network(codes, lengths=[12, 3, 7, 1]).shape
        torch.Size([4, 2])
        >>> network.steps(codes, lengths=[12, 3, 7, 1]).shape
        torch.Size([12, 4, 2])
    """

    embedding: nn.Embedding | nn.Linear

    def __init__(
        self,
        wiring: Wiring,
        num_embeddings: int = 128,
        num_classes: int = 2,
        generator: torch.Generator | None = None,
        engine: Engine = "fused",
        *,
        bias: bool = True,
        dropout: float = 0.0,
        features: int | None = None,
    ) -> None:
        super().__init__()
        if features is None:
            # `nn.Embedding(...)` draws numbers; on the device "meta" that imports a compiler.
            letters = torch.empty(num_embeddings, wiring.input_size)
            self.embedding = nn.Embedding.from_pretrained(letters, freeze=False)
        else:
            self.embedding = nn.Linear(features, wiring.input_size)
        self.recurrent = SparseRNN(wiring, generator, engine, bias=bias, dropout=dropout)
        parts: list[Any] = [self.recurrent, *self.recurrent.own_blocks()]
        for part in parts:
            part.torch_layers = False  # so that its bits depend on no processor
        self.out = nn.Linear(len(wiring.readout), num_classes)
        self.whole: tuple[FusedEngine, Sizes, Tensor, Held | None] | None = None
        """Within `flattened`: the engine, its sizes, all parameters in one vector, and which of
        them are held."""
        linear = [self.out]
        if isinstance(self.embedding, nn.Linear):
            linear.append(self.embedding)
        else:
            normal_(self.embedding.weight, generator)
        for layer in linear:
            for parameter in layer.parameters():
                uniform_(parameter, 1 / math.sqrt(layer.in_features), generator)

    @property
    def wiring(self) -> Wiring:
        """The wiring of the recurrent part, with the masks in force."""
        return self.recurrent.wiring

    def forward(self, inputs: Tensor, lengths: Lengths) -> Tensor:
        """Classify a batch, each sequence at one time step, or by the mean over its steps.

        Args:
            inputs: (T, B) letter codes, or (T, B, features) numbers; what follows a sequence's end
                counts only where the wiring reads at the last step.
            lengths: (B,) number of steps of each sequence.

        Returns:
            (B, num_classes) logits, or numbers.

        Raises:
            InputError: inputs or lengths of another form, or out of range.
        """
        if not self._in_one_call():
            return self.out(self.states(inputs, lengths))
        return self._classify(*self._checked(inputs, lengths))

    def steps(self, inputs: Tensor, lengths: Lengths) -> Tensor:
        """Read a batch out at every time step; the arguments are those of `forward`.

        Returns:
            (T, B, num_classes) logits, or numbers; what follows a sequence's end means nothing.
        """
        if not self._in_one_call():
            return self.out(self.states(inputs, lengths, every_step=True))
        inputs, known = self._checked(inputs, lengths, every_step=True)
        logits = self._classify(inputs, known, every=True)
        reached = torch.arange(len(inputs)) < known[:, None]
        whole = logits.new_zeros((*reached.shape, logits.shape[1]))
        return whole.masked_scatter(reached[:, :, None], logits).transpose(0, 1)

    def states(self, inputs: Tensor, lengths: Lengths, every_step: bool = False) -> Tensor:
        """What the read-out layer reads, of each sequence or at every time step.

        Args:
            inputs: as in `forward`.
            lengths: as in `forward`.
            every_step: whether every step is asked for.

        Returns:
            (B, outputs) of the sequences; or (T, B, outputs) of their steps, 0 after the end.
        """
        step = "every" if every_step else self.recurrent.readout_step
        inputs, known = self._checked(inputs, lengths, every_step)
        outputs, _ = self.recurrent(
            self.embedding(inputs), lengths=None if step == "last_step" else known
        )
        if step == "every":
            return outputs
        if step == "last_step":
            return outputs[-1]
        ends = known.to(inputs.device)
        if step == "mean":
            return outputs.sum(0) / ends[:, None]
        return outputs[ends - 1, torch.arange(len(ends), device=inputs.device)]

    def _checked(
        self, inputs: Tensor, lengths: Lengths, every_step: bool = False
    ) -> tuple[Tensor, Tensor]:
        if isinstance(self.embedding, nn.Linear):
            return as_numbers(inputs, lengths, self.embedding.in_features)
        padding = self.recurrent.readout_step == "last_step" and not every_step
        return as_strings(inputs, lengths, self.embedding.num_embeddings, padding)

    def _in_one_call(self) -> bool:
        """Whether the fused engine runs all of it, from letters to logits, in one call."""
        letters = not isinstance(self.embedding, nn.Linear)
        return letters and (self.whole is not None or self._is_whole())

    def _is_whole(self) -> bool:
        """Whether the fused engine can have all parameters in one vector."""
        recurrent = self.recurrent
        return (
            is_plain(recurrent, SparseRNN)  # global hooks: see `runs_whole`
            and recurrent.readout_step != "mean"
            and recurrent.runs_whole()
            and recurrent.looks_up
            and is_plain(self.out, nn.Linear)
            and self._embeds_plainly()
        )

    def _embeds_plainly(self) -> bool:
        table = self.embedding
        if isinstance(table, nn.Linear):
            return is_plain(table, nn.Linear) and table.bias is not None
        return (
            is_plain(table, nn.Embedding)
            and table.padding_idx is None
            and table.max_norm is None
            and not table.scale_grad_by_freq
            and not table.sparse
        )

    def _parts(self) -> "tuple[FusedEngine, Sizes, list[Tensor]]":
        """The fused engine, its sizes, and the parameters in its order."""
        from sparsernn.engine.autograd import Sizes  # numba takes half a second to import

        table, weight, bias = self.embedding.weight, self.out.weight, self.out.bias
        classes = len(weight)
        bias = weight.new_zeros(classes) if bias is None else bias
        embedding, (letters, features) = [table], table.shape
        if linear := isinstance(self.embedding, nn.Linear):
            embedding.append(self.embedding.bias)
            features, letters = table.shape
        sizes = Sizes(letters, features, classes, linear)
        fused, parameters = self.recurrent.fused(*embedding, weight, bias)
        return fused, sizes, [*embedding, *parameters, weight, bias]

    def _signs(self) -> list[tuple[Tensor, Tensor] | None]:
        """Of each of `_parts` that keeps its signs, the parameter and the signs."""
        blocks = [
            None if signs is None else (stored(block, "weight_hh"), signs)
            for block in self.recurrent.own_blocks()
            for signs in block.signs()
        ]
        before = [None] * (2 if isinstance(self.embedding, nn.Linear) else 1)
        return [*before, *blocks, None, None]

    @uncompiled
    def _classify(self, codes: Tensor, lengths: Tensor, every: bool = False) -> Tensor:
        if self.whole is None:
            fused, sizes, parameters = self._parts()
            return fused.classify(codes, lengths, sizes, *parameters, every=every)
        fused, sizes, whole, held = self.whole
        weights = whole if held is None else held.tensor(whole)
        return fused.classify(codes, lengths, sizes, weights, every=every)

    @contextmanager
    def flattened(self, frozen: bool = False) -> Iterator[list[nn.Parameter]]:
        """The parameters to train; for the fused engine one, so that an optimiser has one to step.

        Within, the network's parameters are views of that one, which alone gets gradients; modules
        may not change, and masks only with `renew_engine`. Where the parameters can't be views of
        one (some are tied, frozen, computed from others, or of a part that the engine doesn't
        run), or in networks with dropout, they are as they are. Weights that keep their signs are
        no such case.

        Args:
            frozen: whether frozen parameters may be part of that one, with a gradient of 0: for
                loops that put them back after a step, or optimisers that leave them alone.
        """
        own = list(self.parameters())
        if self.recurrent.dropout or not self._is_whole():
            yield own
            return
        (fused, sizes, parts), signs = self._parts(), self._signs()
        parts = [p if s is None else s[0] for p, s in zip(parts, signs, strict=True)]
        names = {id(parameter) for parameter in own}
        same = len(parts) == len(own) and names == {id(part) for part in parts}
        if not same or not (frozen or all(part.requires_grad for part in parts)):
            yield own
            return
        held = Held.of(parts, [None if each is None else each[1] for each in signs])
        whole = nn.Parameter(torch.cat([part.detach().reshape(-1) for part in parts]))
        views = whole.detach().split([part.numel() for part in parts])
        for part, view in zip(parts, views, strict=True):
            part.data = view.view_as(part)
        self.whole = fused, sizes, whole, held
        try:
            yield [whole]
        finally:
            self.whole = None
            for part in parts:
                part.data = part.data.clone()

    def renew_engine(self) -> "FusedEngine":
        """Within `flattened`, where all parameters are one: the engine of the masks in force."""
        assert self.whole is not None
        fused, _, _ = self._parts()
        self.whole = fused, *self.whole[1:]
        return fused

    @classmethod
    def from_state_dict(
        cls,
        wiring: Wiring,
        state_dict: Mapping[str, Tensor],
        where: str = "checkpoint",
        engine: Engine = "fused",
        dropout: float = 0.0,
    ) -> "SequenceClassifier":
        """A network with saved weights, and with the masks saved beside them.

        Its letters, classes, biases and type of numbers are those of the weights.

        Args:
            wiring: of the network, pruned or not.
            state_dict: as from `state_dict()`; its masks may be sparser than the wiring's.
            where: what the weights come from, for messages.
            engine: what runs the recurrent part.
            dropout: of the recurrent part.

        Raises:
            InputError: the weights are those of another cell, graph or size.
        """
        letters, classes = (_rows(state_dict, name) for name in ("embedding.weight", "out.weight"))
        features = _columns(state_dict) if "embedding.bias" in state_dict else None
        bias = any(str(name).endswith(".bias_ih") for name in state_dict)
        own = torch.Generator()  # so that loading draws none of the caller's random numbers

        def made() -> SequenceClassifier:
            how: dict[str, Any] = {"bias": bias, "dropout": dropout, "features": features}
            return cls(wiring, letters, classes, own, engine, **how)

        what = f"this {wiring.cell} network of {len(wiring.blocks)} blocks"
        return loaded(made, state_dict, where, what)


def _rows(state_dict: Mapping[str, Tensor], name: str) -> int:
    """Number of rows of a matrix; 1 where there is none, which is told later."""
    found = state_dict.get(name)
    return len(found) if isinstance(found, Tensor) and found.ndim == 2 and len(found) else 1


def _columns(state_dict: Mapping[str, Tensor]) -> int:
    """Number of values that the linear layer before the network reads; 1 as `_rows` does."""
    found = state_dict.get("embedding.weight")
    return found.shape[1] if isinstance(found, Tensor) and found.ndim == 2 else 1
