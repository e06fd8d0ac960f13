"""`sparsernn.prune`: exactly the share that was asked for, in place, of any network."""

import copy
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from torch import nn
from torch.nn.utils import prune as torch_prune

from sparsernn import SequenceClassifier, SparseRNN, Wiring, load, prune, save
from sparsernn.errors import InputError
from sparsernn.pruning.masking import TARGETS, Pruning, Target, prune_network
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED

GRAPH = nx.connected_watts_strogatz_graph(12, 4, 0.5, seed=1)


def gone(rnn: SparseRNN, name: str = "mask_hh") -> int:
    return sum(int((block.get_buffer(name) == 0).sum()) for block in rnn.blocks)


def started(kind: str, size: int = 30) -> SparseRNN:
    """A dense network whose recurrent weights are of a usual start."""
    torch.manual_seed(0)
    rnn = SparseRNN(Wiring.dense("rnn_relu", 10, size), torch.Generator().manual_seed(0))
    weight = rnn.blocks[0].weight_hh
    starts = {
        "identity": lambda: nn.init.eye_(weight),
        "constant": lambda: nn.init.constant_(weight, 0.1),
        "zeros": lambda: nn.init.zeros_(weight),
        "orthogonal": lambda: nn.init.orthogonal_(weight),
        "quantised": lambda: weight.data.mul_(8).round_().div_(8),
        "uniform": lambda: None,
    }
    starts[kind]()
    return rnn


@pytest.mark.parametrize("amount", [0.001, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(
    "kind", ["identity", "constant", "zeros", "orthogonal", "quantised", "uniform"]
)
def test_as_many_weights_go_as_with_torch(kind: str, amount: float) -> None:
    ours, theirs = started(kind), started(kind)
    torch_prune.l1_unstructured(theirs.blocks[0], "weight_hh", amount)
    prune(ours, amount, "h2h")
    assert gone(ours) == int((theirs.blocks[0].weight_hh_mask == 0).sum())
    assert gone(ours, "mask_ih") == 0
    sizes, mask = started(kind).blocks[0].weight_hh.abs(), ours.blocks[0].mask_hh
    if mask.any() and not mask.all():
        assert sizes[~mask].max() <= sizes[mask].min()
    assert not ours.blocks[0].weight_hh[~mask].any()


def test_of_equal_weights_each_unit_loses_about_as_many() -> None:
    rnn = prune(started("constant", 100), 0.5, "h2h")
    left = rnn.blocks[0].mask_hh.sum(1)
    assert int(left.min()) > 30 and int(left.max()) < 70
    again = prune(started("constant", 100), 0.5, "h2h")
    assert torch.equal(rnn.blocks[0].mask_hh, again.blocks[0].mask_hh)


@pytest.mark.parametrize("kind", ["identity", "uniform"])
def test_rounds_of_a_schedule_add_up_to_the_share_of_the_original(kind: str) -> None:
    network = SequenceClassifier(Wiring.dense("rnn_relu", 10, 30))
    network.recurrent = started(kind)
    original = network.wiring
    for percent in range(10, 101, 10):
        network = prune_network(network, Pruning(percent, "h2h", CORRECTED), original)
        assert gone(network.recurrent) == 9 * percent


def test_the_published_protocol_keeps_the_thesis_s_comparison() -> None:
    network = SequenceClassifier(Wiring.dense("rnn_relu", 10, 30))
    network.recurrent = started("constant")
    assert gone(prune_network(network, Pruning(50, "h2h", PUBLISHED)).recurrent) == 0


@pytest.mark.parametrize("wrong", [float("nan"), float("inf")])
def test_a_weight_that_is_not_finite_is_refused(wrong: float) -> None:
    rnn = started("uniform")
    with torch.no_grad():
        rnn.blocks[0].weight_hh[3, 4] = wrong
    with pytest.raises(InputError, match=r"block 'layer 0', weight_hh: 1 of 900 weights are not f"):
        prune(rnn, 0.5)
    assert gone(rnn) == 0
    rnn.blocks[0].mask_hh[3, 4] = False  # one that does not exist does not matter
    prune(rnn, 0.5, "h2h")


def test_it_counts_from_what_exists_and_pruned_weights_never_come_back() -> None:
    rnn = SparseRNN(Wiring.dense("lstm", 8, 10), torch.Generator().manual_seed(0))
    total, before = rnn.wiring.weights, rnn.blocks[0].mask_hh.clone()
    for left in (0.8, 0.64, 0.512):
        assert prune(rnn, 0.2, scope="global") is rnn
        assert abs(rnn.wiring.weights - left * total) <= 1.5
        assert not (rnn.blocks[0].mask_hh & ~before).any()
        before = rnn.blocks[0].mask_hh.clone()
        with torch.no_grad():
            rnn.blocks[0].weight_hh += 1  # even if somebody sets them


def test_masks_edited_by_hand_stay() -> None:
    network = SequenceClassifier(Wiring.from_graph(GRAPH, "gru"))
    block = network.recurrent.blocks[0]
    block.mask_ih[:, :25] = False
    for pruned in (
        prune(copy.deepcopy(network), 0.1, "h2h"),
        prune_network(network, Pruning(10, "h2h", CORRECTED)),
    ):
        assert torch.equal(pruned.recurrent.blocks[0].mask_ih, block.mask_ih)
        assert pruned.wiring.weights == network.wiring.weights - gone(pruned.recurrent)


def test_an_optimiser_goes_on_with_what_is_left() -> None:
    rnn = SparseRNN.from_graph(GRAPH, "lstm", 3)
    optimiser = torch.optim.Adam(rnn.parameters(), lr=0.1)
    for _ in range(4):
        rnn(torch.randn(5, 4, 3))[0].square().sum().backward()
        optimiser.step()
        prune(rnn, 0.3)
    for block in rnn.blocks:
        assert not block.weight_hh[~block.mask_hh].any()


@pytest.mark.parametrize(
    ("choices", "told"),
    [
        ({"amount": 0.0}, "amount is 0.0; expected a share"),
        ({"amount": 1.5}, "amount is 1.5"),
        ({"amount": 1}, "amount is 1; expected a share, above 0 and up to 1.0"),
        ({"amount": float("nan")}, "amount is nan"),
        ({"amount": 0.5, "target": "weight_hh"}, "target among both, i2h, h2h"),
        (
            {"amount": 0.5, "scope": "unit"},
            "scope is 'unit'.*expected one of layer, global, uniform",
        ),
        ({"amount": 0.5, "criterion": "size"}, "criterion 'size'.*magnitude, random"),
        ({"amount": 0.5, "criterion": "random"}, "rng is None"),
    ],
)
def test_other_choices_are_refused(choices: dict[str, Any], told: str) -> None:
    with pytest.raises(InputError, match=told):
        prune(started("uniform"), **choices)


def test_other_modules_are_refused() -> None:
    with pytest.raises(InputError, match=r"is a GRU; expected a SparseRNN.*from_torch"):
        prune(nn.GRU(3, 4), 0.5)  # type: ignore[type-var]


def odd() -> SequenceClassifier:
    """A classifier that differs from the default in everything that can differ."""
    generator = torch.Generator().manual_seed(0)
    wiring = Wiring.from_graph(GRAPH, "lstm")
    network = SequenceClassifier(wiring, 30, 5, generator, "torch", bias=False, dropout=0.25)
    network.embedding.weight.requires_grad_(False)
    network.recurrent.blocks[1].weight_hh.requires_grad_(False)
    network.recurrent.blocks[0].mask_hh = network.recurrent.blocks[0].mask_hh * 0.5
    return network.double().eval()


@pytest.mark.parametrize("how", ["prune", "prune_network", "save", "deepcopy", "from_state_dict"])
def test_a_classifier_stays_what_it_is(how: str, tmp_path: Any) -> None:
    network = odd()
    codes, lengths = torch.arange(30).view(6, 5), [6, 2, 1, 3, 6]
    if how == "prune":
        other = prune(odd(), 0.4)
    elif how == "prune_network":
        other = prune_network(network, Pruning(40, "both", CORRECTED))
    elif how == "save":
        save(network, tmp_path / "network")
        other = load(tmp_path / "network", engine="torch").eval()
    elif how == "deepcopy":
        other = copy.deepcopy(network)
    else:
        wiring, state = network.wiring, network.state_dict()
        other = SequenceClassifier.from_state_dict(wiring, state, engine="torch", dropout=0.25)
        other.eval()
    assert repr(other).replace("sparse", "") != "" and other.out.out_features == 5
    assert other.embedding.num_embeddings == 30 and other.recurrent.dropout == 0.25
    assert {p.dtype for p in other.parameters()} == {torch.float64}
    if how != "from_state_dict":
        frozen = [name for name, p in other.named_parameters() if not p.requires_grad]
        assert frozen == ["embedding.weight", "recurrent.blocks.1.weight_hh"]
    assert set(other.recurrent.blocks[0].mask_hh.unique().tolist()) <= {0.0, 0.5}
    if "prune" in how:
        assert other.wiring.weights < network.wiring.weights
    else:
        assert torch.equal(other(codes, lengths), network(codes, lengths))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_network_comes_back_from_its_file(dtype: torch.dtype, tmp_path: Any) -> None:
    wiring = Wiring.dense("gru", 3, 4, 2, bidirectional=True)
    rnn = SparseRNN(wiring, engine="torch", bias=False, batch_first=True).to(dtype)
    prune(rnn, 0.3)
    save(rnn, tmp_path / "rnn")
    before = torch.get_rng_state()
    again = load(tmp_path / "rnn", engine="torch")
    assert torch.equal(torch.get_rng_state(), before)
    inputs = torch.randn(2, 5, 3).to(dtype)
    torch.testing.assert_close(again(inputs), rnn(inputs), rtol=0, atol=0)
    assert repr(again) == repr(rnn)


def test_what_would_come_back_as_another_network_is_not_saved(tmp_path: Any) -> None:
    rnn = SparseRNN.from_graph(GRAPH, "gru", 3)
    torch_prune.l1_unstructured(rnn.blocks[0], "weight_hh", 0.5)
    with pytest.raises(InputError, match=r"not as it was built: .*weight_hh_mask' is unknown.*pr"):
        save(rnn, tmp_path / "rnn")
    torch_prune.remove(rnn.blocks[0], "weight_hh")  # as the message says
    save(rnn, tmp_path / "rnn")
    inputs = torch.randn(5, 2, 3)
    assert torch.equal(load(tmp_path / "rnn")(inputs)[0], rnn(inputs)[0])
    with pytest.raises(InputError, match=r"a GRU; expected a SparseRNN"):
        save(nn.GRU(3, 4), tmp_path / "rnn")  # type: ignore[arg-type]


@pytest.mark.parametrize("target", TARGETS)
def test_a_large_network_is_pruned_to_the_weight(target: Target) -> None:
    rnn = prune(SparseRNN(Wiring.dense("lstm", 64, 128), engine="torch"), 0.9, target)
    whole = {"both": 98304, "i2h": 32768, "h2h": 65536}[target]
    assert 98304 - rnn.wiring.weights == round(0.9 * whole)
    assert np.isfinite(rnn(torch.randn(3, 2, 64))[0].detach().numpy()).all()
