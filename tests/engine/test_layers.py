"""Layers that PyTorch's kernels run are those of the reference, and run where they are faster."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from test_engine import assert_equal
from torch import nn

from sparsernn.engine.layers import Layers
from sparsernn.engine.strategy import Layer, by_torch
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.networks.torch_modules import from_torch
from sparsernn.wiring.wiring import Wiring

CELLS = ("rnn_tanh", "rnn_relu", "gru", "lstm")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let PyTorch run all layers that it can, and count how often it does."""
    run, batches = Layers.run, []

    def counted(self: Layers, inputs: torch.Tensor, *others: Any) -> Any:
        batches.append(inputs.shape[1])
        return run(self, inputs, *others)

    monkeypatch.setattr("sparsernn.engine.layers.by_torch", lambda *_: True)
    monkeypatch.setattr(Layers, "run", counted)
    return batches


def pruned(cell: str, share: float) -> Wiring:
    """Two layers of 33 units, of whose weights a share is left."""
    wiring, rng = Wiring.dense(cell, 7, 33, 2), np.random.default_rng(0)
    shapes = [(block.mask_ih.shape, block.mask_hh.shape) for block in wiring.blocks]
    return wiring.with_masks([(rng.random(a) < share, rng.random(b) < share) for a, b in shapes])


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(
    ("share", "options"),
    [(1.0, {}), (0.5, {"batch_first": True}), (0.5, {"bias": False})],
)
def test_they_equal_the_reference(
    cell: str, share: float, options: dict[str, Any], ran: list[int]
) -> None:
    results = []
    for engine in ("torch", "fused"):
        generator = torch.Generator().manual_seed(0)
        rnn = SparseRNN(pruned(cell, share), generator, engine, **options)
        with torch.no_grad():
            for block in rnn.own_blocks():  # absent weights count as zero, whatever they are
                block.weight_ih[~block.mask_ih] = torch.nan
        inputs = torch.randn(5, 3, 7, generator=generator, requires_grad=True)
        batch = 5 if options.get("batch_first") else 3
        state = [torch.randn(2, batch, 33, generator=generator) for _ in range(2)]
        given: Any = tuple(state) if cell == "lstm" else state[0]
        with torch.inference_mode():
            quick = rnn(inputs.detach())[0]
        for part in state[: 1 + (cell == "lstm")]:
            part.requires_grad_()
        output, last = rnn(inputs, given)
        last = last if cell == "lstm" else (last,)
        loss = output.square().sum() + sum((k + 1) * part.sum() for k, part in enumerate(last))
        wanted = [inputs, *state[: len(last)], *rnn.parameters()]
        results.append([quick, output, *last, *torch.autograd.grad(loss, wanted)])
    assert_equal(*results)
    assert len(ran) == 2


def test_blocks_by_themselves_are_layers_too(ran: list[int]) -> None:
    module = nn.LSTM(6, 40, num_layers=2, bidirectional=True)
    inputs = torch.randn(4, 2, 6)
    assert_equal([from_torch(module)(inputs)[0]], [module(inputs)[0]])
    assert ran == [2, 2, 2, 2]


def test_others_are_run_by_kernels(ran: list[int]) -> None:
    rnn, inputs = SparseRNN(pruned("gru", 1.0)), torch.randn(4, 3, 7)
    with torch.no_grad():
        whole = rnn(inputs)[0]
        assert len(ran) == 1
        assert_equal([rnn.slots(inputs)[0][:, :, -33:]], [whole])
        assert_equal([rnn(inputs, lengths=[4, 4, 4])[0]], [whole])
        rnn.threads = 1
        assert_equal([rnn(inputs)[0]], [whole])
    assert len(ran) == 1


def test_a_classifier_is_run_by_kernels_whose_bits_depend_on_no_processor(ran: list[int]) -> None:
    inputs = torch.randn(4, 3, 2), [4, 4, 4]
    for bidirectional in (False, True):
        wiring = Wiring.dense("lstm", 7, 33, bidirectional=bidirectional)
        network = SequenceClassifier(replace(wiring, readout_step="last_step"), features=2)
        network(*inputs)
        assert ran == []
        network.recurrent(network.embedding(inputs[0]))
        assert ran == []


def test_second_derivatives_are_refused_as_everywhere_in_this_engine(ran: list[int]) -> None:
    inputs = torch.randn(4, 1, 7, requires_grad=True)
    for k in range(2):
        found = SparseRNN(pruned("gru", 1.0))(inputs)[k]
        with pytest.raises(InputError, match="no second derivatives"):
            torch.autograd.grad(found.sum(), inputs, create_graph=True)
    assert len(ran) == 2


@pytest.mark.parametrize(
    ("layer", "sequences", "trained", "expected"),
    [
        (Layer("lstm", 512, 1.0), 1, False, True),
        (Layer("lstm", 512, 1.0), 64, True, True),
        (Layer("lstm", 512, 0.6), 32, False, True),
        (Layer("lstm", 512, 0.5), 32, True, False),
        (Layer("lstm", 512, 0.5), 8, False, True),
        (Layer("lstm", 512, 0.5), 1, True, False),
        (Layer("lstm", 64, 0.3), 32, False, True),
        (Layer("gru", 512, 0.5), 8, True, False),
        (Layer("gru", 512, 0.7), 8, True, True),
        (Layer("gru", 512, 0.5, double=True), 32, False, True),
        (Layer("gru", 512, 0.5, double=True), 32, True, False),
        (Layer("lstm", 512, 0.1), 1, False, False),
        (Layer("lstm", 64, 0.1), 1, True, True),
        (Layer("lstm", 64, 0.1, double=True), 1, True, False),
        (Layer("lstm", 31, 1.0), 1, False, False),
        (Layer("gru", 512, 1.0), 32, False, False),
        (Layer("gru", 512, 1.0, double=True), 32, False, True),
        (Layer("gru", 512, 1.0), 8, True, True),
        (Layer("gru", 512, 1.0), 1, True, False),
        (Layer("rnn_tanh", 128, 1.0), 8, False, False),
    ],
)
def test_the_faster_one_is_chosen_as_measured(
    layer: Layer, sequences: int, trained: bool, expected: bool
) -> None:
    assert by_torch(layer, sequences, trained) == expected
