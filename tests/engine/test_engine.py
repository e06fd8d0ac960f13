"""The fused engine computes what the reference in plain PyTorch computes."""

import copy
from collections.abc import Callable
from functools import partial

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import tiny_strings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.utils._pytree import tree_leaves, tree_map

from sparsernn.engine.choice import fused_cells
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.training.loop import train
from sparsernn.training.settings import Training
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED, Protocol
from sparsernn.wiring.wiring import Block, Wiring

TOLERANCE = {torch.float64: 1e-10, torch.float32: 1e-5}
hypothesis = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


SEEDS, DTYPES = st.integers(0, 999), st.sampled_from(list(TOLERANCE))
BATCHES = st.sampled_from([1, 3, 16, 35])
PROTOCOLS = st.builds(
    Protocol,
    embedding_size=st.sampled_from([1, 3, 8, "sources"]),
    # Each of the values of its type.
    **dict.fromkeys(["gate_masks", "skips", "readout", "readout_step", "vertex_order"], ...),
)


@st.composite
def wirings(draw: st.DrawFn) -> Wiring:
    cell = draw(st.sampled_from(fused_cells()))
    step = draw(st.sampled_from(["last_letter", "last_step"]))
    if draw(st.integers(0, 3)) == 0:
        sizes = [draw(st.integers(1, top)) for top in (6, 9, 3)]
        wiring = Wiring.dense(cell, *sizes, readout_step=step)
    else:
        n, seed = draw(st.integers(3, 14)), draw(st.integers(0, 99))
        if draw(st.booleans()):
            graph = nx.barabasi_albert_graph(n, draw(st.integers(1, 2)), seed=seed)
        else:
            graph = nx.connected_watts_strogatz_graph(n, 2 + 2 * (n > 5), 1.0, seed=seed)
        wiring = Wiring.from_graph(graph, cell, draw(PROTOCOLS))
    share = draw(st.sampled_from([0.0, 0.0, 0.3, 0.9, 1.0]))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    masks = ((block.mask_ih, block.mask_hh) for block in wiring.blocks)
    return wiring.with_masks(
        [tuple(mask & (rng.random(mask.shape) >= share) for mask in pair) for pair in masks]
    )


def strings(batch: int, longest: int, seed: int) -> tuple[Tensor, Tensor]:
    """Random (T, B) codes and their lengths."""
    rng = np.random.default_rng(seed)
    lengths = rng.integers(1, longest + 1, batch)
    codes = rng.integers(60, 75, (lengths.max(), batch))
    codes[np.arange(lengths.max())[:, None] >= lengths] = 0
    return torch.from_numpy(codes), torch.from_numpy(lengths)


def both(wiring: Wiring, dtype: torch.dtype, seed: int = 0) -> list[SequenceClassifier]:
    """The same classifier on the torch and on the fused engine."""
    networks = []
    for engine in ("torch", "fused"):
        generator = torch.Generator().manual_seed(seed)
        networks.append(SequenceClassifier(wiring, generator=generator, engine=engine).to(dtype))
    return networks


def drawn_like(drawn: Callable[..., Tensor], part: Tensor) -> Tensor:
    return drawn(part.shape)


def assert_equal(reference: list[Tensor], ours: list[Tensor]) -> None:
    """Equal to the tolerance of the type, relative to the largest number of each tensor."""
    for expected, got in zip(reference, ours, strict=True):
        scale = max(1.0, float(expected.detach().abs().max())) if expected.numel() else 1.0
        torch.testing.assert_close(got, expected, rtol=0, atol=TOLERANCE[expected.dtype] * scale)


@hypothesis
@given(wirings(), st.sampled_from([1, 2, 7, 16, 33, 64, 150]), st.integers(1, 12), DTYPES, SEEDS)
def test_classifier_equals_the_reference(
    wiring: Wiring, batch: int, longest: int, dtype: torch.dtype, seed: int
) -> None:
    codes, lengths = strings(batch, longest, seed)
    results = []
    for network in both(wiring, dtype, seed):
        logits = network(codes, lengths)
        loss = (logits * torch.linspace(-1, 1, logits.numel(), dtype=dtype).view_as(logits)).mean()
        results.append([logits, *torch.autograd.grad(loss, list(network.parameters()))])
        with torch.no_grad():
            results[-1].append(network(codes, lengths))
    assert_equal(*results)


@hypothesis
@given(wirings(), BATCHES, st.integers(1, 8), DTYPES, st.booleans(), SEEDS)
def test_recurrent_module_equals_the_reference(
    wiring: Wiring, batch: int, steps: int, dtype: torch.dtype, with_state: bool, seed: int
) -> None:
    results = []
    for engine in ("torch", "fused"):
        generator = torch.Generator().manual_seed(seed)
        rnn = SparseRNN(wiring, generator, engine).to(dtype)
        drawn = partial(torch.randn, generator=generator, dtype=dtype, requires_grad=True)
        inputs = drawn(steps, batch, wiring.input_size)
        output, last = rnn(inputs)
        initial = tree_map(partial(drawn_like, drawn), last) if with_state else None
        leaves = [inputs, *rnn.parameters(), *(tree_leaves(initial) if with_state else [])]
        output, last = rnn(inputs, initial)
        returned = [output, *tree_leaves(last)]
        loss = sum(((i + 1) * part * part).mean() for i, part in enumerate(returned))
        gradients = torch.autograd.grad(loss, leaves, allow_unused=True, materialize_grads=True)
        with torch.no_grad():
            output, last = rnn(inputs, initial)
            slots, _ = rnn.slots(inputs, initial)
        results.append([*returned, *gradients, output, slots, *tree_leaves(last)])
    assert_equal(*results)


@pytest.mark.parametrize("cell", ["rnn_tanh", "lstm", "gru"])
def test_gradients_are_the_numerical_ones(cell: str) -> None:
    wiring = Wiring.from_graph(nx.barabasi_albert_graph(5, 2, seed=1), cell, PUBLISHED)
    rnn = SparseRNN(wiring, torch.Generator().manual_seed(0)).double()
    names = [name for name, _ in rnn.named_parameters()]
    masks = dict(rnn.named_buffers())

    def run(inputs: Tensor, *parameters: Tensor) -> tuple[Tensor, ...]:
        # A masked weight counts for nothing, so it must not change while the others are moved.
        values = {
            name: p * masks[name.replace("weight", "mask")] if "weight" in name else p
            for name, p in zip(names, parameters, strict=True)
        }
        output, state = torch.func.functional_call(rnn, values, (inputs,))
        return output, *(part for block in state for part in block)

    inputs = torch.randn(2, 2, wiring.input_size, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(run, (inputs, *rnn.parameters()))


@pytest.mark.parametrize("cell", fused_cells())
@pytest.mark.parametrize("protocol", [PUBLISHED, CORRECTED], ids=["published", "corrected"])
def test_training_gives_the_same_curve(cell: str, protocol: Protocol) -> None:
    train_set, test_set = tiny_strings(200), tiny_strings(100, seed=1)
    wiring = Wiring.from_graph(nx.barabasi_albert_graph(12, 2, seed=2), cell, protocol)
    histories = []
    for network in [*both(wiring, torch.float32), both(wiring, torch.float32)[1]]:
        how, rng = Training(2, 32, 1e-3, 5.0), np.random.default_rng(3)
        histories.append(np.array(train(network, train_set, test_set, how, rng).history))
    reference, ours, again = histories
    np.testing.assert_allclose(ours, reference, atol=1e-4)
    np.testing.assert_array_equal(ours, again)


def test_padding_after_the_last_letter_is_not_read() -> None:
    network = both(Wiring.dense("gru", 4, 5, 2), torch.float32)[1]
    codes, lengths = strings(9, 8, 1)
    noise = torch.where(codes == 0, 99, codes)
    assert torch.equal(network(codes, lengths), network(noise, lengths))


def test_a_masked_weight_counts_for_nothing_and_has_no_gradient() -> None:
    wiring = Wiring.from_graph(nx.barabasi_albert_graph(9, 2, seed=1), "lstm", PUBLISHED)
    network = both(wiring, torch.float64)[1]
    codes, lengths = strings(5, 6, 2)
    expected = network(codes, lengths)
    block = next(b for b in network.recurrent.blocks if not b.mask_ih.all())
    with torch.no_grad():
        block.weight_ih += 7.0 * ~block.mask_ih
    logits = network(codes, lengths)
    assert torch.equal(logits, expected)
    logits.sum().backward()
    assert not block.weight_ih.grad[~block.mask_ih].any()


def test_masks_changed_in_place_are_in_force() -> None:
    networks = both(Wiring.dense("rnn_tanh", 3, 4, 1), torch.float64)
    batch = strings(5, 6, 2)
    networks[1](*batch)
    for network in networks:
        network.recurrent.blocks[0].mask_hh[1:] = False
    assert_equal(*([network(*batch)] for network in networks))


def test_outputs_of_two_batches_can_wait_for_one_backward_pass() -> None:
    results = []
    for network in both(Wiring.dense("lstm", 3, 4, 2), torch.float64):
        first, second = (network(*strings(batch, 6, batch)) for batch in (5, 20))
        loss = first.square().sum() + second.square().sum()
        results.append(list(torch.autograd.grad(loss, list(network.parameters()))))
    assert_equal(*results)


def test_units_may_share_a_slot_and_a_readout_may_be_an_input() -> None:
    block = Block("both", 0, [0, 1], [2, 2], np.ones((2, 2), bool), np.ones((2, 2), bool))
    networks = both(Wiring("rnn_tanh", 2, 1, (block,), [0, 2]), torch.float64)
    assert_equal(*([network(*strings(3, 4, 0))] for network in networks))


def test_a_copied_network_is_independent() -> None:
    network = both(Wiring.dense("gru", 3, 4, 1), torch.float32)[1]
    batch = strings(5, 6, 0)
    before = network(*batch)
    other = copy.deepcopy(network)
    with torch.no_grad():
        other.recurrent.blocks[0].weight_hh.zero_()
    other(*batch)
    assert torch.equal(network(*batch), before)


def test_numbers_that_overflow_are_not_hidden() -> None:
    for cell in fused_cells():
        network = both(Wiring.dense(cell, 3, 4, 2), torch.float32)[1]
        with torch.no_grad():
            network.recurrent.blocks[0].weight_hh[0, 0] = float("nan")
        assert network(*strings(5, 6, 0)).isnan().any()


def test_what_the_engine_cannot_run_is_refused() -> None:
    wiring = Wiring.dense("gru", 3, 4, 1)
    with pytest.raises(InputError, match="expected one of fused, torch"):
        SparseRNN(wiring, engine="quick")
    rnn = SparseRNN(wiring)
    zeros = torch.zeros(2, 5, 3)
    for inputs in zeros.double(), zeros.to("meta"):
        with pytest.raises(InputError, match=r"Convert one of them, as with .to\(torch.float32\)"):
            rnn(inputs)
    with pytest.raises(InputError, match="engine='torch'"):
        SparseRNN(wiring).half()(zeros.half())
    with pytest.raises(InputError, match="autocast"), torch.autocast("cpu"):
        rnn(zeros)
    output, _ = rnn(zeros)
    with pytest.raises(InputError, match="second derivatives"):
        torch.autograd.grad(output.sum(), list(rnn.parameters()), create_graph=True)
    classifier = SequenceClassifier(wiring)
    codes, lengths = strings(4, 5, 0)
    with pytest.raises(InputError, match="letter codes"):
        classifier(codes + 100, lengths)
    with pytest.raises(InputError, match="lengths"):
        classifier(codes, lengths + 20)
