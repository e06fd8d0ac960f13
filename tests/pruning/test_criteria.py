"""Criteria: their masks are those of a plain computation of each formula, in double precision."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pytest
import torch
from conftest import tiny_network, tiny_strings
from torch import Tensor
from torch.nn import functional

from sparsernn.data.arrays import Arrays
from sparsernn.data.strings import Batch
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.networks.recurrent import SparseRNN
from sparsernn.pruning.masking import Pruning, prune, prune_network
from sparsernn.pruning.scoring import network_scores
from sparsernn.wiring.protocol import CORRECTED
from sparsernn.wiring.wiring import Wiring

GLOBAL = replace(CORRECTED, prune_scope="global")
BATCHES = list(tiny_strings(24).batches(10))
Weights = Sequence[Tensor]


def network_of(cell: str) -> SequenceClassifier:
    network = tiny_network(cell, hidden_size=4)
    return prune_network(
        network, Pruning(20, "both", GLOBAL, "random"), rng=np.random.default_rng(0)
    )


def plain(network: SequenceClassifier) -> tuple[list[Tensor], Callable[[Weights, Batch], Tensor]]:
    """The weights of two layers of RNN-Tanh, and the loss of a batch as a function of them."""
    first, second = network.recurrent.own_blocks()
    parts = [first.weight_ih, first.weight_hh, second.weight_ih, second.weight_hh]
    masks = [mask.double() for block in (first, second) for mask in block.exists()]
    table, out = network.embedding.weight.double(), network.out
    biases = [(b.bias_ih + b.bias_hh).double().detach() for b in (first, second)]

    def loss(weights: Weights, batch: Batch) -> Tensor:
        wi, wh, vi, vh = (w * mask for w, mask in zip(weights, masks, strict=True))
        logits = []
        for string, length in zip(batch.inputs.T, batch.lengths, strict=True):
            h, k = torch.zeros(2, 4, dtype=torch.float64)
            for code in string[:length]:
                h = torch.tanh(wi @ table[code].detach() + wh @ h + biases[0])
                k = torch.tanh(vi @ h + vh @ k + biases[1])
            logits.append(out.weight.double().detach() @ k + out.bias.double().detach())
        return functional.cross_entropy(torch.stack(logits), torch.from_numpy(batch.targets))

    return [part.detach().double().requires_grad_() for part in parts], loss


def whole() -> Batch:
    return next(tiny_strings(24).batches(24))


def ranks(scores: Sequence[Tensor], keep: np.ndarray, share: float) -> np.ndarray:
    """Which weights are left if this share of the dense network's go, the lowest first."""
    flat = np.concatenate([score.detach().numpy().ravel() for score in scores])
    count = round(share * len(flat))
    gone = np.argsort(np.where(keep, flat, -np.inf), kind="stable")[:count]
    left = np.ones(len(flat), bool)
    left[gone] = False
    return left


def masks(network: SequenceClassifier) -> np.ndarray:
    found = [m for b in network.wiring.blocks for m in (b.mask_ih, b.mask_hh)]
    return np.concatenate([mask.ravel() for mask in found])


def pruned(network: SequenceClassifier, criterion: str, percent: float = 60) -> np.ndarray:
    original = Wiring.dense(network.wiring.cell, 4, 4, 2)
    how = Pruning(percent, "both", GLOBAL, criterion)
    return masks(prune_network(network, how, original, batches=BATCHES))


def test_snip_is_weight_times_gradient() -> None:
    network = network_of("rnn_tanh")
    weights, loss = plain(network)
    slopes = torch.autograd.grad(loss(weights, whole()), weights)
    expected = [(w * g).abs() for w, g in zip(weights, slopes, strict=True)]
    assert np.array_equal(pruned(network, "snip"), ranks(expected, masks(network), 0.6))


def test_grasp_is_weight_times_hessian_times_gradient() -> None:
    network = network_of("rnn_tanh")
    weights, loss = plain(network)
    sizes = [w.numel() for w in weights]

    def of_vector(vector: Tensor) -> Tensor:
        parts = vector.split(sizes)
        shaped = [p.view_as(w) for p, w in zip(parts, weights, strict=True)]
        return loss(shaped, whole())

    vector = torch.cat([w.detach().ravel() for w in weights])
    gradient = torch.autograd.functional.jacobian(of_vector, vector)
    _, product = torch.autograd.functional.hvp(of_vector, vector, gradient)
    expected = vector * product
    assert np.array_equal(pruned(network, "grasp"), ranks([expected], masks(network), 0.6))


def test_movement_sums_over_an_epoch_of_adam() -> None:
    network = network_of("rnn_tanh")
    twin = SequenceClassifier.from_state_dict(network.wiring, network.state_dict(), engine="torch")
    optimiser = torch.optim.Adam(twin.double().parameters(), lr=0.001)
    weights = [w for b in twin.recurrent.own_blocks() for w in (b.weight_ih, b.weight_hh)]
    moved = [torch.zeros_like(weight) for weight in weights]
    for batch in BATCHES:
        logits = twin(torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths))
        optimiser.zero_grad()
        functional.cross_entropy(logits, torch.from_numpy(batch.targets)).backward()
        moved = [m - w.detach() * w.grad for m, w in zip(moved, weights, strict=True)]
        optimiser.step()
    assert np.array_equal(pruned(network, "movement"), ranks(moved, masks(network), 0.6))


def flow_scores(cell: str, sizes: Weights, out: Tensor, steps: int) -> list[Tensor]:
    """|w| dR/d|w| of two layers whose units sum over their gates."""
    leaves = [size.clone().requires_grad_() for size in sizes]
    wi, wh, vi, vh = leaves
    h, k, ones = *torch.zeros(2, 4, dtype=torch.float64), torch.ones(4, dtype=torch.float64)
    for _ in range(steps):
        h = (wi @ ones + wh @ h).view(-1, 4).sum(0)
        k = (vi @ h + vh @ k).view(-1, 4).sum(0)
    slopes = torch.autograd.grad((out @ k).sum(), leaves)
    return [size * slope for size, slope in zip(sizes, slopes, strict=True)]


@pytest.mark.parametrize("cell", ["rnn_relu", "gru"])
def test_synflow_prunes_in_rounds_by_the_flow_of_the_unrolled_network(cell: str) -> None:
    network = tiny_network(cell, hidden_size=4)
    blocks = network.recurrent.own_blocks()
    sizes = [w.detach().double().abs() for b in blocks for w in (b.weight_ih, b.weight_hh)]
    out = network.out.weight.detach().double().abs()
    steps = round(float(tiny_strings(24).lengths.mean()))
    left = np.ones(sum(size.numel() for size in sizes), bool)
    for number in range(1, 101):
        masked = torch.from_numpy(left).split([size.numel() for size in sizes])
        now = [s * m.view_as(s) for s, m in zip(sizes, masked, strict=True)]
        scores = flow_scores(cell, now, out, steps)
        left = ranks(scores, left, 1 - 0.1 ** (number / 100))
    assert np.array_equal(pruned(network, "synflow", 90), left)


def test_the_flow_of_relu_is_the_output_of_the_network_on_magnitudes() -> None:
    network = tiny_network("rnn_relu", hidden_size=4).double()
    lengths = torch.tensor([5])
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.abs_()
        for name, parameter in network.named_parameters():
            if "bias" in name or name == "embedding.weight":
                parameter.fill_(float(name == "embedding.weight"))
    network.recurrent.engine = "torch"
    weights = [w for b in network.recurrent.own_blocks() for w in (b.weight_ih, b.weight_hh)]
    output = network(torch.ones(5, 1, dtype=torch.int64), lengths).sum()
    expected = [w * g for w, g in zip(weights, torch.autograd.grad(output, weights), strict=True)]
    batch = Batch(np.ones((5, 1), np.int64), lengths.numpy(), np.zeros(1, np.int64))
    found = [
        torch.tensor(s) for block in network_scores(network, "synflow", [batch]) for s in block
    ]
    factor = found[0].sum() / expected[0].sum()
    for one, other in zip(found, expected, strict=True):
        assert torch.allclose(one, factor * other, rtol=1e-12)


@pytest.mark.parametrize("criterion", ["snip", "grasp", "synflow", "movement"])
@pytest.mark.parametrize("numbers", [False, True])
def test_networks_that_read_numbers_are_scored_too(criterion: str, numbers: bool) -> None:
    values = np.random.default_rng(0).normal(size=(12, 5, 3)).astype(np.float32)
    targets = values[:, -1] if numbers else np.arange(12) % 3
    names = () if numbers else ("a", "b", "c")
    batches = list(Arrays(values, np.full(12, 5), targets, names).batches(4))
    wiring, generator = Wiring.dense("gru", 4, 6), torch.Generator().manual_seed(0)
    network = SequenceClassifier(wiring, num_classes=3, features=3, generator=generator)
    [[ih, hh]] = network_scores(network, criterion, batches)
    assert ih.shape == (18, 4) and hh.shape == (18, 6) and ih.std() > 0 and hh.std() > 0


@pytest.mark.parametrize("scope", ["uniform", "gate"])
@pytest.mark.parametrize("criterion", ["magnitude", "snip"])
def test_each_matrix_or_gate_loses_the_same_share(scope: str, criterion: str) -> None:
    network = tiny_network("gru", hidden_size=8)
    prune(network, 0.75, scope=scope, criterion=criterion, batches=BATCHES)  # type: ignore[arg-type]
    for block in network.wiring.blocks:
        for mask in (block.mask_ih, block.mask_hh):
            assert mask.sum() == mask.size / 4
            gates = [int(gate.sum()) for gate in np.split(mask, 3)]
            assert (gates == [mask.size / 12] * 3) == (scope == "gate")


def test_a_whole_unit_goes_with_all_that_leads_to_it_and_from_it() -> None:
    network = tiny_network("lstm", hidden_size=6)
    original = network.wiring
    for percent in (30, 80):
        found = prune_network(network, Pruning(percent, "units", CORRECTED)).wiring
        for layer, (block, dense) in enumerate(zip(found.blocks, original.blocks, strict=True)):
            alive = block.mask_hh.reshape(4, 6, 6).any((0, 2))
            assert np.array_equal(block.mask_hh, np.tile(alive, 4)[:, None] & alive)
            assert np.array_equal(block.mask_ih.any(1), np.tile(alive, 4))
            size = dense.mask_ih.size + dense.mask_hh.size
            left = int(block.mask_ih.sum() + block.mask_hh.sum())
            one_more = 4 * (alive.sum() + 1) * (block.mask_ih.any(0).sum() + alive.sum() + 1)
            assert left <= size - round(size * percent / 100) < one_more or layer
        heard = found.blocks[1].mask_ih.any(0)
        assert np.array_equal(heard, found.blocks[0].mask_hh.any(0))


def test_a_unit_counts_by_the_sum_over_its_weights() -> None:
    network = tiny_network("rnn_tanh", hidden_size=4)
    with torch.no_grad():
        first, second = network.recurrent.own_blocks()
        for weight in (first.weight_ih, first.weight_hh, second.weight_ih, second.weight_hh):
            weight.fill_(1)
        first.weight_ih[2] = 0.1
    gone = prune_network(network, Pruning(10, "units", CORRECTED)).wiring.blocks[0]
    assert gone.mask_hh.any(1).tolist() == [True, True, False, True]


def test_what_a_criterion_lacks_is_named() -> None:
    with pytest.raises(InputError, match=r"criterion snip: there are no batches; .*Pass some"):
        prune(tiny_network(), 0.5, criterion="snip")
    with pytest.raises(InputError, match=r"criterion snip needs the loss of a SequenceClassifier"):
        prune(SparseRNN(Wiring.dense("gru", 3, 4)), 0.5, criterion="snip", batches=BATCHES)
    with pytest.raises(InputError, match=r"prune: target units with prune_scope='gate'"):
        prune(tiny_network(), 0.5, target="units", scope="gate")


def test_a_criterion_of_the_network_leaves_it_as_it_is() -> None:
    network = tiny_network()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    for criterion in ("snip", "grasp", "movement", "synflow"):
        network_scores(network, criterion, BATCHES)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
