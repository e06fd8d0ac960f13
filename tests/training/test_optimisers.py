"""Optimisers, schedules and clipping: as in a plain loop of PyTorch, and what is held holds."""

from typing import Any

import numpy as np
import pytest
import torch
from conftest import tiny_network, tiny_strings
from torch import nn

from sparsernn.errors import InputError
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.training.loop import train
from sparsernn.training.settings import EarlyStopping, Training
from sparsernn.wiring.protocol import CORRECTED

STRINGS = tiny_strings()
OPTIMISERS: list[dict[str, Any]] = [
    {"name": "Adam", "betas": [0.8, 0.99], "eps": 1e-6},
    {"name": "Adam", "weight_decay": 0.1, "amsgrad": True},
    {"name": "AdamW", "weight_decay": 0.1},
    {"name": "SGD"},
    {"name": "SGD", "momentum": 0.9, "nesterov": True, "weight_decay": 0.1},
    {"name": "SGD", "momentum": 0.8, "dampening": 0.2},
    {"name": "RMSprop", "momentum": 0.9, "centered": True},
    {"name": "Adagrad", "lr_decay": 0.1},
    {"name": "Rprop"},
    {"name": "NAdam"},
    {"name": "Adafactor", "weight_decay": 0.1},
]
SCHEDULES: list[dict[str, Any]] = [
    {"name": "StepLR", "step_size": 2, "gamma": 0.3},
    {"name": "CosineAnnealingLR", "T_max": 3},
    {"name": "OneCycleLR", "max_lr": 0.1, "total_steps": 4},
]


def network_of(engine: str, sparse: bool = True) -> SequenceClassifier:
    """A GRU of two layers with half of its weights, in float64."""
    network = tiny_network("gru").double()
    network.recurrent.engine = engine
    return prune_network(network, Pruning(50, "both", CORRECTED)) if sparse else network


def plain(network: SequenceClassifier, how: Training) -> None:
    """What one would write with torch alone, on the engine that is its reference."""
    named = dict(how.optimizer)
    kind = getattr(torch.optim, named.pop("name"))
    options = {k: tuple(v) if isinstance(v, list) else v for k, v in named.items()}
    optimiser = kind(network.parameters(), lr=how.lr, **options)
    named = dict(how.lr_scheduler or {"name": "ConstantLR", "factor": 1.0})
    schedule = getattr(torch.optim.lr_scheduler, named.pop("name"))(optimiser, **named)
    rng = np.random.default_rng(0)
    for _ in range(how.epochs):
        for batch in STRINGS.batches(how.batch_size, rng):
            optimiser.zero_grad()
            logits = network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths))
            nn.functional.cross_entropy(logits, torch.from_numpy(batch.targets)).backward()
            if how.clip_value is not None:
                nn.utils.clip_grad_value_(network.parameters(), how.clip_value)
            optimiser.step()
        schedule.step()


def assert_alike(how: Training) -> None:
    """Both engines train a network as plain PyTorch does."""
    reference = network_of("torch")
    before = [p.detach().clone() for p in reference.parameters()]
    plain(reference, how)
    assert any(not torch.equal(a, b) for a, b in zip(before, reference.parameters(), strict=True))
    for engine in ("fused", "torch"):
        network = network_of(engine)
        run = train(network, STRINGS, STRINGS, how, np.random.default_rng(0))
        assert run.status == "ok"
        pairs = zip(network.parameters(), reference.parameters(), strict=True)
        assert max(float((a - b).detach().abs().max()) for a, b in pairs) < 1e-10
        for block in network.recurrent.own_blocks():
            assert not block.weight_ih[~block.mask_ih].any()
            assert not block.weight_hh[~block.mask_hh].any()


@pytest.mark.parametrize("optimizer", OPTIMISERS, ids=lambda o: "-".join(map(str, o)))
def test_every_optimiser_trains_as_in_a_plain_loop_and_masks_hold(optimizer: Any) -> None:
    assert_alike(Training(3, 16, 0.01, None, optimizer=optimizer))


@pytest.mark.parametrize("schedule", SCHEDULES, ids=lambda s: s["name"])
@pytest.mark.parametrize("name", ["Adam", "SGD"])
def test_every_schedule_is_stepped_after_each_epoch(name: str, schedule: Any) -> None:
    optimizer = {"name": name, **({"momentum": 0.9} if name == "SGD" else {})}
    assert_alike(Training(4, 16, 0.01, None, optimizer=optimizer, lr_scheduler=schedule))


@pytest.mark.parametrize("name", ["Adam", "SGD"])
def test_numbers_of_the_gradient_are_cut(name: str) -> None:
    assert_alike(Training(2, 16, 0.1, None, clip_value=1e-3, optimizer={"name": name}))


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_fixed_weights_stay_whatever_the_optimiser_does(engine: str) -> None:
    network = network_of(engine)
    fixed = network.recurrent.blocks[0].get_parameter("weight_hh").requires_grad_(False)
    before, moved = fixed.clone(), network.out.weight.detach().clone()
    decay = {"name": "SGD", "momentum": 0.9, "weight_decay": 0.5}
    train(
        network,
        STRINGS,
        STRINGS,
        Training(2, 16, 0.1, None, optimizer=decay),
        np.random.default_rng(0),
    )
    assert torch.equal(network.recurrent.blocks[0].weight_hh, before)
    assert not torch.equal(network.out.weight, moved)


@pytest.mark.parametrize("engine", ["fused", "torch"])
def test_the_schedule_on_a_plateau_follows_the_loss_on_the_validation_set(engine: str) -> None:
    flat = {"name": "ReduceLROnPlateau", "patience": 0, "threshold": 9, "threshold_mode": "abs"}
    flat["factor"] = 1e-9
    early = EarlyStopping(share=0.25, patience=None)
    how = Training(3, 16, 0.1, None, lr_scheduler=flat, early_stopping=early)
    run = train(network_of(engine), STRINGS, STRINGS, how, np.random.default_rng(0))
    first, second, third = (loss for loss, _ in run.validation)
    assert first != pytest.approx(second, rel=1e-3)  # a plateau begins after one epoch
    assert second == pytest.approx(third, rel=1e-6)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"optimizer": {"name": "adamw"}}, "optimizer.name: received 'adamw'; expected one of "
         "ASGD, .*, SGD. Did you mean 'AdamW'?"),
        ({"optimizer": {"name": "Muon"}}, "optimizer.name: .* masks exclude would come back"),
        ({"optimizer": {"name": "SGD", "momentun": 1}}, "optimizer.momentun: .*options of SGD: "
         "momentum, dampening, weight_decay, nesterov. Did you mean 'momentum'"),
        ({"optimizer": {"name": "SGD", "momentum": -1}}, "Invalid momentum value: -1"),
        ({"optimizer": {"name": "SGD", "lr": 1}}, "optimizer.lr: .*Set lr beside optimizer"),
        ({"lr_scheduler": {"name": "StepLR"}}, "lr_scheduler: .*its option step_size as well"),
        ({"lr_scheduler": {"name": "LambdaLR"}}, "StepLR. It takes functions"),
        ({"lr_scheduler": {"name": "MultiStepLR", "milestones": ["a"]}}, "a list of numbers"),
        ({"lr_scheduler": {"name": "ReduceLROnPlateau"}}, "Add early_stopping"),
        ({"lr_scheduler": {"name": "OneCycleLR", "max_lr": 1, "total_steps": 2}}, "after 2 epochs"),
    ],
)  # fmt: skip
def test_what_torch_does_not_have_is_refused_before_anything_runs(
    wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        Training(3, 16, 0.01, None, **wrong)
