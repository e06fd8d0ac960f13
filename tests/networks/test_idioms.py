"""What people do to PyTorch modules: after any of it, the engines compute the same numbers.

Random wirings, and random sequences of idioms on them: outputs, states and the gradients of inputs
and of all parameters, fused against torch.
"""

import copy
import os
import pickle
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import tiny_strings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from idioms import IDIOMS, Doubled
from torch import Tensor, nn
from torch.nn.utils import parametrizations, parametrize, prune
from torch.utils._pytree import tree_leaves

from sparsernn import InputError, SequenceClassifier, SparseRNN, Wiring
from sparsernn.engine.choice import fused_cells
from sparsernn.training.loop import train
from sparsernn.training.settings import Training
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED

EXAMPLES = int(os.environ.get("IDIOM_EXAMPLES", "80"))


@st.composite
def wirings(draw: st.DrawFn) -> Wiring:
    cell = draw(st.sampled_from(fused_cells()))
    if draw(st.booleans()):
        layers, both = draw(st.integers(1, 3)), draw(st.booleans())
        return Wiring.dense(cell, 3, draw(st.sampled_from([3, 4])), layers, bidirectional=both)
    graph = nx.connected_watts_strogatz_graph(draw(st.integers(5, 12)), 4, 0.5, seed=1)
    protocol = draw(st.sampled_from([CORRECTED, PUBLISHED]))
    if protocol is CORRECTED:
        protocol = replace(CORRECTED, embedding_size=3)
    return Wiring.from_graph(graph, cell, protocol)


def measured(rnn: SparseRNN, seed: int, lengths: bool, state: bool) -> list[Tensor]:
    """Outputs, states and gradients, where there are any."""
    generator = torch.Generator().manual_seed(seed)
    size = rnn.wiring.input_size
    inputs = torch.randn(5, 4, size, generator=generator, dtype=torch.double).requires_grad_()
    before = rnn(inputs[:2])[1] if state else None
    output, last = rnn(inputs, before, lengths=[5, 2, 0, 3] if lengths else None)
    found = [output, *tree_leaves(last)]
    loss = sum(((i + 1) * part * part).mean() for i, part in enumerate(found))
    leaves = [inputs, *(p for p in rnn.parameters() if p.requires_grad)]
    gradients = torch.autograd.grad(loss, leaves, allow_unused=True, materialize_grads=True)
    return [*found, *gradients]


def twins(wiring: Wiring) -> Iterator[SparseRNN]:
    for engine in ("torch", "fused"):
        yield SparseRNN(wiring, torch.Generator().manual_seed(0), engine).double()  # type: ignore[arg-type]


def assert_same(networks: list[SparseRNN], seed: int, lengths: bool, state: bool) -> bool:
    """Whether the reference runs at all; if not, neither does the other."""
    reference, fused = networks
    torch.manual_seed(seed)
    try:
        expected = measured(reference, seed, lengths, state)
    except Exception as error:  # of PyTorch: some idioms can't follow each other
        with pytest.raises(type(error)):
            measured(fused, seed, lengths, state)
        return False
    torch.manual_seed(seed)
    found = measured(fused, seed, lengths, state)
    for one, other in zip(found, expected, strict=True):
        # The norm of a row without weights divides by 0, in both.
        torch.testing.assert_close(one, other, rtol=1e-7, atol=1e-9, equal_nan=True)
    return True


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[*HealthCheck])
@given(
    wiring=wirings(),
    steps=st.lists(
        st.tuples(
            st.sampled_from(sorted(IDIOMS)),
            st.integers(0, 5),
            st.sampled_from(["weight_ih", "weight_hh"]),
            st.integers(0, 99),
        ),
        max_size=4,
    ),
    lengths=st.booleans(),
    state=st.booleans(),
    ran_before=st.booleans(),
)
def test_engines_agree_after_any_idioms(
    wiring: Wiring, steps: list[Any], lengths: bool, state: bool, ran_before: bool
) -> None:
    networks = list(twins(wiring))
    if ran_before:
        assert assert_same(networks, 0, lengths, state)
    for what, number, name, seed in steps:
        for i, network in enumerate(networks):
            block = network.blocks[number % len(network.blocks)]
            try:
                with torch.no_grad():
                    IDIOMS[what](network, block, name, torch.Generator().manual_seed(seed))
            except (RuntimeError, ValueError, AttributeError, KeyError, TypeError, InputError):
                assert i == 0, f"{what} fails on the fused engine alone"
                return  # PyTorch does not allow it after what was done before
        if not assert_same(networks, seed, lengths, state):
            return


@pytest.mark.parametrize("what", IDIOMS)
@pytest.mark.parametrize("cell", ["rnn_relu", "lstm"])
def test_engines_agree_after_each_idiom(what: str, cell: str) -> None:
    networks = list(twins(Wiring.dense(cell, 4, 4, 2)))
    assert assert_same(networks, 0, False, False)
    for network in networks:
        IDIOMS[what](network, network.blocks[1], "weight_hh", torch.Generator().manual_seed(1))
    assert assert_same(networks, 1, False, True)
    assert assert_same(networks, 2, True, False)


COPIES: dict[str, Callable[[SparseRNN], SparseRNN]] = {
    "deepcopy": copy.deepcopy,
    "pickle": lambda rnn: pickle.loads(pickle.dumps(rnn)),
    "share_memory": lambda rnn: rnn.share_memory(),
    "state_dict": lambda rnn: _loaded(rnn),
}


def _loaded(rnn: SparseRNN) -> SparseRNN:
    other = SparseRNN(rnn.wiring, engine=rnn.engine).double()
    other.load_state_dict(rnn.state_dict())
    return other


@pytest.mark.parametrize("how", COPIES)
def test_a_copy_computes_the_same_and_is_independent(how: str) -> None:
    _, rnn = twins(Wiring.dense("gru", 4, 4, 2))
    rnn.blocks[0].mask_hh[:, 1] = False
    expected = measured(rnn, 0, True, True)
    other = COPIES[how](rnn)
    for one, found in zip(expected, measured(other, 0, True, True), strict=True):
        assert torch.equal(one, found)
    if how != "share_memory":
        other.blocks[0].mask_hh.fill_(False)
        assert not torch.equal(measured(other, 0, True, True)[0], expected[0])
        assert torch.equal(measured(rnn, 0, True, True)[0], expected[0])


CLASSIFIER: dict[str, Callable[[SequenceClassifier], None]] = {
    "nothing": lambda net: None,
    "padding_idx": lambda net: setattr(net.embedding, "padding_idx", 3),
    "max_norm": lambda net: setattr(net.embedding, "max_norm", 0.5),
    "scale_grad_by_freq": lambda net: setattr(net.embedding, "scale_grad_by_freq", True),
    "frozen embedding": lambda net: net.embedding.requires_grad_(False) and None,
    "no bias": lambda net: setattr(net.out, "bias", None),
    "other read-out": lambda net: setattr(
        net, "out", nn.Sequential(net.out, nn.Tanh(), nn.Linear(3, 2).double())
    ),
    "parametrised read-out": lambda net: parametrizations.weight_norm(net.out) and None,
    "parametrised embedding": lambda net: (
        parametrize.register_parametrization(net.embedding, "weight", Doubled()) and None
    ),
    "pruned read-out": lambda net: prune.l1_unstructured(net.out, "weight", 0.5) and None,
    "hook of the recurrent part": lambda net: (
        net.recurrent.register_forward_hook(lambda module, given, found: (found[0] * 2, found[1]))
        and None
    ),
    "hook of the embedding": lambda net: (
        net.embedding.register_forward_hook(lambda module, given, found: found + 1) and None
    ),
    "tied": lambda net: setattr(
        net.recurrent.blocks[1], "weight_hh", net.recurrent.blocks[0].weight_hh
    ),
    "frozen block": lambda net: net.recurrent.blocks[0].requires_grad_(False) and None,
    "soft mask": lambda net: setattr(
        net.recurrent.blocks[0], "mask_hh", net.recurrent.blocks[0].mask_hh * 0.5
    ),
}


@pytest.mark.parametrize("what", CLASSIFIER)
def test_classifiers_agree_too_and_train_alike(what: str) -> None:
    codes, lengths = torch.arange(45).view(9, 5) % 30, [9, 3, 1, 5, 9]
    results = []
    for engine in ("torch", "fused"):
        torch.manual_seed(0)
        wiring = Wiring.dense("gru", 4, 4, 2)
        generator = torch.Generator().manual_seed(0)
        network = SequenceClassifier(wiring, 128, 3, generator, engine).double()  # type: ignore[arg-type]
        CLASSIFIER[what](network)
        logits = network(codes, lengths)
        leaves = [p for p in network.parameters() if p.requires_grad]
        weighted = (logits * torch.linspace(-1, 1, logits.numel()).view_as(logits)).sum()
        found = [logits, *torch.autograd.grad(weighted, leaves)]
        strings = tiny_strings(60)
        run = train(network, strings, strings, Training(2, 16, 0.01, 1.0), np.random.default_rng(0))
        found.append(torch.tensor(run.history))
        results.append([*found, *network.parameters()])
    for expected, found in zip(*results, strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-7)
