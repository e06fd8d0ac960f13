"""Kernels for large sparse networks compute what the reference computes, also at their edges."""

import networkx as nx
import numpy as np
import pytest
import torch
from test_engine import assert_equal, both, strings
from torch.utils._pytree import tree_leaves

from sparsernn.engine.choice import fused_cells
from sparsernn.engine.kernel_plan import make_kernel_plan
from sparsernn.engine.slices import SPAN
from sparsernn.engine.strategy import is_sparse, mostly_absent
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.wiring.wiring import Wiring


@pytest.fixture(autouse=True)
def kernels_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels run also the layers that PyTorch's run faster."""
    monkeypatch.setattr("sparsernn.engine.layers.by_torch", lambda *_: False)


def large(cell: str, share: float = 0.15, inputs: int = 90) -> Wiring:
    """Two layers of 101 units, most weights masked, and some rows and sources without any."""
    wiring, rng = Wiring.dense(cell, inputs, 101, 2), np.random.default_rng(0)
    masks = []
    for block in wiring.blocks:
        pair = [rng.random(mask.shape) < share for mask in (block.mask_ih, block.mask_hh)]
        for mask in pair:
            mask[[0, 7, 100]] = False
            mask[:, 3] = False
        pair[0][50] = False
        masks.append((pair[0], pair[1]))
    return wiring.with_masks(masks)


BATCHES = [(1, True), (3, False), (17, True), (70, False)]
SINGLE, DOUBLE = torch.float32, torch.float64
CASES = [
    *((cell, 0.15, *each, SINGLE) for cell in fused_cells() for each in BATCHES),
    *((cell, share, 1, True, SINGLE) for cell in fused_cells() for share in (0.5, 0.8)),
    *((cell, share, 20, True, SINGLE) for cell in ("gru", "lstm") for share in (0.5, 0.8)),
    # Of one cell, as compiling takes most of the time and a cell's own part knows no precision.
    *(("lstm", 0.15, *each, DOUBLE) for each in BATCHES),
]


@pytest.mark.parametrize(("cell", "share", "batch", "even", "dtype"), CASES)
def test_they_equal_the_reference(
    cell: str, share: float, batch: int, even: bool, dtype: torch.dtype
) -> None:
    wiring, results = large(cell, share), []
    assert is_sparse(make_kernel_plan(wiring, False)) == (share < 0.65)
    for engine in ("torch", "fused"):
        generator = torch.Generator().manual_seed(0)
        rnn = SparseRNN(wiring, generator, engine).to(dtype)
        inputs = torch.randn(5, batch, 90, generator=generator, dtype=dtype, requires_grad=True)
        lengths = None if even else torch.arange(batch) % 6
        with torch.no_grad():
            quick = tree_leaves(rnn(inputs, None, lengths))
        state = (quick[1], quick[2]) if cell == "lstm" else quick[1]
        returned = tree_leaves(rnn(inputs, state, lengths))
        loss = sum(((i + 1) * part * part).mean() for i, part in enumerate(returned))
        gradients = torch.autograd.grad(loss, [inputs, *rnn.parameters()])
        results.append([*quick, *returned, *gradients])
    assert_equal(*results)


def test_so_do_networks_of_more_sources_than_a_slice_reads() -> None:
    wiring, rng = Wiring.dense("rnn_tanh", 3 * SPAN, SPAN + 2), np.random.default_rng(0)
    shapes = [mask.shape for mask in (wiring.blocks[0].mask_ih, wiring.blocks[0].mask_hh)]
    mask_ih, mask_hh = (rng.random(shape) < 0.05 for shape in shapes)
    mask_ih[:, SPAN : 2 * SPAN] = mask_ih[7] = mask_hh[9] = False
    wiring, results = wiring.with_masks([(mask_ih, mask_hh)]), []
    assert is_sparse(make_kernel_plan(wiring, False))
    for engine in ("torch", "fused"):
        rnn = SparseRNN(wiring, torch.Generator().manual_seed(0), engine).to(DOUBLE)
        inputs = torch.randn(3, 20, 3 * SPAN, dtype=DOUBLE, generator=torch.Generator())
        outputs, state = rnn(inputs.requires_grad_())
        loss = outputs.square().sum() + state.sum()
        results.append([outputs, state, *torch.autograd.grad(loss, [inputs, *rnn.parameters()])])
    assert_equal(*results)


def test_so_do_graphs_of_few_edges_whose_weights_alone_are_copied() -> None:
    graph, results = nx.gnm_random_graph(200, 500, seed=0, directed=True), []
    for engine in ("torch", "fused"):
        torch.manual_seed(0)
        rnn = SparseRNN.from_graph(graph, "gru", 8, edges="recurrence", engine=engine).to(DOUBLE)
        inputs = torch.randn(4, 7, 8, dtype=DOUBLE, requires_grad=True)
        outputs, state = rnn(inputs)
        loss = outputs.square().sum() + tree_leaves(state)[0].sum()
        gradients = torch.autograd.grad(loss, [inputs, *rnn.parameters()])
        results.append([outputs, *gradients])
    plan = make_kernel_plan(rnn.wiring, False)
    assert mostly_absent(plan) and not is_sparse(plan)
    assert_equal(*results)


def test_the_gradient_of_parameters_is_the_same_whether_or_not_the_inputs_have_one() -> None:
    wiring = large("lstm")
    for batch in (2, 20):
        rnn = SparseRNN(wiring, torch.Generator().manual_seed(0))
        inputs = torch.randn(5, batch, 90, generator=torch.Generator().manual_seed(0))
        found = []
        for wanted in (False, True):
            outputs, _ = rnn(inputs.requires_grad_(wanted))
            found.append(torch.autograd.grad(outputs.square().sum(), list(rnn.parameters())))
        assert all(map(torch.equal, *found))


@pytest.mark.parametrize("batch", [1, 20])
def test_so_do_classifiers(batch: int) -> None:
    wiring, results = large("lstm"), []
    for network in both(wiring, DOUBLE):
        logits = network(*strings(batch, 7, 1))
        results.append([logits, *torch.autograd.grad(logits.square().sum(), network.parameters())])
    assert_equal(*results)


def test_a_slice_never_reads_what_its_rows_do_not_hear() -> None:
    wiring = large("rnn_tanh")
    rnn = SparseRNN(wiring, torch.Generator().manual_seed(0))
    inputs = torch.randn(1, 20, 90)
    inputs[:, :, 11] = float("nan")
    output, _ = rnn.slots(inputs)
    hears = torch.tensor(wiring.blocks[0].mask_ih[:, 11])
    assert torch.equal(output[0, 0, 90:191].isnan(), hears)


def test_networks_of_the_thesis_and_dense_ones_are_not_sliced() -> None:
    for wiring in (Wiring.dense("lstm", 50, 50, 3), Wiring.dense("lstm", 128, 128)):
        assert not is_sparse(make_kernel_plan(wiring, True))
    masks = [(np.eye(100, 100, dtype=bool), np.eye(100, dtype=bool))]
    wiring = Wiring.dense("rnn_tanh", 100, 100).with_masks(masks)
    assert not is_sparse(make_kernel_plan(wiring, False))
