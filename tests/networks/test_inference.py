"""A network for inference gives what it was made of gave then, bit by bit."""

import copy
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Literal

import networkx as nx
import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils import prune
from torch.nn.utils.rnn import pack_padded_sequence

from sparsernn import InputError, SparseRNN, from_torch

F = 6


def pruned(cell: str, units: int = 128, amount: float = 0.9, **options: bool | int) -> SparseRNN:
    module = getattr(nn, cell)(F, units, **options)
    for name in [name for name, _ in module.named_parameters() if name.startswith("weight")]:
        prune.random_unstructured(module, name, amount)
    return from_torch(module)


def on_graph(directed: bool) -> SparseRNN:
    graph = nx.gnp_random_graph(12, 0.3, seed=3, directed=directed)
    edges = "recurrence" if directed else "feedforward"
    graph = graph if directed else nx.connected_watts_strogatz_graph(12, 4, 0.3, seed=1)
    return SparseRNN.from_graph(graph, "lstm", F, edges=edges)


def by_torch_prune() -> SparseRNN:
    rnn = pruned("GRU", 20, 0.5)
    prune.random_unstructured(rnn.blocks[0], "weight_hh", 0.3)
    return rnn


def on_threads() -> SparseRNN:
    rnn = pruned("LSTM", 120)
    rnn.threads = 2
    return rnn


NETWORKS: dict[str, Callable[[], SparseRNN]] = {
    "a pruned LSTM": lambda: pruned("LSTM"),
    "a pruned GRU": lambda: pruned("GRU"),
    "a small LSTM": lambda: pruned("LSTM", 10),
    "an LSTM that PyTorch runs": lambda: pruned("LSTM", 40, 0.3),
    "two layers, batch first": lambda: pruned("GRU", 110, num_layers=2, batch_first=True),
    "both directions": lambda: pruned("LSTM", 104, bidirectional=True, num_layers=2),
    "without biases": lambda: pruned("RNN", 100, bias=False),
    "float64": lambda: pruned("GRU", 101).double(),
    "a graph between layers": lambda: on_graph(False),
    "a graph as recurrence": lambda: on_graph(True),
    "pruned by torch": by_torch_prune,
    "threads": on_threads,
}
each_network = pytest.mark.parametrize("make", NETWORKS.values(), ids=NETWORKS)


def inputs_of(rnn: SparseRNN, steps: int, batch: int) -> Tensor:
    shape = (batch, steps, F) if rnn.batch_first else (steps, batch, F)
    return torch.randn(shape, dtype=next(rnn.parameters()).dtype)


def tensors(result: object) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    assert isinstance(result, tuple)
    return [tensor for part in result if part is not None for tensor in tensors(part)]


def same(one: object, other: object) -> bool:
    pairs = zip(tensors(one), tensors(other), strict=True)
    return all(torch.equal(a, b) and not b.requires_grad for a, b in pairs)


@each_network
def test_it_gives_what_the_network_gives(make: Callable[[], SparseRNN]) -> None:
    rnn = make().eval()
    fast = rnn.for_inference()
    with torch.no_grad():
        for batch in (1, 3, 70, 1):
            for steps in (5, 5, 130 if batch == 1 else 2):
                inputs = inputs_of(rnn, steps, batch)
                found = rnn(inputs)
                assert same(found, fast(inputs))
                assert same(rnn(inputs, found[1]), fast(inputs, found[1]))


@each_network
def test_it_takes_every_form_of_a_batch(make: Callable[[], SparseRNN]) -> None:
    rnn = make().eval()
    fast = rnn.for_inference()
    inputs = inputs_of(rnn, 7, 4)
    packed = pack_padded_sequence(inputs, [7, 1, 3, 3], rnn.batch_first, enforce_sorted=False)
    lengths = torch.tensor([0, 7, 2, 2])
    one = inputs[0] if rnn.batch_first else inputs[:, 0]
    none = inputs[:0] if rnn.batch_first else inputs[:, :0]
    with torch.no_grad():
        assert same(rnn(packed), fast(packed))
        assert same(rnn(inputs, lengths=lengths), fast(inputs, lengths=lengths))
        assert same(rnn(inputs, lengths=0 * lengths), fast(inputs, lengths=0 * lengths))
        assert same(rnn(one), fast(one)) and same(rnn(none), fast(none))
        state = rnn(one)[1]
        assert same(rnn(one, state), fast(one, state))


@each_network
def test_it_does_not_change_with_the_network(make: Callable[[], SparseRNN]) -> None:
    rnn = make().eval()
    inputs, fast = inputs_of(rnn, 5, 2), rnn.for_inference()
    before = fast(inputs)
    assert list(fast.parameters()) == [] and fast.state_dict() == {}
    with torch.no_grad():
        for block in rnn.own_blocks():
            block.mask_hh.zero_()
        for parameter in rnn.parameters():
            parameter.data.mul_(2)
        assert not same(before, rnn(inputs))
    assert same(before, fast(inputs)) and not same(before, rnn.for_inference()(inputs))


@each_network
def test_copies_run_alike(make: Callable[[], SparseRNN]) -> None:
    rnn = make().eval()
    inputs, fast = inputs_of(rnn, 5, 2), rnn.for_inference()
    found = fast(inputs)
    assert same(found, copy.deepcopy(fast)(inputs))
    assert same(found, pickle.loads(pickle.dumps(fast))(inputs))


def test_threads_of_a_program_share_one() -> None:
    rnn = pruned("LSTM")
    fast = rnn.for_inference()
    batches = [torch.randn(20, 1, F) for _ in range(40)]
    with torch.no_grad():
        expected = [rnn(inputs) for inputs in batches]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(fast, batches))
    assert all(map(same, expected, found))


def test_results_of_one_call_outlive_the_next() -> None:
    fast = pruned("GRU").for_inference()
    first = fast(torch.randn(5, 1, F))
    kept = [tensor.clone() for tensor in tensors(first)]
    fast(torch.randn(5, 1, F))
    assert all(map(torch.equal, tensors(first), kept))


def test_it_is_part_of_a_model() -> None:
    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn: nn.Module = pruned("GRU", 20)
            self.out = nn.Linear(20, 2)

        def forward(self, inputs: Tensor) -> Tensor:
            logits: Tensor = self.out(self.rnn(inputs)[0])
            return logits

    model, inputs = Model(), torch.randn(5, 2, F)
    before = model(inputs)
    assert isinstance(model.rnn, SparseRNN)
    model.rnn = model.rnn.for_inference()
    assert torch.equal(before, model(inputs)) and "20 units" in repr(model)
    model(inputs).sum().backward()  # the read-out is still trained
    assert model.out.weight.grad is not None


def with_hook(rnn: SparseRNN) -> SparseRNN:
    rnn.blocks[0].register_forward_hook(lambda *_: None)
    return rnn


def with_another_module(rnn: SparseRNN) -> SparseRNN:
    rnn.blocks[0] = nn.Identity()
    return rnn


REFUSED: dict[str, tuple[Callable[[], SparseRNN], str]] = {
    "torch": (lambda: from_torch(nn.GRU(F, 4), engine="torch"), "Set network.engine"),
    "dropout": (lambda: from_torch(nn.GRU(F, 4, 2, dropout=0.5)), r"Call network.eval\(\)"),
    "a hook": (lambda: with_hook(pruned("GRU", 4)), "Remove them before"),
    "another module": (lambda: with_another_module(pruned("GRU", 4)), "Remove them before"),
    "bfloat16": (lambda: pruned("GRU", 4).bfloat16(), "engine='torch'"),
}


@pytest.mark.parametrize(("make", "remedy"), REFUSED.values(), ids=REFUSED)
def test_what_would_compute_something_else_is_refused(
    make: Callable[[], SparseRNN], remedy: str
) -> None:
    with pytest.raises(InputError, match=remedy):
        make().for_inference()


def test_gradients_are_refused() -> None:
    fast, inputs = pruned("GRU", 4).for_inference(), torch.randn(3, 1, F, requires_grad=True)
    with pytest.raises(InputError, match=r"Run it under torch.no_grad\(\)"):
        fast(inputs)
    with torch.no_grad():
        assert not fast(inputs)[0].requires_grad


def test_other_inputs_are_refused_as_the_network_refuses_them() -> None:
    rnn = pruned("GRU", 4)
    state = torch.zeros(1, 2, 4)
    for inputs, first in [
        (torch.randn(3, 2, F + 1), None),
        (torch.randn(3, 2, F).double(), None),
        (torch.randn(3, 1, F), state),
        (torch.randn(3, 2, F), state.double()),
    ]:
        with pytest.raises(InputError) as ours:
            rnn(inputs, first)
        with pytest.raises(InputError) as fasts:
            rnn.for_inference()(inputs, first)
        assert str(fasts.value) == str(ours.value)


@pytest.mark.parametrize("engine", ["fused", "torch"])
@pytest.mark.parametrize("make", [lambda: pruned("LSTM", num_layers=2), lambda: on_graph(False)])
def test_each_state_is_a_tensor_of_its_own(
    make: Callable[[], SparseRNN], engine: Literal["fused", "torch"]
) -> None:
    rnn = make()
    rnn.engine = engine
    states = tensors(rnn(inputs_of(rnn, 5, 2))[1])
    assert all(state.is_contiguous() and not state._is_view() for state in states)
    loss = states[-1].square().sum()
    states[0].detach_().mul_(0.5)  # as in truncated backpropagation through time
    loss.backward()


def test_gradients_are_those_of_what_was_run() -> None:
    rnn = pruned("LSTM", 40, 0.3)  # which PyTorch runs
    loss = rnn(torch.randn(5, 1, F))[0].square().sum()
    expected = torch.autograd.grad(loss, rnn.blocks[0].weight_hh, retain_graph=True)
    with torch.no_grad():
        rnn.blocks[0].weight_hh.mul_(0)
    found = torch.autograd.grad(loss, rnn.blocks[0].weight_hh)
    assert torch.equal(*expected, *found)
