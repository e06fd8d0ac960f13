"""What PyTorch's own tests of its recurrent modules check, checked of ours on stacked wirings.

Of test/test_nn.py and test/nn/test_packed_sequence.py, as of PyTorch 2.13:

| test there | here |
|---|---|
| test_rnn_args_check | sizes and arguments that don't fit are refused |
| test_rnn_initial_hidden_state | a state of zeros is as none |
| test_rnn_check_device | inputs and states on another device are refused |
| test_rnn_retain_variables | a retained graph runs again |
| test_rnn_weight_norm | weight_norm, there and removed |
| test_RNN_dropout | dropout of 1 lets nothing through; of 0 everything |
| test_RNN_dropout_state, test_RNN_change_dropout | random in training alone; may be changed |
| test_RNN_nonlinearity | tanh and relu: `test_outputs_gradients_and_state_equal_torch` |
| test_RNN_input_size_zero | refused: one feature or more |
| test_RNN_cpu_vs_cudnn_*, test_LSTM_double | double: `test_network.py`; CUDA was not there |
| test_partial_flat_weights | assigned and deleted weights: `test_idioms.py` |
| test_variable_sequence, TestPackedSequence | packed, sorted and not: `test_forms.py` |
| test_projections_* | can't apply: no projections (`from_torch` refuses them) |
| test_LSTM_cell*, test_RNN_cell*, test_cell_* | can't apply: no single-step cells |
| test_cudnn_*, flatten_parameters | can't apply: no flat CUDA weights |
"""

from typing import Any

import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, parametrize

from sparsernn import InputError, SparseRNN, Wiring
from sparsernn.engine.choice import ENGINES

engines = pytest.mark.parametrize("engine", ENGINES)
cells = pytest.mark.parametrize("cell", ["rnn_tanh", "rnn_relu", "gru", "lstm"])


def stack(cell: str, engine: Any, layers: int = 2, **options: Any) -> SparseRNN:
    generator = torch.Generator().manual_seed(0)
    return SparseRNN(Wiring.dense(cell, 5, 7, layers), generator, engine, **options)


def zeros(cell: str, *shape: int) -> Any:
    part = torch.zeros(shape)
    return (part, part) if cell == "lstm" else part


@engines
@cells
def test_arguments_that_do_not_fit_are_refused(cell: str, engine: Any) -> None:
    rnn = stack(cell, engine)
    inputs = torch.randn(6, 4, 5)
    rnn(inputs, zeros(cell, 2, 4, 7))
    for wrong in (inputs[..., :4], torch.randn(6, 4, 5, 1), torch.randn(5)):
        with pytest.raises(InputError):
            rnn(wrong)
    for shape in ((2, 3, 7), (2, 4, 6), (3, 4, 7), (2, 4), (4, 7)):
        with pytest.raises(InputError):
            rnn(inputs, zeros(cell, *shape))
    for sizes in ((0, 7, 1), (5, 0, 1), (5, 7, 0), (5, 7, -1), (5, 7.5, 1), (5, "7", 1)):
        with pytest.raises(InputError):
            Wiring.dense(cell, *sizes)  # type: ignore[arg-type]
    for dropout in (-0.1, 1.1, "0.5"):
        with pytest.raises(InputError):
            stack(cell, engine, dropout=dropout)


@engines
@cells
def test_a_state_of_zeros_is_as_none(cell: str, engine: Any) -> None:
    rnn, inputs = stack(cell, engine), torch.randn(6, 4, 5)
    torch.testing.assert_close(rnn(inputs), rnn(inputs, zeros(cell, 2, 4, 7)), rtol=0, atol=0)


@engines
@cells
def test_other_devices_are_refused(cell: str, engine: Any) -> None:
    rnn, inputs = stack(cell, engine), torch.randn(6, 4, 5)
    with pytest.raises(InputError, match="on meta"):
        rnn(inputs.to("meta"))
    state: Any = zeros(cell, 2, 4, 7)
    meta = tuple(p.to("meta") for p in state) if cell == "lstm" else state.to("meta")
    with pytest.raises(InputError, match="on meta"):
        rnn(inputs, meta)


@engines
@cells
def test_a_retained_graph_runs_again(cell: str, engine: Any) -> None:
    rnn = stack(cell, engine).double()
    inputs = torch.randn(6, 4, 5, dtype=torch.double, requires_grad=True)
    output = rnn(inputs)[0]
    output.sum().backward(retain_graph=True)
    first = [p.grad.clone() for p in [inputs, *rnn.parameters()]]
    for _ in range(4):
        rnn.zero_grad()
        inputs.grad = None
        output.sum().backward(retain_graph=True)
        again = [p.grad for p in [inputs, *rnn.parameters()]]
        assert all(map(torch.equal, first, again))


@engines
@cells
def test_weight_norm_changes_nothing_until_it_is_trained(cell: str, engine: Any) -> None:
    rnn, inputs = stack(cell, engine), torch.randn(6, 4, 5)
    expected = rnn(inputs)[0]
    parametrizations.weight_norm(rnn.blocks[0], "weight_hh")
    torch.testing.assert_close(rnn(inputs)[0], expected, rtol=0, atol=1e-6)
    rnn(inputs)[0].sum().backward()
    assert rnn.blocks[0].parametrizations.weight_hh.original1.grad.abs().sum() > 0
    parametrize.remove_parametrizations(rnn.blocks[0], "weight_hh")
    assert isinstance(rnn.blocks[0].weight_hh, nn.Parameter)
    torch.testing.assert_close(rnn(inputs)[0], expected, rtol=0, atol=1e-6)


@engines
@cells
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_dropout_lets_all_or_nothing_through(cell: str, engine: Any, share: float) -> None:
    rnn, plain = stack(cell, engine, dropout=share), stack(cell, engine)
    inputs = torch.randn(6, 4, 5)
    if not share:
        assert torch.equal(rnn(inputs)[0], plain(inputs)[0])
        return
    nothing = plain.blocks[1](torch.zeros(6, 4, 7))[0]
    torch.testing.assert_close(rnn.train()(inputs)[0], nothing, rtol=0, atol=1e-6)


@engines
@cells
def test_dropout_is_random_in_training_alone_and_may_be_changed(cell: str, engine: Any) -> None:
    rnn, inputs = stack(cell, engine, layers=3, dropout=0.5), torch.randn(6, 4, 5)
    first, second = rnn(inputs)[0], rnn(inputs)[0]
    assert not torch.equal(first, second)
    torch.manual_seed(3)
    first = rnn(inputs)[0]
    torch.manual_seed(3)
    assert torch.equal(rnn(inputs)[0], first)
    rnn.eval()
    assert torch.equal(rnn(inputs)[0], rnn(inputs)[0])
    rnn.train()
    rnn.dropout = 0.0
    assert torch.equal(rnn(inputs)[0], stack(cell, engine, layers=3)(inputs)[0])
