"""Pruning: how many weights go, which ones, and that they never come back."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import tiny_network
from torch import Tensor
from torch.nn import functional

from sparsernn.data.strings import Strings
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import TARGETS, Pruning, Target, prune_network, pruned_wiring
from sparsernn.thesis.repository import CELLS
from sparsernn.training.loop import train
from sparsernn.training.settings import Training
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED, Protocol
from sparsernn.wiring.wiring import Wiring

RNG = np.random.default_rng
GLOBAL = replace(CORRECTED, prune_scope="global")


def flat(blocks: Iterable[Any], name: str, *kinds: str) -> np.ndarray:
    """What the blocks have under a name, of these kinds (ih, hh) or of both, in one row."""
    parts = [getattr(b, f"{name}_{kind}") for b in blocks for kind in kinds or ("ih", "hh")]
    arrays = [part.detach().numpy() if isinstance(part, Tensor) else part for part in parts]
    return np.concatenate([array.ravel() for array in arrays])


def masks(wiring: Wiring, *kinds: str) -> np.ndarray:
    return flat(wiring.blocks, "mask", *kinds)


def weights(network: SequenceClassifier, *kinds: str) -> np.ndarray:
    return flat(network.recurrent.blocks, "weight", *kinds)


def initialised(wiring: Wiring) -> SequenceClassifier:
    return SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("protocol", [CORRECTED, GLOBAL, PUBLISHED])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("percent", [10, 25, 50, 90])
def test_the_percentage_is_exact(percent: int, target: Target, protocol: Protocol) -> None:
    # 20 units on 20 inputs, twice: 400 weights in each of four matrices.
    wiring = Wiring.dense("rnn_tanh", 20, 20, 2)
    pruned = prune_network(initialised(wiring), Pruning(percent, target, protocol)).wiring
    total = {"both": 1600, "i2h": 800, "h2h": 800}[target]
    assert wiring.weights - pruned.weights == total * percent / 100


@pytest.mark.parametrize("target", TARGETS)
def test_only_the_target_is_pruned(target: Target) -> None:
    pruned = prune_network(tiny_network("gru"), Pruning(50, target, CORRECTED)).wiring
    for kind, of_targets in (("ih", ("both", "i2h")), ("hh", ("both", "h2h"))):
        assert masks(pruned, kind).all() == (target not in of_targets)


@pytest.mark.parametrize("cell", CELLS)
def test_the_smallest_weights_go(cell: str) -> None:
    network = tiny_network(cell)
    pruned = prune_network(network, Pruning(30, "both", GLOBAL)).wiring
    left, sizes = masks(pruned), np.abs(weights(network))
    assert sizes[~left].max() < sizes[left].min()


def weights_left(wiring: Wiring) -> dict[str, int]:
    return {block.name: int(flat([block], "mask").sum()) for block in wiring.blocks}


def test_a_layer_s_threshold_is_its_own_and_a_global_one_is_shared() -> None:
    network = tiny_network("rnn_tanh")
    with torch.no_grad():
        for parameter in network.recurrent.get_submodule("blocks.0").parameters():
            parameter.mul_(1e-6)  # the first layer's 60 weights are the smallest, of 132
    assert list(weights_left(network.wiring).values()) == [60, 72]
    for choices, left in ((CORRECTED, [36, 43]), (GLOBAL, [7, 72])):
        pruned = prune_network(network, Pruning(40, "both", choices)).wiring
        assert list(weights_left(pruned).values()) == left


def test_blocks_of_one_layer_share_its_threshold() -> None:
    graph = nx.DiGraph([(0, 1), (1, 2), (2, 3), (0, 3), (0, 2)])
    choices = replace(CORRECTED, skips="cells", embedding_size=3)
    wiring = Wiring.from_graph(graph, "lstm", choices)
    rng = np.random.default_rng(0)
    sizes = []
    for block in wiring.blocks:
        ih, hh = rng.random(block.mask_ih.shape), rng.random(block.mask_hh.shape)
        sizes.append((ih, hh) if "from" in block.name else (ih + 2, hh + 2))
    pruned = pruned_wiring(wiring, sizes, Pruning(50, "both", choices))
    # In layers 2 and 3 half of the weights are those of the skipping block, and smaller.
    left = weights_left(pruned)
    assert [left[f"layer {i}"] for i in range(4)] == [8, 4, 8, 8]
    assert [left[f"layer {i} from layer 0"] for i in (2, 3)] == [0, 0]


@pytest.mark.parametrize(("protocol", "left"), [(CORRECTED, 0), (GLOBAL, 0), (PUBLISHED, 1)])
def test_a_hundred_percent_leaves_the_published_protocol_the_largest_weight_and_others_none(
    protocol: Protocol, left: int
) -> None:
    network = tiny_network("lstm")
    pruned = prune_network(network, Pruning(100, "both", protocol))
    sizes = np.abs(weights(pruned))
    assert pruned.wiring.weights == left
    assert sizes[sizes > 0].tolist() == [np.abs(weights(network)).max()] * left


def test_weights_that_a_graph_excludes_do_not_count() -> None:
    wiring = Wiring.from_graph(nx.cycle_graph(10), "gru", CORRECTED)
    pruned = prune_network(initialised(wiring), Pruning(50, "both", GLOBAL)).wiring
    assert pruned.weights == wiring.weights // 2
    assert not (masks(pruned, "ih") & ~masks(wiring, "ih")).any()


@pytest.mark.parametrize("protocol", [CORRECTED, GLOBAL, PUBLISHED])
@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("percent", [15, 60, 100])
def test_random_permutes_within_each_pool(percent: int, target: Target, protocol: Protocol) -> None:
    network, how = tiny_network("lstm"), Pruning(percent, target, protocol)
    with torch.no_grad():
        network.recurrent.get_submodule("blocks.0").weight_ih.mul_(0.3)
    by_magnitude = prune_network(network, how).wiring
    at_random = prune_network(network, replace(how, criterion="random"), rng=RNG(0)).wiring
    kinds = {"both": ("ih", "hh"), "i2h": ("ih",), "h2h": ("hh",)}[target]
    rng = RNG(0)
    for pool in [slice(2)] if protocol.prune_scope == "global" else [slice(1), slice(1, 2)]:
        gone, drawn = (~flat(w.blocks[pool], "mask", *kinds) for w in (by_magnitude, at_random))
        assert np.array_equal(drawn, rng.permutation(gone))
    assert all(masks(at_random, kind).all() for kind in {"ih", "hh"} - {*kinds})


def test_another_criterion_takes_what_it_scores_lowest(monkeypatch: pytest.MonkeyPatch) -> None:
    largest = {"largest": lambda weights, rng: np.abs(weights).max() - np.abs(weights)}
    monkeypatch.setattr("sparsernn.pruning.scoring.function", lambda kind, name: largest[name])
    network = tiny_network()
    pruned = prune_network(network, Pruning(30, "i2h", GLOBAL, "largest")).wiring
    left, sizes = masks(pruned, "ih"), np.abs(weights(network, "ih"))
    assert sizes[~left].min() > sizes[left].max()


@pytest.mark.parametrize(
    "score",
    [
        lambda weights, rng: None,
        lambda weights, rng: 1.0,
        lambda weights, rng: np.full_like(weights, np.nan),
        lambda weights, rng: -np.abs(weights),
        lambda weights, rng: np.abs(weights)[1:],
    ],
)
def test_scores_that_are_no_scores_are_refused(monkeypatch: pytest.MonkeyPatch, score: Any) -> None:
    monkeypatch.setattr("sparsernn.pruning.scoring.function", lambda kind, name: score)
    with pytest.raises(InputError, match=r"criteria/mine\.py: its scores are .* at least 0"):
        prune_network(tiny_network(), Pruning(30, "i2h", GLOBAL, "mine"))


def test_the_pruned_network_has_the_same_weights_elsewhere_and_the_old_one_is_left_alone() -> None:
    network = tiny_network("gru")
    before = {name: value.clone() for name, value in network.state_dict().items()}
    pruned = prune_network(network, Pruning(40, "both", CORRECTED))
    assert np.array_equal(weights(pruned), weights(network) * masks(pruned.wiring))
    assert torch.equal(pruned.out.weight, network.out.weight)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert network.wiring.weights > pruned.wiring.weights


@pytest.mark.parametrize("criterion", ["magnitude", "random"])
@pytest.mark.parametrize("protocol", [CORRECTED, PUBLISHED])
@pytest.mark.parametrize("target", TARGETS)
def test_iterative_rounds_are_nested_and_count_from_the_original(
    target: Target, protocol: Protocol, criterion: str, tiny: Strings
) -> None:
    original = Wiring.dense("rnn_tanh", 10, 10, 2)
    network, rng = initialised(original), RNG(0)
    total = {"both": 400, "i2h": 200, "h2h": 200}[target]
    for percent in (10, 20, 50, 80):
        before, how = network.wiring, Pruning(percent, target, protocol, criterion)
        network = prune_network(network, how, original, rng)
        assert original.weights - network.wiring.weights == total * percent / 100
        train(network, tiny, tiny, Training(1, 10, 0.05, None), RNG(0))
        assert not (masks(network.wiring) & ~masks(before)).any()
        assert not weights(network)[~masks(network.wiring)].any()


def test_what_is_pruned_stays_pruned_whatever_its_weight() -> None:
    original = Wiring.dense("rnn_tanh", 4, 5)
    sizes = [(np.arange(1.0, 21).reshape(5, 4), np.arange(21.0, 46).reshape(5, 5))]
    half = pruned_wiring(original, sizes, Pruning(50, "both", GLOBAL))
    larger = [(10 * ih, hh) for ih, hh in sizes]
    again = pruned_wiring(half, larger, Pruning(10, "both", GLOBAL), original)
    assert not (masks(again) & ~masks(half)).any()
    assert again.weights <= half.weights


@pytest.mark.parametrize(
    ("optimiser", "options"),
    [
        ("Adam", {}),
        ("AdamW", {"weight_decay": 0.5}),
        ("SGD", {"momentum": 0.9, "nesterov": True}),
        ("SGD", {"momentum": 0.9, "weight_decay": 0.5}),
    ],
)
@pytest.mark.parametrize("cell", CELLS)
def test_pruned_weights_stay_zero_under_any_optimiser(
    cell: str, optimiser: str, options: dict[str, Any], tiny: Strings
) -> None:
    network = prune_network(tiny_network(cell), Pruning(60, "both", CORRECTED))
    start = weights(network, "hh")
    steps = getattr(torch.optim, optimiser)(network.parameters(), lr=0.1, **options)
    for batch in [*tiny.batches(10)] * 3:
        codes, lengths = torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths)
        steps.zero_grad()
        functional.cross_entropy(
            network(codes, lengths), torch.from_numpy(batch.targets)
        ).backward()
        steps.step()
    assert not weights(network)[~masks(network.wiring)].any()
    assert not np.array_equal(weights(network, "hh"), start)


PERCENT = r"prune: percent=.*expected a percent in \(0, 100\]"


@pytest.mark.parametrize(
    ("message", "choices"),
    [
        (PERCENT, (0, "both", CORRECTED)),
        (PERCENT, (101, "both", CORRECTED)),
        (PERCENT, (-5, "i2h", CORRECTED)),
        (PERCENT, (float("nan"), "h2h", CORRECTED)),
        (r"target='hidden'.*a target among both, i2h, h2h", (10, "hidden", CORRECTED)),
        ("rng is None", (30, "both", CORRECTED, "random")),
    ],
)
def test_an_impossible_pruning_is_refused(message: str, choices: tuple[Any, ...]) -> None:
    with pytest.raises(InputError, match=message):
        prune_network(tiny_network(), Pruning(*choices))


@pytest.mark.parametrize("protocol", [CORRECTED, GLOBAL, PUBLISHED])
def test_a_matched_random_mask_takes_as_many_of_each_gate(protocol: Protocol) -> None:
    network = initialised(Wiring.dense("lstm", 7, 9, 2))
    with torch.no_grad():  # so that gates lose very different numbers of weights
        for number, parameter in enumerate(network.recurrent.parameters()):
            parameter.mul_(
                torch.linspace(1, 3 + number, len(parameter)).view(-1, *[1] * (parameter.dim() - 1))
            )
    pruning = Pruning(60, "both", protocol)
    matched = replace(pruning, criterion="random_matched")
    first = prune_network(network, pruning).wiring.blocks
    drawn = [prune_network(network, matched, rng=RNG(seed)).wiring.blocks for seed in (0, 1)]

    def counts(blocks: Any) -> list[int]:
        parts = [mask for block in blocks for mask in (block.mask_ih, block.mask_hh)]
        return [int(gate.sum()) for mask in parts for gate in np.split(mask, 4)]

    assert counts(first) == counts(drawn[0]) == counts(drawn[1])
    assert len(set(counts(first))) > 4
    assert (masks_of(drawn[0]) != masks_of(drawn[1])).any()


def masks_of(blocks: Any) -> np.ndarray:
    return flat(blocks, "mask")
