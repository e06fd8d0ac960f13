"""A block of recurrent units with masked weights: the part of a network that runs over time."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from sparsernn.engine.choice import Engine
from sparsernn.engine.tensors import check
from sparsernn.errors import InputError, brief
from sparsernn.networks.eager import uncompiled
from sparsernn.networks.initial import scale_to_radius_, uniform_
from sparsernn.networks.inputs import check_alike
from sparsernn.networks.masks import InForce, Masks
from sparsernn.networks.signs import keep_signs, kept_signs, stored
from sparsernn.networks.states import State, states_of
from sparsernn.plugins import function
from sparsernn.wiring.block import Block, EdgeWeights
from sparsernn.wiring.wiring import Wiring

if TYPE_CHECKING:  # numba takes half a second to import, and engine "torch" needs none
    from sparsernn.engine.autograd import FusedEngine

__all__ = ["BlockWeights", "RecurrentBlock", "turned"]

CellStep: TypeAlias = Callable[[Tensor, Tensor, State], State]
_WEIGHTS, _BIASES = ("weight_ih", "weight_hh"), ("bias_ih", "bias_hh")


class BlockWeights(NamedTuple):
    """What a block computes with at this moment.

    Attributes:
        ih, hh: weights, times their masks where these are not of True and False.
        bias_ih, bias_hh: biases, or zeros.
        exists_ih, exists_hh: True where a weight exists; the others count as zero.
    """

    ih: Tensor
    hh: Tensor
    bias_ih: Tensor
    bias_hh: Tensor
    exists_ih: Tensor
    exists_hh: Tensor

    @property
    def parameters(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Those that are learned, in the order of `FusedEngine.features`."""
        return self.ih, self.hh, self.bias_ih, self.bias_hh

    @property
    def masks(self) -> Masks:
        """Which weights exist."""
        return self.exists_ih, self.exists_hh


class RecurrentBlock(nn.Module):
    """A recurrent cell whose weights are masked.

    From `a = (weight_ih * mask_ih) @ x[t] + bias_ih` and
    `u = (weight_hh * mask_hh) @ h[t - 1] + bias_hh`, both gate by gate, the cell's equations give
    `h[t]`: see `sparsernn.wiring.cells`.

    Parameters and their layout are those of `torch.nn.RNNCell`, `GRUCell` (reset, update, new) and
    `LSTMCell` (input, forget, cell, output), drawn from U(±1/√units). Weights that the masks
    exclude count as zero, get no gradient, and so stay zero under any optimiser. The buffers
    `mask_ih` and `mask_hh` are in force as they are when the block runs: they may be changed, in
    place or not, and hold numbers instead of True and False.

    Args:
        block: shapes and masks.
        cell: a name of `sparsernn.wiring.cells`, as gru.
        generator: source of the initial weights.
        engine: what runs it; see `SparseRNN`.
        bias: whether it has biases.
    """

    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Any  # a tensor, or None
    bias_hh: Any
    threads: int | None = None
    """Number of threads of the fused engine; see `SparseRNN`."""
    torch_layers: bool = True
    """See `SparseRNN`."""
    mask_ih: Tensor
    mask_hh: Tensor

    def __init__(
        self,
        block: Block,
        cell: str,
        generator: torch.Generator | None = None,
        engine: Engine = "fused",
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.step: CellStep = function("cells", cell)
        """One time step from the (B, gates * H) sums over inputs and over units, and the state."""
        self.engine, self.name, self.reverse = engine, block.name, block.reverse
        self.leak = block.leak
        """Share of the cell's new state in the next one."""
        self.states = states_of(cell)
        """Number of tensors in its state."""
        rows, size = block.mask_hh.shape
        shapes = (rows, len(block.reads)), (rows, size)
        for name, shape in zip(_WEIGHTS, shapes, strict=True):
            self.register_parameter(name, nn.Parameter(torch.empty(shape)))
        for name in _BIASES:
            self.register_parameter(name, nn.Parameter(torch.empty(rows)) if bias else None)
        self.register_buffer("mask_ih", torch.tensor(block.mask_ih))
        self.register_buffer("mask_hh", torch.tensor(block.mask_hh))
        names = (*_WEIGHTS, *_BIASES, "mask_ih", "mask_hh")
        self._shapes = dict(zip(names, (*shapes, (rows,), (rows,), *shapes), strict=True))
        self._in_force = InForce(_alone(block, cell))
        for parameter in self.parameters():
            uniform_(parameter, 1 / math.sqrt(size), generator)
        self.apply_masks()
        if block.edge_weights is not None:
            self._begin_with(block.edge_weights)

    @torch.no_grad()
    def _begin_with(self, edges: EdgeWeights) -> None:
        """Let the recurrent weights be what a graph says of them."""
        if edges.initial is not None:
            self.weight_hh.copy_(torch.tensor(edges.initial))
        if edges.signs is not None and not edges.fixed:
            keep_signs(self, edges.signs)
        if edges.input_scaling is not None:
            self.weight_ih.mul_(edges.input_scaling * math.sqrt(self.weight_hh.shape[1]))
        if edges.spectral_radius is not None:
            weight = stored(self, "weight_hh")
            scale_to_radius_(weight, weight.shape[1], edges.spectral_radius)
        if edges.fixed:
            self.weight_hh.requires_grad_(False)

    @torch.no_grad()
    def apply_masks(self) -> None:
        """Set the weights that the masks exclude to zero."""
        if self.mask_ih.is_meta:  # there is nothing to set, and PyTorch would import its compiler
            return
        exists_ih, exists_hh = self.exists()
        stored(self, "weight_ih").masked_fill_(~exists_ih, 0)
        stored(self, "weight_hh").masked_fill_(~exists_hh, 0)

    @torch.no_grad()
    def exclude(self, ih: Tensor, hh: Tensor) -> None:
        """Take weights out of the masks, in place, and set them to zero.

        Args:
            ih: True where an input weight goes.
            hh: True where a recurrent weight goes.
        """
        self.mask_ih.masked_fill_(ih.to(self.mask_ih.device), 0)
        self.mask_hh.masked_fill_(hh.to(self.mask_hh.device), 0)
        self.apply_masks()

    def exists(self) -> Masks:
        """True where an input weight, and where a recurrent weight, exists."""
        return _existing(self.mask_ih), _existing(self.mask_hh)

    def _tensors(self) -> tuple[Any, ...]:
        """Weights, biases and masks as they are now; a bias may be None."""
        found = []
        for name, shape in self._shapes.items():
            # Read where they usually are: an attribute of a module is found there last.
            value = self._parameters.get(name, self._buffers.get(name))
            value = getattr(self, name, None) if value is None else value
            found.append(value)
            if isinstance(value, Tensor):
                if value.shape == shape:
                    continue
                told = f"of shape {tuple(value.shape)}"
            elif value is None and name in _BIASES:
                continue
            else:
                told = brief(value)
            raise InputError(
                f"block {brief(self.name)}: {name} is {told}; expected a tensor of shape {shape}. "
                "Assign one."
            )
        return tuple(found)

    def weights(self) -> BlockWeights:
        """What the block computes with now: its attributes, whatever they have become.

        Raises:
            InputError: one is missing or has another shape.
        """
        ih, hh, bias_ih, bias_hh, mask_ih, mask_hh = self._tensors()
        return BlockWeights(
            ih if mask_ih.dtype == torch.bool else ih * mask_ih,
            hh if mask_hh.dtype == torch.bool else hh * mask_hh,
            ih.new_zeros(len(ih)) if bias_ih is None else bias_ih,
            ih.new_zeros(len(ih)) if bias_hh is None else bias_hh,
            _existing(mask_ih),
            _existing(mask_hh),
        )

    def signs(self) -> list[Tensor | None]:
        """The signs that each of its `weights().parameters` keeps; None: it is trained as it is."""
        of = kept_signs(self, "weight_hh")
        plain = self.mask_hh.dtype == torch.bool  # or else the weight is also multiplied
        return [None, of.signs if of is not None and plain else None, None, None]

    def forward(
        self, inputs: Tensor, state: State | None = None, lengths: Tensor | None = None
    ) -> tuple[Tensor, State]:
        """Run over time.

        Args:
            inputs: (T, B, R) the slots it reads.
            state: h, for an LSTM (h, c), before the first step, each (B, H); zeros by default.
            lengths: (B,) number of steps of each sequence; None: all have T.

        Returns:
            (T, B, H) outputs, 0 after a sequence's end, and its state after its last step.
        """
        weights = self.weights()
        size = weights.hh.shape[1]
        if state is None:
            state = (weights.hh.new_zeros(inputs.shape[1], size),) * self.states
        check_alike("inputs or states", [inputs, *state, weights.ih])
        inputs = turned(inputs, lengths) if self.reverse else inputs
        some = inputs.shape[1] and (lengths is None or lengths.any())
        run = self._run_fused if self.engine == "fused" and some else self._run_torch
        outputs, after = run(inputs, state, lengths, weights)
        return turned(outputs, lengths) if self.reverse else outputs, after

    def _run_torch(
        self, inputs: Tensor, state: State, lengths: Tensor | None, weights: BlockWeights
    ) -> tuple[Tensor, State]:
        """The reference, in PyTorch's operations."""
        check_alike("weights", [*weights.parameters[1:], weights.ih])
        weight_ih = weights.ih.masked_fill(~weights.exists_ih, 0)
        weight_hh = weights.hh.masked_fill(~weights.exists_hh, 0)
        going = None
        if lengths is not None:
            steps = torch.arange(len(inputs), device=inputs.device)
            going = (steps[:, None] < lengths.to(inputs.device)).unsqueeze(2)  # (T, B, 1)
            inputs = inputs.masked_fill(~going, 0)  # padding may be NaN
        outputs = []
        for t, a in enumerate(functional.linear(inputs, weight_ih, weights.bias_ih)):
            u = functional.linear(state[0], weight_hh, weights.bias_hh)  # (B, gates * H)
            after = self.step(a, u, state)
            if self.leak < 1:
                pairs = zip(state, after, strict=True)
                after = tuple(torch.lerp(old, new, self.leak) for old, new in pairs)
            if going is None:
                state = after
                outputs.append(state[0])
            else:
                pairs = zip(after, state, strict=True)
                state = tuple(torch.where(going[t], new, old) for new, old in pairs)
                outputs.append(after[0].masked_fill(~going[t], 0))
        return torch.stack(outputs), state

    def fused(self, weights: BlockWeights) -> "FusedEngine":
        """The fused engine of the masks of these weights."""
        return self._in_force.engine([weights.masks])

    @uncompiled
    def _run_fused(
        self, inputs: Tensor, state: State, lengths: Tensor | None, weights: BlockWeights
    ) -> tuple[Tensor, State]:
        check(inputs, *state, *weights.parameters)
        engine = self.fused(weights)
        output, last = engine.features(
            inputs,
            torch.stack(state),
            None if lengths is None else lengths.numpy(),
            engine.wiring.readout,
            weights.parameters,
            self.threads,
            self.torch_layers,
        )
        return output, tuple(last[k] for k in range(len(last)))

    def extra_repr(self) -> str:
        """What it reads, its size, and how many of its weights exist."""
        size, reads = self._shapes["weight_hh"][1], self._shapes["weight_ih"][1]
        leak = f", leak={self.leak:g}" if self.leak < 1 else ""
        return f"{reads} -> {size}{leak}{', backward in time' if self.reverse else ''}"


def _existing(mask: Tensor) -> Tensor:
    """True where a weight exists. A mask that is learned may become anything."""
    if mask.dtype == torch.bool:
        return mask
    return torch.ones_like(mask, dtype=torch.bool) if mask.requires_grad else mask != 0


def _alone(block: Block, cell: str) -> Wiring:
    """The network of one block whose inputs are the slots that it reads."""
    reads = len(block.reads)
    own = np.arange(block.size) + reads
    masks = block.mask_ih, block.mask_hh
    only = Block(block.name, 0, np.arange(reads), own, *masks, leak=block.leak)
    return Wiring(cell, reads, block.size, (only,), own, stacked=block.leak == 1)


def turned(values: Tensor, lengths: Tensor | None) -> Tensor:
    """(T, B, ...) values from each sequence's last step to its first; padding stays after."""
    if lengths is None:
        return values.flip(0)
    step = torch.arange(len(values), device=values.device)[:, None]
    ends = lengths.to(values.device)
    order: Any = torch.where(step < ends, ends - 1 - step, step)
    return values.gather(0, order.unsqueeze(2).expand_as(values))
