"""Checkpoints: they come back whole, and nothing in a file of another's is ever run."""

import pickle
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from conftest import tiny_network

from sparsernn.data.strings import Strings
from sparsernn.errors import InputError
from sparsernn.networks.checkpoints import load_checkpoint, network_entry, restore, save_checkpoint
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import prune_network
from sparsernn.thesis.repository import CELLS
from sparsernn.training.loop import Epoch, Run, Training, train
from sparsernn.training.outcomes import (
    history_table,
    load_network,
    networks_table,
    progress,
    record,
)
from sparsernn.wiring.protocol import CORRECTED, PUBLISHED
from sparsernn.wiring.wiring import Wiring

IDENTITY = {"protocol": "corrected", "cell": "gru", "seed": 0}


def logits(network: SequenceClassifier, strings: Strings) -> torch.Tensor:
    batch = next(strings.batches(len(strings)))
    with torch.no_grad():
        return network(torch.from_numpy(batch.codes), torch.from_numpy(batch.lengths))


def saved(path: Path, network: SequenceClassifier, run: Run | None = None) -> Path:
    entry = record(IDENTITY | {"cell": network.wiring.cell}, network, run or Run())
    save_checkpoint(path, settings={"epochs": 1}, networks=[entry])
    return path


@pytest.mark.parametrize("choices", [CORRECTED, PUBLISHED])
@pytest.mark.parametrize("cell", CELLS)
def test_a_graph_network_comes_back_whole(
    tmp_path: Path, cell: str, choices: Any, tiny: Strings
) -> None:
    wiring = Wiring.from_graph(nx.barabasi_albert_graph(12, 2, seed=1), cell, choices)
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0))
    _, again = load_network(saved(tmp_path / "model.pt", network), cell)
    assert torch.equal(logits(again, tiny), logits(network, tiny))
    for ours, theirs in zip(again.wiring.blocks, wiring.blocks, strict=True):
        assert (ours.name, ours.layer) == (theirs.name, theirs.layer)
        for name in ("reads", "adds_to", "mask_ih", "mask_hh"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name))


def test_a_pruned_network_comes_back_pruned_and_trains_on(tmp_path: Path, tiny: Strings) -> None:
    network = prune_network(tiny_network(), 70, "both", CORRECTED)
    _, again = load_network(saved(tmp_path / "model.pt", network), "gru")
    assert again.wiring.weights == network.wiring.weights
    settings = Training(1, 8, 0.01, None)
    runs = [train(n, tiny, tiny, settings, np.random.default_rng(0)) for n in (network, again)]
    assert runs[0].history == runs[1].history


def test_settings_come_back_and_bytes_are_the_same(tmp_path: Path) -> None:
    paths = [saved(tmp_path / name, tiny_network()) for name in ("a.pt", "b.pt")]
    assert load_checkpoint(paths[0])["settings"] == {"epochs": 1}
    assert paths[0].read_bytes() == paths[1].read_bytes()


# Files that are refused


def test_a_checkpoint_of_another_cell_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "model.pt", tiny_network("lstm"))
    with pytest.raises(
        InputError, match=r"model\.pt: holds a network of cell 'lstm', expected gru"
    ):
        load_network(path, "gru")


def test_weights_that_do_not_fit_their_wiring_are_refused() -> None:
    entry = network_entry(tiny_network("lstm"))
    entry["wiring"]["cell"] = "gru"
    with pytest.raises(InputError, match=r"needs \(\(18, 4\), \(18, 6\)\)"):
        restore(entry, "gru")
    entry = network_entry(tiny_network("gru"))
    entry["state_dict"]["out.weight"] = torch.zeros(2, 5)
    with pytest.raises(InputError, match=r"out\.weight is \(2, 5\), expected \(2, 6\)"):
        restore(entry, "gru")


def test_attributes_of_a_state_dict_are_left_out() -> None:
    network = tiny_network()
    entry = network_entry(network)
    entry["state_dict"]._metadata = 3
    assert torch.equal(restore(entry).out.weight, network.out.weight)


@pytest.mark.parametrize("lost", ["wiring", "state_dict"])
def test_a_network_that_lacks_a_part_is_refused(lost: str) -> None:
    entry = network_entry(tiny_network())
    del entry[lost]
    with pytest.raises(InputError, match=rf"here: not a whole network \({lost} is None, expected"):
        restore(entry, "gru", "here")
    entry = network_entry(tiny_network())
    del entry["wiring"]["blocks"][0]["reads"]
    with pytest.raises(InputError, match="not a whole network"):
        restore(entry)


def shorten(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:1000])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (shorten, "not a readable checkpoint"),
        (lambda path: path.write_bytes(b""), "not a readable checkpoint"),
        (lambda path: path.write_text("string,valid\n"), "not a readable checkpoint"),
        (lambda path: path.unlink(), "no such file"),
        (lambda path: torch.save({"weight": torch.zeros(2)}, path), "a PyTorch file, but not a"),
        (lambda path: torch.save([1, 2], path), "a PyTorch file, but not a"),
    ],
    ids=["truncated", "empty", "text", "absent", "state dict", "list"],
)
def test_a_file_that_is_not_ours_or_not_whole_is_refused(
    tmp_path: Path, spoil: Callable[[Path], object], message: str
) -> None:
    path = saved(tmp_path / "model.pt", tiny_network())
    spoil(path)
    with pytest.raises(InputError, match=message) as caught:
        load_checkpoint(path)
    assert str(caught.value).startswith(f"{path}: ")


class Trap:
    """Unpickled without care, it makes a file."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.marker,)


def test_code_in_a_checkpoint_is_refused_and_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    torch.save({"format": "sparsernn checkpoint 1", "x": Trap(marker)}, tmp_path / "trap.pt")
    (tmp_path / "trap.pkl").write_bytes(pickle.dumps(Trap(marker)))
    for name in ("trap.pt", "trap.pkl"):
        with pytest.raises(InputError, match="not a readable checkpoint"):
            load_checkpoint(tmp_path / name)
    assert not marker.exists()
    torch.load(tmp_path / "trap.pt", weights_only=False)
    assert marker.exists(), "the trap works where it is let"


def test_a_file_of_several_networks_is_not_one_model(tmp_path: Path) -> None:
    entry = record(IDENTITY, tiny_network(), Run())
    save_checkpoint(tmp_path / "shard.pt", networks=[entry, entry])
    with pytest.raises(InputError, match=r"holds 2 networks, expected 1"):
        load_network(tmp_path / "shard.pt", "gru")


# Records and the tables read off them


def records() -> list[dict[str, Any]]:
    good = Run([Epoch(1, 0.7, 0.5, 0.6, 0.55), Epoch(2, 0.5, 0.7, 0.4, 0.75)])
    lost = Run([], "diverged", "loss nan at batch 3 in epoch 1")
    network = tiny_network()
    return [record(IDENTITY, network, good), record(IDENTITY | {"seed": 1}, network, lost)]


def test_a_network_s_row_is_its_last_epoch() -> None:
    table = networks_table(records())
    assert list(table) == [
        *IDENTITY,
        *("status", "reason", "epochs", "parameters", "weights"),
        *("train_loss", "train_acc", "test_loss", "test_acc"),
    ]
    assert table["epochs"].tolist() == [2, 0]
    assert table["status"].tolist() == ["ok", "diverged"]
    assert table.loc[0, "test_acc"] == 0.75
    assert table.loc[1, ["train_loss", "train_acc", "test_loss", "test_acc"]].isna().all()


def test_the_history_has_a_row_an_epoch() -> None:
    table = history_table(records())
    assert list(table) == [*IDENTITY, *Epoch._fields]
    assert table["seed"].tolist() == [0, 0]
    assert table["test_acc"].tolist() == [0.55, 0.75]
    empty = history_table(records()[1:])
    assert empty.empty and list(empty) == list(table)


def test_parameters_count_all_that_exist_and_weights_the_recurrent_ones() -> None:
    network = tiny_network("lstm")
    embedding, biases, out = 128 * 4, 2 * 2 * 24, 2 * 6 + 2
    for percent, weights in ((None, 24 * (4 + 6 + 6 + 6)), (50, 24 * 22 // 2)):
        if percent:
            network = prune_network(network, percent, "both", CORRECTED)
        entry = record(IDENTITY, network, Run())
        assert entry["weights"] == weights
        assert entry["parameters"] == embedding + biases + out + weights


def test_progress_is_a_line_an_epoch() -> None:
    lines: list[str] = []
    progress(lines.append, "dense/gru/0", 5)(Epoch(2, 0.5, 0.7, 0.4, 0.75))
    assert lines == [
        "dense/gru/0: epoch 2/5, train loss 0.5000, accuracy 0.7000; test 0.4000, 0.7500"
    ]


def test_the_readout_step_is_saved(tmp_path: Path, tiny: Strings) -> None:
    wiring = replace(tiny_network().wiring, readout_step="last_step")
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0))
    _, again = load_network(saved(tmp_path / "model.pt", network), "gru")
    assert again.wiring.readout_step == "last_step"
    assert torch.equal(logits(again, tiny), logits(network, tiny))
