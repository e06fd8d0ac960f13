"""Masks that change during training: exact numbers at each step, and nothing left of what went."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import tiny_network, tiny_strings
from torch import Tensor

from sparsernn.data.strings import Batch, Strings
from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.plugins import names
from sparsernn.pruning.dynamic import Dynamic, DynamicSparsity
from sparsernn.pruning.gradual import Gradual, GradualPruning
from sparsernn.pruning.loss import gradients, matrices
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.training.loop import Hooks, train
from sparsernn.training.settings import Training
from sparsernn.training.steps import Change, Changing, stepping
from sparsernn.wiring.protocol import CORRECTED
from sparsernn.wiring.wiring import Wiring

SETTINGS = Training(epochs=3, batch_size=8, lr=0.01, clip_norm=5.0)  # 15 steps
DENSE = Wiring.dense("gru", 4, 6, 2)
UNIFORM = replace(CORRECTED, prune_scope="uniform")
RULES = names("growth")
Engine = Literal["fused", "torch"]


def sparse(engine: Engine = "fused", percent: float = 80) -> SequenceClassifier:
    network = tiny_network("gru")
    network.recurrent.engine = engine
    how = Pruning(percent, "both", replace(CORRECTED, prune_scope="gate"), "random")
    return prune_network(network, how, rng=np.random.default_rng(1))


def dynamic(network: SequenceClassifier, growth: str, **how: Any) -> DynamicSparsity:
    how = {"every": 2, "until": 0.9, **how}
    return DynamicSparsity(network, Dynamic(growth, **how), 15, DENSE, np.random.default_rng(2))


def masks(network: SequenceClassifier) -> list[np.ndarray]:
    return [m.copy() for b in network.wiring.blocks for m in (b.mask_ih, b.mask_hh)]


def steps_of(
    network: SequenceClassifier, changing: Changing
) -> Iterator[tuple[list[np.ndarray], list[list[Tensor]]]]:
    """After each step, the masks, and of each matrix the weight and the optimiser's moments."""
    with stepping(network, SETTINGS, changing=changing) as steps:
        for batch in [*tiny_strings().batches(8)] * 3:
            steps(batch)
            found = [[w.detach(), *steps.moments(w)] for w in matrices(network)]
            yield masks(network), found


def gates(mask: np.ndarray) -> list[int]:
    return [int(gate.sum()) for gate in np.split(mask, 3)]


@pytest.mark.parametrize("engine", ["fused", "torch"])
@pytest.mark.parametrize("growth", RULES)
def test_the_number_of_weights_is_exact_and_nothing_is_left_of_those_that_went(
    growth: str, engine: Engine
) -> None:
    network = sparse(engine)
    before = masks(network)
    changes = 0
    last = before
    for now, tensors in steps_of(network, dynamic(network, growth)):
        changes += any((a != b).any() for a, b in zip(last, now, strict=True))
        last = now
        for mask, first, each in zip(now, before, tensors, strict=True):
            assert mask.sum() == first.sum()
            assert growth != "set" or gates(mask) == gates(first)
            assert not any(tensor[~torch.from_numpy(mask)].any() for tensor in each)
    assert changes >= 3
    stored = network.state_dict()
    for name in ("ih", "hh"):
        weight, mask = (stored[f"recurrent.blocks.0.{kind}_{name}"] for kind in ("weight", "mask"))
        assert not weight[~mask].any() and weight[mask].count_nonzero() > mask.sum() / 2


@pytest.mark.parametrize("engine", ["fused", "torch"])
@pytest.mark.parametrize("optimizer", [{"name": "AdamW"}, {"name": "SGD", "momentum": 0.9}])
def test_nothing_is_left_of_weights_that_went_whatever_the_optimiser(
    optimizer: dict[str, Any], engine: Engine
) -> None:
    network = sparse(engine)
    settings = replace(SETTINGS, optimizer={**optimizer, "weight_decay": 0.1})
    with stepping(network, settings, changing=dynamic(network, "set")) as steps:
        before = masks(network)
        for batch in [*tiny_strings().batches(8)] * 2:
            steps(batch)
            for mask, weight in zip(masks(network), matrices(network), strict=True):
                found = [weight.detach(), *steps.moments(weight)]
                assert len(found) == (3 if optimizer["name"] == "AdamW" else 2)
                assert not any(tensor[~torch.from_numpy(mask)].any() for tensor in found)
        assert any((a != b).any() for a, b in zip(before, masks(network), strict=True))


def test_new_weights_start_from_zero_in_the_optimiser_too() -> None:
    network, seen = sparse(), []
    changing = dynamic(network, "set")

    def watched(step: int, batch: Batch) -> Change | None:
        change = changing(step, batch)
        if change is not None:
            seen.append(change)
        return change

    with stepping(network, SETTINGS, changing=watched) as steps:
        for batch in [*tiny_strings().batches(8)][:2]:
            steps(batch)
        [change] = seen
        flat = [(k, m) for pair in zip(*change, strict=True) for k, m in zip(*pair, strict=True)]
        for weight, (kept, now) in zip(matrices(network), flat, strict=True):
            came, tensors = now & ~kept, [weight, *steps.moments(weight)]
            assert came.any() and not any(tensor[came].any() for tensor in tensors)
            assert all(tensor[kept].any() for tensor in tensors)


def test_both_engines_take_the_same_course() -> None:
    courses = []
    for engine in ("fused", "torch"):
        network = sparse(engine).double()  # type: ignore[arg-type]
        courses.append(list(steps_of(network, dynamic(network, "rigl"))))
    for (now, tensors), (other, others) in zip(*courses, strict=True):
        assert all(np.array_equal(a, b) for a, b in zip(now, other, strict=True))
        for one, two in zip(tensors, others, strict=True):
            assert all(torch.allclose(a, b, atol=1e-9) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("growth", RULES)
def test_the_same_seed_gives_the_same_bytes(growth: str, tiny: Strings) -> None:
    outcomes = []
    for _ in range(2):
        network = sparse()
        changing = dynamic(network, growth)
        run = train(
            network, tiny, tiny, SETTINGS, np.random.default_rng(0), Hooks(changing=changing)
        )
        state = b"".join(value.numpy().tobytes() for value in network.state_dict().values())
        outcomes.append((state, run.history))
    assert outcomes[0] == outcomes[1] and run.status == "ok"


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_rigl_takes_the_steepest_places(engine: Engine) -> None:
    network, batch = sparse(engine), next(tiny_strings().batches(8))
    dense = SequenceClassifier(DENSE, engine="torch")
    for own, weight in zip(dense.parameters(), network.parameters(), strict=True):
        own.data.copy_(weight)
    change = dynamic(network, "rigl")(2, batch)
    assert change is not None
    kept = [mask for pair in change.kept for mask in pair]
    now = [mask for pair in change.masks for mask in pair]
    for slope, stays, exists in zip(gradients(dense, [batch]), kept, now, strict=True):
        came, left_out = exists & ~stays, ~exists
        assert slope[came].abs().min() > slope[left_out].abs().max() - 1e-7


def test_the_share_that_goes_falls_along_half_a_cosine() -> None:
    network, batch = sparse(percent=50), next(tiny_strings().batches(8))
    changing = dynamic(network, "selfish_rnn", share=0.4, until=1.0)
    present = masks(network)
    for step, share in ((2, 0.4 * (1 + np.cos(np.pi * 2 / 15)) / 2), (8, 0.4 * 0.4477)):
        change = changing(step, batch)
        assert change is not None
        for mask, kept in zip(present, (m for pair in change.kept for m in pair), strict=True):
            assert mask.sum() - int(kept.sum()) == round(share * mask.sum())
    assert changing(3, batch) is None and changing(16, batch) is None


def test_weights_come_only_where_the_graph_has_edges() -> None:
    wiring = Wiring.from_graph(nx.cycle_graph(12), "gru", replace(CORRECTED, embedding_size=4))
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0))
    network = prune_network(
        network, Pruning(50, "both", UNIFORM, "random"), rng=np.random.default_rng(0)
    )
    how, before = Dynamic("set", every=1, until=1.0), network.wiring.weights
    changing = DynamicSparsity(network, how, 15, wiring, np.random.default_rng(0))
    for now, _ in steps_of(network, changing):
        edges = [mask for block in wiring.blocks for mask in (block.mask_ih, block.mask_hh)]
        assert not any((mask & ~may).any() for mask, may in zip(now, edges, strict=True))
    assert network.wiring.weights == before


def test_scores_that_are_no_scores_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sparsernn.pruning.growth.set.set", lambda count, rng: np.zeros(3))
    with pytest.raises(InputError, match=r"growth/set\.py: its scores are .*one for each place"):
        dynamic(sparse(), "set")(2, next(tiny_strings().batches(8)))


@pytest.mark.parametrize("engine", ["fused", "torch"])
@pytest.mark.parametrize("criterion", ["magnitude", "snip"])
def test_gradual_pruning_ends_at_the_percentage(criterion: str, engine: Engine) -> None:
    network = tiny_network("gru")
    network.recurrent.engine = engine
    whole, strings = network.wiring.weights, tiny_strings()
    how, pruning = Gradual(every=2, until=0.8), Pruning(90, "both", UNIFORM, criterion)
    batches = list(strings.batches(8))
    left = []
    for now, tensors in steps_of(
        network, GradualPruning(network, pruning, how, 15, batches=batches)
    ):
        left.append(sum(int(mask.sum()) for mask in now))
        for mask, each in zip(now, tensors, strict=True):
            assert not any(tensor[~torch.from_numpy(mask)].any() for tensor in each)
    assert left[0] == whole and left == sorted(left, reverse=True)
    for step in (2, 4, 6):
        assert left[step - 1] == pytest.approx(
            whole * (1 - 0.9 * (1 - (1 - step / 12) ** 3)), abs=4
        )
    at_once = prune_network(tiny_network("gru"), replace(pruning, criterion="magnitude"))
    assert left[11] == left[-1] == at_once.wiring.weights


@pytest.mark.parametrize("name", names("schedules"))
def test_a_schedule_rises_to_one(name: str) -> None:
    from sparsernn.plugins import function

    shares = [function("schedules", name)(progress) for progress in np.linspace(0, 1, 11)]
    assert (shares[0], shares[-1]) == (0, 1) and shares == sorted(shares)
