"""Recurrent networks driven by a wiring, as PyTorch modules.

Engine "torch" is the reference in plain PyTorch operations, written to be read, for any device;
engine "fused" computes the same with compiled kernels on the CPU (see `sparsernn.engine`).
"""

import warnings
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from sparsernn.engine.choice import Engine, check_engine, check_threads
from sparsernn.engine.tensors import check
from sparsernn.errors import InputError, brief
from sparsernn.networks.block import RecurrentBlock
from sparsernn.networks.eager import is_plain, no_global_hooks, uncompiled
from sparsernn.networks.in_turn import in_turn
from sparsernn.networks.inputs import Batch, Lengths, as_batch, check_alike
from sparsernn.networks.masks import InForce, Masks
from sparsernn.networks.states import NetworkState, given_back, of_units, states_of
from sparsernn.wiring.block import is_leaky
from sparsernn.wiring.protocol import CORRECTED, Edges, Protocol, ReadoutStep
from sparsernn.wiring.wiring import Outputs, Wiring

if TYPE_CHECKING:  # numba takes half a second to import, and engine "torch" needs none
    from sparsernn.engine.autograd import FusedEngine
    from sparsernn.networks.inference import InferenceRNN

__all__ = ["RecurrentBlock", "SparseRNN"]


class SparseRNN(nn.Module):
    """A recurrent network wired by a graph; used like `torch.nn.GRU`.

    Args:
        wiring: who hears whom. Its masks are where the blocks begin; after that the blocks'
            buffers `mask_ih` and `mask_hh` say which weights exist.
        generator: source of the initial weights; None is torch's global one.
        engine: what runs it: "fused" (CPU; float32 or float64) or "torch".
        bias: whether units have biases.
        batch_first: whether inputs and outputs are (B, T, features) instead of (T, B, features).
        dropout: in training, the share of a block's outputs that is set to 0 where other blocks
            read them; what is read out, and what units hear of the step before, is left alone.
        threads: number of threads of the fused engine, which then cuts a batch into up to 8 parts,
            of 16 sequences or a multiple. Results are the same, bit by bit, for any number. None:
            one thread, and no parts, so that results may differ from those in their rounding; and
            layers that PyTorch's own kernels run faster, as dense LSTMs, are theirs.

    Raises:
        InputError: an unknown engine, or one that takes no threads; when run, inputs that don't
            fit, or an engine that can't run what it is given.

    Example:
        >>> import networkx as nx, torch
        >>> from sparsernn import SparseRNN
        >>> rnn = SparseRNN.from_graph(nx.path_graph(4), cell="gru", input_size=8)
        >>> output, state = rnn(torch.randn(20, 3, 8))
        >>> output.shape
        torch.Size([20, 3, 1])
    """

    _threads: int | None = None
    torch_layers: bool = True
    """Whether layers that PyTorch's own kernels run faster are theirs, where `threads` is None."""

    def __init__(
        self,
        wiring: Wiring,
        generator: torch.Generator | None = None,
        engine: Engine = "fused",
        *,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        threads: int | None = None,
    ) -> None:
        super().__init__()
        check_engine(engine, wiring.cell, is_leaky(wiring.blocks))
        check_threads(threads, engine)
        if not isinstance(dropout, (int, float)) or not 0 <= dropout <= 1:
            raise InputError(f"dropout is {brief(dropout)}; expected a share from 0 to 1.")
        if dropout and len({block.layer for block in wiring.blocks}) == 1:
            text = f"dropout is {dropout}, but there is one layer, and no other that reads it."
            warnings.warn(text, stacklevel=2)
        self.bias, self.batch_first, self.dropout = bias, batch_first, float(dropout)
        self._engine: Engine = engine
        self._in_force = InForce(wiring)
        touched = [wiring.readout, *(block.adds_to for block in wiring.blocks)]
        self.looks_up = all((slots >= wiring.input_size).all() for slots in touched)
        """Whether no block writes, and no read-out reads, an input feature."""
        self._states = states_of(wiring.cell)
        self.blocks = nn.ModuleList(
            RecurrentBlock(block, wiring.cell, generator, engine, bias) for block in wiring.blocks
        )
        self.threads = threads
        for i, block in enumerate(wiring.blocks):
            self.register_buffer(f"_reads_{i}", torch.tensor(block.reads), persistent=False)
            self.register_buffer(f"_adds_to_{i}", torch.tensor(block.adds_to), persistent=False)
        self.register_buffer("_readout", torch.tensor(wiring.readout), persistent=False)

    @classmethod
    def from_graph(
        cls,
        graph: Any,
        cell: str = "gru",
        input_size: int | None = None,
        protocol: Protocol = CORRECTED,
        generator: torch.Generator | None = None,
        engine: Engine = "fused",
        *,
        edges: Edges | None = None,
        outputs: Outputs | None = None,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        threads: int | None = None,
    ) -> "SparseRNN":
        """A network whose units are the vertices of a graph; see `Wiring.from_graph`.

        Args:
            graph: connected, undirected or directed acyclic (any, if edges are the recurrence): a
                networkx or igraph graph, an adjacency matrix, or a list of edges.
            cell: a name of `sparsernn.wiring.cells`, as gru.
            input_size: number of input features; None takes the protocol's `embedding_size`.
            protocol: the choices that the graph leaves open.
            generator: source of the initial weights.
            engine: what runs it.
            edges: what the graph's edges are: "feedforward", between layers within a time step;
                "recurrence", each vertex hears its predecessors of the step before; or
                `RecurrentEdges`, the latter with their weights, signs and spectral radius. None: as
                the protocol says, which is "feedforward" by default.
            outputs: the vertices that are read out: "sinks", "last_layer", "all", or a list of
                them; None: as the protocol says.
            bias: see `SparseRNN`.
            batch_first: see `SparseRNN`.
            dropout: see `SparseRNN`.
            threads: see `SparseRNN`.
        """
        if input_size is not None:
            protocol = replace(protocol, embedding_size=input_size)
        if edges is not None:
            protocol = replace(protocol, edges=edges)
        wiring = Wiring.from_graph(graph, cell, protocol, outputs)
        options: dict[str, Any] = {"bias": bias, "batch_first": batch_first, "dropout": dropout}
        return cls(wiring, generator, engine, threads=threads, **options)

    @property
    def engine(self) -> Engine:
        """What runs the network; it may be changed at any time."""
        return self._engine

    @engine.setter
    def engine(self, engine: Engine) -> None:
        check_engine(engine, self.wiring.cell, is_leaky(self.wiring.blocks))
        self._engine = engine
        for block in self.own_blocks():
            block.engine = engine

    @property
    def threads(self) -> int | None:
        """The number of threads of the fused engine; it may be changed at any time.

        The torch engine ignores it, and refuses a new one. A `SequenceClassifier` runs letters on
        one thread.
        """
        return self._threads

    @threads.setter
    def threads(self, threads: int | None) -> None:
        check_threads(threads, self._engine)
        self._threads = threads
        for block in self.own_blocks():
            block.threads = threads

    @property
    def wiring(self) -> Wiring:
        """The wiring with the masks that are in force: those in the blocks' buffers."""
        return self._in_force.wiring(self._masks())

    @property
    def readout_step(self) -> ReadoutStep:
        """The time step at which a classifier reads a string out; see `Protocol`."""
        return self._in_force.latest.readout_step

    @property
    def output_size(self) -> int:
        """Number of vertices that are read out."""
        return len(self.get_buffer("_readout"))

    def to_torch(self) -> nn.RNNBase:
        """A module of `torch.nn` with copies of the weights that are in force, masked ones as 0.

        Its outputs, states and options are those of the network, so that whatever takes modules of
        PyTorch takes it: `torch.export`, ONNX, quantisation.

        Raises:
            InputError: the wiring is not stacked, or torch has no such cell.
        """
        from sparsernn.networks.torch_modules import to_torch

        return to_torch(self)

    def for_inference(self) -> "InferenceRNN":
        """The network as it is now, for inference alone; if it is sparse, it runs faster.

        Each run of a network compares its masks, which may have changed, and copies the weights
        that exist to where the kernels read them. Here both are done once. It is called as the
        network is, with the same results (to rounding, if hooks of `torch.nn.utils.prune` prune one
        of several blocks); it has no gradients, and doesn't change with the network. It has no
        entries in a state dict: to store it, keep the network.

        Raises:
            InputError: the engine is not "fused" or can't run the network, dropout is on, or there
                are hooks or modules of another kind.

        Example:
            >>> import torch
            >>> from sparsernn import from_torch
            >>> rnn = from_torch(torch.nn.LSTM(4, 8).eval())
            >>> fast = rnn.for_inference()
            >>> output, (h, c) = fast(torch.randn(20, 1, 4))
            >>> output.shape
            torch.Size([20, 1, 8])
        """
        from sparsernn.networks.inference import InferenceRNN

        return InferenceRNN(self)

    def own_blocks(self) -> Iterable[RecurrentBlock]:
        """The blocks, without other modules that were put in their place."""
        return (block for block in self.blocks if isinstance(block, RecurrentBlock))

    def _masks(self) -> list[Masks | None]:
        """The masks of each block; None of one that is not ours, or has none in memory."""
        ours = (block if isinstance(block, RecurrentBlock) else None for block in self.blocks)
        return [
            None if block is None or block.mask_ih.is_meta else block.exists() for block in ours
        ]

    def forward(
        self,
        inputs: Tensor | PackedSequence,
        state: NetworkState | None = None,
        lengths: Lengths | None = None,
    ) -> tuple[Any, NetworkState]:
        """Run over time.

        Args:
            inputs: (T, B, input_size); with `batch_first` (B, T, input_size); one sequence as
                (T, input_size); or a PackedSequence.
            state: the state before the first step, in the form of the one that is returned; zeros
                by default.
            lengths: (B,) number of steps of each sequence, from 0 to T; None: all have T.

        Returns:
            The outputs of the vertices that are read out, in the form of the inputs, 0 after a
            sequence's end; and the state after each one's last step. If the wiring is stacked, the
            state is that of `torch.nn`: (layers * directions, B, H), for an LSTM two of these; else
            a tuple with, for each block, a tuple of (B, H) tensors: (h,), for an LSTM (h, c).

        Raises:
            InputError: anything of another form, type or size.
        """
        return self._run(inputs, state, lengths, self._in_force.latest.readout)

    def slots(
        self,
        inputs: Tensor | PackedSequence,
        state: NetworkState | None = None,
        lengths: Lengths | None = None,
    ) -> tuple[Any, NetworkState]:
        """Like `forward`, but all slots are read out: the inputs, then each vertex's output."""
        return self._run(inputs, state, lengths, np.arange(self._in_force.latest.slots))

    def _run(
        self,
        inputs: Tensor | PackedSequence,
        state: NetworkState | None,
        lengths: Lengths | None,
        readout: npt.NDArray[np.int64],
    ) -> tuple[Any, NetworkState]:
        wiring = self._in_force.latest  # whose masks may be old
        batch = as_batch(inputs, lengths, wiring.input_size, self.batch_first)
        first = of_units(state, wiring, self._states, batch)
        run = self._run_whole if batch.some and self.runs_whole() else self._run_blocks
        outputs, last = run(batch, first, readout)
        return batch.outputs(outputs), given_back(last, wiring, batch)

    def runs_whole(self) -> bool:
        """Whether one call of the fused engine runs all blocks; or else they run one by one.

        Hooks, dropout, blocks that run backward in time, and other modules in place of blocks are
        between the blocks.
        """
        return (
            self.engine == "fused"
            and not (self.dropout and self.training)
            and no_global_hooks()
            and all(is_plain(b, RecurrentBlock) and not b.reverse for b in self.blocks)
        )

    def _run_blocks(
        self, batch: Batch, first: Tensor | None, readout: npt.NDArray[np.int64]
    ) -> tuple[Tensor, Tensor]:
        places = [
            (self.get_buffer(f"_reads_{i}"), self.get_buffer(f"_adds_to_{i}"))
            for i in range(len(self.blocks))
        ]
        dropout = self.dropout if self.training else 0.0
        wiring = self._in_force.latest
        return in_turn(self.blocks, places, wiring, batch, first, readout, dropout)

    @uncompiled
    def _run_whole(
        self, batch: Batch, first: Tensor | None, readout: npt.NDArray[np.int64]
    ) -> tuple[Tensor, Tensor]:
        inputs, how = batch.inputs, (self._threads, self.torch_layers)
        engine, parameters = self.fused(inputs, *([] if first is None else [first]))
        return engine.features(inputs, first, batch.numbers, readout, parameters, *how)

    def fused(self, *others: Tensor) -> "tuple[FusedEngine, list[Tensor]]":
        """The fused engine of the masks in force, and the blocks' parameters, as it takes them.

        Args:
            others: what it will be given besides.

        Raises:
            InputError: it can't run them.
        """
        weights = [cast(RecurrentBlock, block).weights() for block in self.blocks]
        parameters = [parameter for each in weights for parameter in each.parameters]
        check_alike("inputs or states", [*others, parameters[0]])
        check(*parameters, *others)
        return self._in_force.engine([each.masks for each in weights]), parameters

    def extra_repr(self) -> str:
        """Cell, sizes, weights and sparsity, and what runs it."""
        wiring = self.wiring
        present = wiring.weights
        possible = sum(block.mask_ih.size + block.mask_hh.size for block in wiring.blocks)
        options = [
            f"{wiring.cell}, {wiring.input_size} -> {self.output_size}",
            f"{wiring.vertices} units in {len(wiring.blocks)} blocks",
            f"{present:,} of {possible:,} weights ({1 - present / possible:.0%} sparse)",
        ]
        options += [] if self.bias else ["bias=False"]
        options += ["batch_first=True"] if self.batch_first else []
        options += [f"dropout={self.dropout}"] if self.dropout else []
        options += [f"threads={self.threads}"] if self.threads else []
        return ", ".join([*options, f"engine={self.engine!r}"])
