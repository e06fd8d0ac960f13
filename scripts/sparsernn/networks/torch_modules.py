"""Networks of `torch.nn` as ours, and ours as theirs."""

from typing import Any

import torch
from torch import Tensor, nn

from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.wiring.wiring import Wiring

__all__ = ["from_torch", "to_torch"]

_WEIGHTS, _BIASES = ("weight_ih", "weight_hh"), ("bias_ih", "bias_hh")
_CELLS: dict[str, tuple[Any, dict[str, str]]] = {
    "rnn_tanh": (nn.RNN, {"nonlinearity": "tanh"}),
    "rnn_relu": (nn.RNN, {"nonlinearity": "relu"}),
    "gru": (nn.GRU, {}),
    "lstm": (nn.LSTM, {}),
}


def from_torch(module: nn.RNNBase, engine: Engine = "fused") -> SparseRNN:
    """A network of `torch.nn` as a `SparseRNN` with the same outputs, states and options.

    Weights that are exactly 0, as `torch.nn.utils.prune` makes them, are masked: they cost no time,
    and stay 0 when the network is trained on. The weights are copies, plain ones also where the
    module's are pruned or parametrised.

    Args:
        module: an `nn.RNN`, `nn.GRU` or `nn.LSTM`, of any layers and directions.
        engine: what runs the network; see `SparseRNN`. The fused engine runs on the CPU.

    Raises:
        InputError: another module, or an LSTM with projections.

    Example:
        >>> import torch
        >>> from sparsernn import from_torch
        >>> from torch.nn.utils import prune
        >>> lstm = torch.nn.LSTM(8, 16, num_layers=2)
        >>> _ = prune.l1_unstructured(lstm, "weight_hh_l0", 0.9)
        >>> rnn, inputs = from_torch(lstm), torch.randn(20, 4, 8)
        >>> torch.allclose(rnn(inputs)[0], lstm(inputs)[0], atol=1e-5)
        True
        >>> int(rnn.blocks[0].mask_hh.sum())  # of 1,024 weights
        102
    """
    cell = next((cell for cell, (kind, how) in _CELLS.items() if _is(module, kind, how)), None)
    if cell is None or module.proj_size:
        what = "an LSTM with projections (proj_size)" if cell else f"a {type(module).__name__}"
        raise InputError(
            f"from_torch: the module is {what}; expected an nn.RNN, nn.GRU or nn.LSTM without "
            "projections. Build the layers as one of these first."
        )
    sizes = module.input_size, module.hidden_size, module.num_layers
    wiring = Wiring.dense(cell, *sizes, bidirectional=module.bidirectional)
    own = torch.Generator()  # none of the caller's random numbers
    how: dict[str, Any] = {"batch_first": module.batch_first, "dropout": module.dropout}
    rnn = SparseRNN(wiring, own, engine, bias=module.bias, **how)
    like = _weight(module, "weight_ih_l0")
    rnn.to(device=like.device, dtype=like.dtype)
    for i, block in enumerate(rnn.blocks):
        suffix = _suffix(i, 2 if module.bidirectional else 1)
        for name in (*_WEIGHTS, *(_BIASES if module.bias else ())):
            weight, parameter = _weight(module, name + suffix), getattr(block, name)
            with torch.no_grad():
                parameter.copy_(weight)
            parameter.requires_grad_(weight.requires_grad)
            if name in _WEIGHTS:
                getattr(block, name.replace("weight", "mask")).copy_(weight != 0)
    return rnn.train(module.training)


def _is(module: object, kind: type[nn.RNNBase], how: dict[str, str]) -> bool:
    return isinstance(module, kind) and all(getattr(module, k) == value for k, value in how.items())


def _weight(module: nn.Module, name: str) -> Tensor:
    """A weight as the module's next run would take it: pruned by torch, or parametrised."""
    original, mask = getattr(module, f"{name}_orig", None), getattr(module, f"{name}_mask", None)
    if original is not None and mask is not None:
        return original * mask
    weight = getattr(module, name)
    assert isinstance(weight, Tensor)
    return weight


def _suffix(block: int, directions: int) -> str:
    return f"_l{block // directions}{'_reverse' if block % directions else ''}"


def to_torch(rnn: SparseRNN) -> nn.RNNBase:
    """See `SparseRNN.to_torch`."""
    wiring = rnn.wiring
    if not wiring.stacked or wiring.cell not in _CELLS:
        what = f"its cell is {wiring.cell}" if wiring.stacked else "its wiring is a graph's"
        raise InputError(
            f"to_torch: the network is no stack of layers that torch.nn has: {what}; expected "
            f"Wiring.dense, and a cell of {', '.join(_CELLS)}. Build it with engine='torch' to "
            "have PyTorch operations alone."
        )
    kind, options = _CELLS[wiring.cell]
    weights = [block.weights() for block in rnn.own_blocks()]
    directions = wiring.directions
    sizes = wiring.input_size, wiring.blocks[0].size, len(wiring.blocks) // directions
    module: nn.RNNBase = kind(
        *sizes,
        bias=rnn.bias,
        batch_first=rnn.batch_first,
        dropout=rnn.dropout,
        bidirectional=directions == 2,
        **options,
    )
    module.to(device=weights[0].ih.device, dtype=weights[0].ih.dtype)
    for i, each in enumerate(weights):
        masked = each.ih.masked_fill(~each.exists_ih, 0), each.hh.masked_fill(~each.exists_hh, 0)
        values = dict(
            zip((*_WEIGHTS, *_BIASES), (*masked, each.bias_ih, each.bias_hh), strict=True)
        )
        for name in (*_WEIGHTS, *(_BIASES if rnn.bias else ())):
            with torch.no_grad():
                getattr(module, name + _suffix(i, directions)).copy_(values[name])
    return module.train(rnn.training)
