"""Layers that have most of their weights, run by PyTorch's own kernels where these are faster."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from sparsernn.engine.cache import kernel
from sparsernn.engine.run import refuse_second_derivatives
from sparsernn.engine.strategy import Layer, by_torch
from sparsernn.wiring.wiring import Wiring

__all__ = ["Layers"]

Array = npt.NDArray[Any]
_TORCH: dict[str, Any] = {
    "rnn_tanh": torch.rnn_tanh,
    "rnn_relu": torch.rnn_relu,
    "gru": torch.gru,
    "lstm": torch.lstm,
}


@kernel
def fill_kept(numbers: Array, exists: npt.NDArray[np.bool_], kept: Array) -> None:
    """kept = numbers where they exist, else 0; `masked_fill` takes many times as long."""
    for k in range(len(numbers)):
        kept[k] = numbers[k] if exists[k] else 0


@kernel
def absent_bits(bits: Array, exists: npt.NDArray[np.bool_]) -> int:
    """The bits that are set in any number that doesn't exist, without its sign; none in zeros."""
    found = bits[0] ^ bits[0]
    for k in range(len(bits)):
        found |= found if exists[k] else bits[k]
    return found << 1


def _kept(numbers: Tensor, exists: npt.NDArray[np.bool_]) -> Tensor:
    array = np.ascontiguousarray(numbers.detach().numpy())
    kept = np.empty_like(array)
    fill_kept(array.dtype, array.ravel(), exists, kept.ravel())
    return torch.from_numpy(kept)


def _are_kept(numbers: Tensor, exists: npt.NDArray[np.bool_]) -> bool:
    """Whether numbers are zero where they don't exist; it takes a third of the time of a copy."""
    array = np.ascontiguousarray(numbers.detach().numpy()).ravel()
    bits = array.view(np.uint64 if array.itemsize == 8 else np.uint32)
    return bool(absent_bits(array.dtype, bits, exists) == 0)


class _Present(torch.autograd.Function):
    """A weight, and (its size,) where it exists → the weight with zeros elsewhere."""

    @staticmethod
    def forward(ctx: Any, weight: Tensor, exists: npt.NDArray[np.bool_]) -> Tensor:
        ctx.exists = exists
        return _kept(weight, exists)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Any:
        return _kept(gradient, ctx.exists), None


class Layers:
    """The layers of a stacked wiring, as `torch.nn` has them, with the absent weights as zeros.

    Args:
        wiring: none of its blocks runs backward in time.
    """

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        masks = [mask for block in wiring.blocks for mask in (block.mask_ih, block.mask_hh)]
        self.share = wiring.weights / sum(mask.size for mask in masks)
        """Share of the weights that exist."""
        self._exists = [None if mask.all() else mask.ravel() for mask in masks]

    def are_faster(self, inputs: Tensor, readout: npt.NDArray[np.int64], keep: bool) -> bool:
        """Whether PyTorch runs a batch of even sequences faster than the kernels.

        Args:
            inputs: (T, B, features).
            readout: the slots to return.
            keep: whether derivatives may be asked for.
        """
        wiring = self.wiring
        if not wiring.stacked or wiring.cell not in _TORCH:
            return False
        double = inputs.dtype == torch.float64
        layer = Layer(wiring.cell, wiring.blocks[0].size, self.share, double)
        faster = by_torch(layer, inputs.shape[1], keep)
        return faster and np.array_equal(readout, wiring.readout)

    def filled(self, parameters: Sequence[Tensor], keep: bool) -> list[Tensor]:
        """The parameters, with 0 for weights that don't exist; `keep`: for a way back."""
        filled = list(parameters)
        for k, exists in enumerate(self._exists):
            at = 4 * (k // 2) + k % 2
            if exists is not None and (keep or not _are_kept(filled[at], exists)):
                filled[at] = _Present.apply(filled[at], exists)
        return filled

    def run(
        self, inputs: Tensor, first: Tensor | None, weights: list[Tensor], keep: bool
    ) -> tuple[Tensor, Tensor]:
        """See `FusedEngine.features`; the weights are those that are `filled`."""
        blocks, states = self.wiring.blocks, 2 if self.wiring.cell == "lstm" else 1
        form = states, inputs.shape[1], len(blocks), blocks[0].size
        begin = inputs.new_zeros(form) if first is None else first.view(form)
        before = list(begin.transpose(1, 2).contiguous())
        given = before if states == 2 else before[0]
        how = True, len(blocks), 0.0, keep, False, False  # biases; dropout; not bidirectional
        output, *after = _TORCH[self.wiring.cell](inputs, given, weights, *how)
        last = torch.stack(after).transpose(1, 2).reshape(states, inputs.shape[1], -1)
        for result in output, last:
            if result.requires_grad:
                result.register_hook(_refuse_second_derivatives)
        return output, last


def _refuse_second_derivatives(_: Tensor) -> None:
    """As everywhere in this engine."""
    refuse_second_derivatives()
