"""Modules of torch.nn become ours and ours become theirs, with the same numbers."""

from typing import Any

import networkx as nx
import pytest
import torch
from torch import nn
from torch.nn.utils import parametrizations, prune
from torch.nn.utils.rnn import pack_sequence

from sparsernn import InputError, SparseRNN, Wiring, from_torch
from sparsernn.engine.choice import ENGINES, Engine

MODULES: dict[str, Any] = {
    "tanh": lambda **how: nn.RNN(5, 7, **how),
    "relu": lambda **how: nn.RNN(5, 7, nonlinearity="relu", **how),
    "gru": lambda **how: nn.GRU(5, 7, **how),
    "lstm": lambda **how: nn.LSTM(5, 7, **how),
}
OPTIONS: list[dict[str, Any]] = [
    {},
    {"num_layers": 3, "bias": False, "batch_first": True},
    {"num_layers": 2, "bidirectional": True, "dropout": 0.5},
    {"bidirectional": True, "dtype": torch.float64},
]


def close(ours: Any, theirs: Any) -> None:
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("how", OPTIONS)
@pytest.mark.parametrize("kind", MODULES)
def test_a_module_of_torch_is_the_same_network_there_and_back(
    kind: str, how: dict[str, Any], engine: Engine
) -> None:
    torch.manual_seed(0)
    theirs = MODULES[kind](**how).eval()
    theirs.weight_hh_l0.requires_grad_(False)
    before = torch.get_rng_state()
    ours = from_torch(theirs, engine)
    assert torch.equal(torch.get_rng_state(), before)
    assert not ours.training and not ours.blocks[0].weight_hh.requires_grad
    assert ours.blocks[0].weight_ih.requires_grad and ours.dropout == theirs.dropout
    dtype = how.get("dtype", torch.float32)
    inputs = torch.randn(6, 4, 5, dtype=dtype)
    packed = pack_sequence([inputs[0, :2], inputs[1], inputs[2, :1]], enforce_sorted=False)
    for given in (inputs, inputs[0], packed):
        _, state = theirs(given)
        for one in (ours, ours.to_torch(), from_torch(ours.to_torch())):
            close(one(given), theirs(given))
            close(one(given, state), theirs(given, state))
    own = ours.to_torch()
    assert repr(own) == repr(theirs)
    assert all(torch.equal(w, own.state_dict()[name]) for name, w in theirs.state_dict().items())


@pytest.mark.parametrize("removed", [False, True])
def test_zeros_of_a_pruned_module_are_used(removed: bool) -> None:
    theirs = nn.LSTM(5, 20, num_layers=2, bidirectional=True)
    for name in ("weight_hh_l0", "weight_ih_l1_reverse"):
        prune.l1_unstructured(theirs, name, 0.75)
        if removed:
            prune.remove(theirs, name)
    ours, inputs = from_torch(theirs), torch.randn(6, 4, 5)
    close(ours(inputs), theirs(inputs))
    assert int(ours.blocks[0].mask_hh.sum()) == 400
    assert int(ours.blocks[3].mask_ih.sum()) == 800
    assert ours.blocks[1].mask_hh.all()
    ours(inputs)[0].sum().backward()
    assert not ours.blocks[0].weight_hh.grad[~ours.blocks[0].mask_hh].any()
    close(ours.to_torch()(inputs), theirs(inputs))


def test_a_prune_that_has_not_run_yet_and_a_parametrised_weight_are_in_force() -> None:
    theirs = nn.GRU(5, 7)
    prune.random_unstructured(theirs, "weight_hh_l0", 0.5)
    with torch.no_grad():
        theirs.weight_hh_l0_orig.mul_(2)  # the module takes it when it runs next
    parametrizations.weight_norm(theirs, "weight_ih_l0")
    ours, inputs = from_torch(theirs), torch.randn(6, 4, 5)
    close(ours(inputs), theirs(inputs))


@pytest.mark.filterwarnings("ignore:The tensor attributes self._flat_weights")  # torch's own
def test_masks_of_ours_are_zeros_of_theirs() -> None:
    rnn = SparseRNN(Wiring.dense("gru", 5, 7, 2))
    rnn.blocks[0].mask_hh[:, 2] = False  # the weights themselves are left
    rnn.blocks[1].mask_ih = torch.rand(21, 7)
    inputs = torch.randn(6, 4, 5)
    close(rnn.to_torch()(inputs), rnn(inputs))
    exported = torch.export.export(rnn.to_torch().eval(), (inputs,))
    close(exported.module()(inputs), rnn(inputs))


@pytest.mark.parametrize(
    ("module", "told"),
    [
        (nn.LSTM(5, 7, proj_size=3), "an LSTM with projections"),
        (nn.GRUCell(5, 7), "a GRUCell; expected an nn.RNN, nn.GRU or nn.LSTM"),
        (nn.Linear(5, 7), "a Linear"),
        (None, "a NoneType"),
    ],
)
def test_other_modules_are_refused(module: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        from_torch(module)


def test_what_torch_has_no_module_for_is_refused() -> None:
    rnn = SparseRNN.from_graph(nx.path_graph(4), "gru", 3)
    with pytest.raises(InputError, match=r"its wiring is a graph's; expected Wiring.dense"):
        rnn.to_torch()
