"""Networks for inference alone, whose weights no longer change."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from sparsernn.engine.inference import InferenceEngine
from sparsernn.engine.tensors import check
from sparsernn.errors import InputError
from sparsernn.networks.block import RecurrentBlock, turned
from sparsernn.networks.eager import is_plain, no_global_hooks, uncompiled
from sparsernn.networks.in_turn import in_turn
from sparsernn.networks.inputs import Batch, Lengths, as_batch, check_alike
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.networks.states import NetworkState, State, given_back, of_units, states_of

__all__ = ["InferenceRNN"]


class InferenceRNN(nn.Module):
    """What `SparseRNN.for_inference` returns: the network as it was then, without gradients.

    It is called as the network is. It has copies of the weights but no parameters, so an optimiser
    or `to` doesn't change it, and a state dict has no entries for it.

    Args:
        network: it is left as it is.

    Raises:
        InputError: see `SparseRNN.for_inference`; when run, see `SparseRNN`, or inputs that want
            gradients.
    """

    def __init__(self, network: SparseRNN) -> None:
        super().__init__()
        _check(network)
        for block in network.own_blocks():
            for hook in block._forward_pre_hooks.values():
                hook(block, ())  # which prunes the weight, as before each run
        self.wiring = network.wiring
        """Which weights there are."""
        self.batch_first = network.batch_first
        self._states, self._told = states_of(self.wiring.cell), network.extra_repr()
        engine, parameters = network.fused()
        self._like = parameters[0].new_empty(0)
        self._whole: InferenceEngine | None = None
        if any(block.reverse for block in network.own_blocks()):
            self._blocks = [_InferenceBlock(block) for block in network.own_blocks()]
            self._places = [
                (torch.tensor(block.reads), torch.tensor(block.adds_to))
                for block in self.wiring.blocks
            ]
        else:
            how = network.threads, network.torch_layers
            self._whole = InferenceEngine(engine, parameters, *how)

    def _run(self, batch: Batch, first: Tensor | None) -> tuple[Tensor, Tensor]:
        wiring, inputs = self.wiring, batch.inputs
        if not batch.some:
            outputs = inputs.new_zeros(*inputs.shape[:2], len(wiring.readout))
            last = inputs.new_zeros(self._states, batch.size, wiring.vertices)
            return outputs, last if first is None else first
        if self._whole is not None:
            return self._whole.features(inputs, first, batch.numbers)
        return in_turn(self._blocks, self._places, wiring, batch, first, wiring.readout)

    @uncompiled
    def forward(
        self,
        inputs: Tensor | PackedSequence,
        state: NetworkState | None = None,
        lengths: Lengths | None = None,
    ) -> tuple[Any, NetworkState]:
        """Run over time; see `SparseRNN.forward`."""
        wiring = self.wiring
        batch = as_batch(inputs, lengths, wiring.input_size, self.batch_first)
        first = of_units(state, wiring, self._states, batch)
        given = [batch.inputs] if first is None else [batch.inputs, first]
        check_alike("inputs or states", [*given, self._like])
        check(self._like, *given)
        if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in given):
            raise InputError(
                "a network for inference has no gradients, and its inputs or states want them. Run "
                "it under torch.no_grad(), detach them, or run the network that it was made of."
            )
        outputs, last = self._run(batch, first)
        return batch.outputs(outputs), given_back(last, wiring, batch)

    def extra_repr(self) -> str:
        """That of the network."""
        return self._told


class _InferenceBlock:
    """As `RecurrentBlock.forward`, with at least one step."""

    def __init__(self, block: RecurrentBlock) -> None:
        weights = block.weights()
        how = block.threads, block.torch_layers
        self._engine = InferenceEngine(block.fused(weights), weights.parameters, *how)
        self._reverse = block.reverse

    def __call__(
        self, inputs: Tensor, state: State | None, lengths: Tensor | None
    ) -> tuple[Tensor, State]:
        inputs = turned(inputs, lengths) if self._reverse else inputs
        first = None if state is None else torch.stack(state)
        numbers = None if lengths is None else lengths.numpy()
        outputs, last = self._engine.features(inputs, first, numbers)
        return turned(outputs, lengths) if self._reverse else outputs, tuple(last)


def _is_plain(network: SparseRNN) -> bool:
    """Whether our own `forward` runs the network and its blocks, with no hooks but pruning ones."""
    return (
        no_global_hooks()
        and is_plain(network, SparseRNN)
        and all(is_plain(block, RecurrentBlock, pruned=True) for block in network.blocks)
    )


def _check(network: SparseRNN) -> None:
    """Refuse what would compute something else."""
    if network.engine != "fused":
        told = f"its engine is {network.engine!r}. Set network.engine = 'fused' before."
    elif network.dropout and network.training:
        told = f"it is in training, with dropout {network.dropout}. Call network.eval() before."
    elif not _is_plain(network):
        told = (
            "hooks, a `forward` that is not ours, or other modules in the place of blocks would be "
            "lost. Remove them before."
        )
    else:
        return
    raise InputError(f"a network for inference can't be made of this one: {told}")
