"""Checkpoints: they come back whole, and nothing in a file of another's is ever run."""

from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import tiny_network
from safetensors.torch import load_file

from sparsernn.data.strings import Strings
from sparsernn.networks.checkpoints import load_checkpoint, save_checkpoint
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.thesis.repository import CELLS
from sparsernn.training.loop import Epoch, Run, train
from sparsernn.training.outcomes import load_network, outcome
from sparsernn.training.settings import Training
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED
from sparsernn.wiring.wiring import Wiring

IDENTITY = {"protocol": "corrected", "cell": "gru", "seed": 0}


def logits(network: SequenceClassifier, strings: Strings) -> torch.Tensor:
    batch = next(strings.batches(len(strings)))
    with torch.no_grad():
        return network(torch.from_numpy(batch.inputs), torch.from_numpy(batch.lengths))


def saved(path: Path, network: SequenceClassifier, run: Run | None = None) -> Path:
    entry = outcome(IDENTITY | {"cell": network.wiring.cell}, network, run or Run())
    save_checkpoint(path, settings={"epochs": 1}, networks=[entry])
    return path


@pytest.mark.parametrize("choices", [CORRECTED, PUBLISHED])
@pytest.mark.parametrize("cell", CELLS)
def test_a_graph_network_comes_back(tmp_path: Path, cell: str, choices: Any, tiny: Strings) -> None:
    wiring = Wiring.from_graph(nx.barabasi_albert_graph(12, 2, seed=1), cell, choices)
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0))
    _, again = load_network(saved(tmp_path / "model.safetensors", network), cell)
    assert torch.equal(logits(again, tiny), logits(network, tiny))
    assert again.wiring.readout_step == wiring.readout_step == choices.readout_step
    for ours, theirs in zip(again.wiring.blocks, wiring.blocks, strict=True):
        assert (ours.name, ours.layer) == (theirs.name, theirs.layer)
        for name in ("reads", "adds_to", "mask_ih", "mask_hh"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name))


def test_a_pruned_network_comes_back_pruned_and_trains_on(tmp_path: Path, tiny: Strings) -> None:
    network = prune_network(tiny_network(), Pruning(70, "both", CORRECTED))
    _, again = load_network(saved(tmp_path / "model.safetensors", network), "gru")
    assert again.wiring.weights == network.wiring.weights
    settings = Training(1, 8, 0.01, None)
    runs = [train(n, tiny, tiny, settings, np.random.default_rng(0)) for n in (network, again)]
    assert runs[0].history == runs[1].history


def test_settings_come_back_and_bytes_are_the_same(tmp_path: Path) -> None:
    paths = [saved(tmp_path / name, tiny_network()) for name in ("a", "longer/b")]
    assert load_checkpoint(paths[0])["settings"] == {"epochs": 1}
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_network_that_was_read_is_written_in_the_same_bytes(tmp_path: Path) -> None:
    lost = Run([Epoch(1, float("nan"), 0.5, float("inf"), 0.1 + 0.2)], "diverged", "loss nan")
    network = prune_network(tiny_network(), Pruning(70, "both", CORRECTED))
    path = saved(tmp_path / "model.safetensors", network, lost)
    content = load_checkpoint(path)
    [entry] = content["networks"]
    assert repr(entry["history"]) == "[[1, nan, 0.5, inf, 0.30000000000000004]]"
    assert list(entry["identity"]) == list(IDENTITY)
    save_checkpoint(tmp_path / "again", **content)
    assert (tmp_path / "again").read_bytes() == path.read_bytes()


def test_weights_are_under_their_names_for_any_reader(tmp_path: Path) -> None:
    network = tiny_network()
    tensors = load_file(saved(tmp_path / "model.safetensors", network))
    state = {f"networks/0/state_dict/{name}": w for name, w in network.state_dict().items()}
    assert tensors.keys() > state.keys()
    assert all(torch.equal(tensors[name], weight) for name, weight in state.items())
