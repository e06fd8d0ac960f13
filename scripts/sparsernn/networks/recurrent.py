"""Recurrent networks driven by a wiring, as PyTorch modules.

Engine "torch" is the reference in plain PyTorch operations, written to be read, for any device;
engine "fused" computes the same with compiled kernels on the CPU (see `sparsernn.engine`).
"""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

import networkx as nx
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from sparsernn.engine.choice import Engine, check_engine
from sparsernn.errors import InputError
from sparsernn.plugins import function, load
from sparsernn.wiring.protocol import CORRECTED, Protocol
from sparsernn.wiring.wiring import Block, Wiring

if TYPE_CHECKING:  # numba takes half a second to import, and engine "torch" needs none
    from sparsernn.engine.autograd import FusedEngine

__all__ = ["RecurrentBlock", "SparseRNN"]

State: TypeAlias = tuple[Tensor, ...]
CellStep: TypeAlias = Callable[[Tensor, Tensor, State], State]


class RecurrentBlock(nn.Module):
    r"""A recurrent cell whose weights are masked.

    With :math:`W = \text{weight} \odot \text{mask}`, :math:`a = W_{ih} x_t + b_{ih}` and
    :math:`u = W_{hh} h_{t-1} + b_{hh}`, both gate by gate, the cell's equations give
    :math:`h_t`: see `sparsernn.wiring.cells`.

    Parameters and their layout are those of `torch.nn.RNNCell`, `GRUCell` (reset, update, new) and
    `LSTMCell` (input, forget, cell, output), drawn from U(±1/√units). Weights that the masks
    exclude are zero, get no gradient, and so stay zero under any optimiser.

    Args:
        block: shapes and masks.
        cell: a name of `sparsernn.wiring.cells`, as gru.
        generator: source of the initial weights.
    """

    mask_ih: Tensor
    mask_hh: Tensor

    def __init__(self, block: Block, cell: str, generator: torch.Generator | None = None) -> None:
        super().__init__()
        self.step: CellStep = function("cells", cell)
        """One time step from the (B, gates * H) sums over inputs and over units, and the state."""
        self._states: int = getattr(load("cells", cell), "STATES", 1)
        rows, size = block.mask_hh.shape
        self.weight_ih = nn.Parameter(torch.empty(rows, len(block.reads)))
        self.weight_hh = nn.Parameter(torch.empty(rows, size))
        self.bias_ih = nn.Parameter(torch.empty(rows))
        self.bias_hh = nn.Parameter(torch.empty(rows))
        self.register_buffer("mask_ih", torch.tensor(block.mask_ih))
        self.register_buffer("mask_hh", torch.tensor(block.mask_hh))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -1 / math.sqrt(size), 1 / math.sqrt(size), generator)
        self.apply_masks()

    @torch.no_grad()
    def apply_masks(self) -> None:
        """Set the weights that the masks exclude to zero."""
        self.weight_ih.mul_(self.mask_ih)
        self.weight_hh.mul_(self.mask_hh)

    def initial_state(self, batch_size: int) -> State:
        """Zeros: (h,), for an LSTM (h, c), each (B, H)."""
        return (self.weight_hh.new_zeros(batch_size, self.weight_hh.shape[1]),) * self._states

    def forward(self, inputs: Tensor, state: State | None = None) -> tuple[Tensor, State]:
        """Run over time.

        Args:
            inputs: (T, B, R) the slots it reads.
            state: state before the first step, as from `initial_state`.

        Returns:
            (T, B, H) outputs, and the state after the last step.
        """
        state = self.initial_state(inputs.shape[1]) if state is None else state
        from_inputs = functional.linear(inputs, self.weight_ih * self.mask_ih, self.bias_ih)
        weight_hh = self.weight_hh * self.mask_hh
        outputs = []
        for a in from_inputs:  # (B, gates * H)
            state = self.step(a, functional.linear(state[0], weight_hh, self.bias_hh), state)
            outputs.append(state[0])
        return torch.stack(outputs), state


class SparseRNN(nn.Module):
    """A recurrent network wired by a graph; used like `torch.nn.RNN`, time first.

    Args:
        wiring: who hears whom.
        generator: source of the initial weights; None is torch's global one.
        engine: what runs it: "fused" (CPU; float32 or float64) or "torch".

    Raises:
        InputError: an unknown engine; when run, one that can't run what it is given.

    Example:
        >>> rnn = SparseRNN.from_graph(nx.path_graph(4), cell="gru", input_size=8)
        >>> output, state = rnn(torch.randn(20, 3, 8))
        >>> output.shape
        torch.Size([20, 3, 1])
    """

    def __init__(
        self,
        wiring: Wiring,
        generator: torch.Generator | None = None,
        engine: Engine = "fused",
    ) -> None:
        super().__init__()
        check_engine(engine, wiring.cell)
        self.wiring = wiring
        self.engine = engine
        self._fused: tuple[Any, FusedEngine] | None = None
        self.blocks = nn.ModuleList(
            RecurrentBlock(block, wiring.cell, generator) for block in wiring.blocks
        )
        for i, block in enumerate(wiring.blocks):
            self.register_buffer(f"_reads_{i}", torch.tensor(block.reads), persistent=False)
            self.register_buffer(f"_adds_to_{i}", torch.tensor(block.adds_to), persistent=False)
        self.register_buffer("_readout", torch.tensor(wiring.readout), persistent=False)

    @classmethod
    def from_graph(
        cls,
        graph: nx.Graph,
        cell: str = "gru",
        input_size: int | None = None,
        protocol: Protocol = CORRECTED,
        generator: torch.Generator | None = None,
        engine: Engine = "fused",
    ) -> "SparseRNN":
        """A network whose units are the vertices of a graph; see `Wiring.from_graph`.

        Args:
            graph: connected networkx graph, undirected or directed acyclic.
            cell: a name of `sparsernn.wiring.cells`, as gru.
            input_size: number of input features; None takes the protocol's `embedding_size`.
            protocol: the choices that the graph leaves open.
            generator: source of the initial weights.
            engine: what runs it.
        """
        if input_size is not None:
            protocol = replace(protocol, embedding_size=input_size)
        return cls(Wiring.from_graph(graph, cell, protocol), generator, engine)

    @property
    def output_size(self) -> int:
        """Number of vertices that are read out."""
        return len(self.wiring.readout)

    def forward(
        self, inputs: Tensor, state: tuple[State, ...] | None = None
    ) -> tuple[Tensor, tuple[State, ...]]:
        """Run over time.

        Args:
            inputs: (T, B, input_size).
            state: each block's state before the first step; zeros by default.

        Returns:
            (T, B, output_size) outputs of the vertices that are read out, and each block's state
            after the last step.
        """
        if self.engine == "fused":
            return self._run_fused(inputs, state, self.wiring.readout)
        slots, state = self.slots(inputs, state)
        return slots[:, :, self.get_buffer("_readout")], state

    def slots(
        self, inputs: Tensor, state: tuple[State, ...] | None = None
    ) -> tuple[Tensor, tuple[State, ...]]:
        """Like `forward`, but returns all (T, B, slots): the inputs, then each vertex's output."""
        self._check_inputs(inputs)
        if self.engine == "fused":
            return self._run_fused(inputs, state, np.arange(self.wiring.slots))
        steps, batch_size, _ = inputs.shape
        vertices = inputs.new_zeros(steps, batch_size, self.wiring.vertices)
        slots = torch.cat([inputs, vertices], dim=2)
        states = []
        for i, block in enumerate(self.blocks):
            reads, adds_to = self.get_buffer(f"_reads_{i}"), self.get_buffer(f"_adds_to_{i}")
            outputs, after = block(slots[:, :, reads], None if state is None else state[i])
            slots = slots.index_add(2, adds_to, outputs)
            states.append(after)
        return slots, tuple(states)

    def _check_inputs(self, inputs: Tensor) -> None:
        size = self.wiring.input_size
        if inputs.ndim != 3 or inputs.shape[2] != size or 0 in inputs.shape[:2]:
            raise InputError(
                f"inputs have the shape {tuple(inputs.shape)}; this network takes {size} features. "
                f"Pass a (T, B, {size}) tensor of at least one step and one sequence."
            )

    def _run_fused(
        self, inputs: Tensor, state: tuple[State, ...] | None, readout: npt.NDArray[np.int64]
    ) -> tuple[Tensor, tuple[State, ...]]:
        self._check_inputs(inputs)
        return self.fused().features(inputs, state, readout, tuple(self.blocks.parameters()))

    def fused(self) -> "FusedEngine":
        """The fused engine of the wiring with the masks that are in force."""
        from sparsernn.engine.autograd import FusedEngine

        masks = [
            (block.get_buffer("mask_ih"), block.get_buffer("mask_hh")) for block in self.blocks
        ]
        version = [(id(mask), mask._version) for pair in masks for mask in pair]
        if self._fused is None or self._fused[0] != version:
            arrays = [(ih.cpu().numpy(), hh.cpu().numpy()) for ih, hh in masks]
            self._fused = version, FusedEngine(self.wiring.with_masks(arrays))
        return self._fused[1]
