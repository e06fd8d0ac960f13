"""What is kept of each trained network, and the tables that are read off it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
import torch

from sparsernn.data.strings import Strings
from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError, brief
from sparsernn.files.tables import write_csv
from sparsernn.networks.checkpoints import load_checkpoint, network_entry, restore, save_checkpoint
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.seeds import numpy_generator, torch_seed
from sparsernn.training.limits import Limits, memory_errors
from sparsernn.training.loop import Epoch, Run, Training, train
from sparsernn.wiring.wiring import Wiring

__all__ = [
    "history_table",
    "load_network",
    "networks_table",
    "progress",
    "record",
    "train_new",
    "within",
    "write_records",
]

Record = dict[str, Any]
OUTCOME = ["status", "reason", "epochs", "parameters", "weights", *Epoch._fields[1:]]


def record(identity: Mapping[str, Any], network: SequenceClassifier | None, run: Run) -> Record:
    """A network with its history, as plain values and tensors.

    Args:
        identity: what the network is: protocol, cell, seed …; the first columns of its rows.
        network: as training left it; None if it could not be built.
        run: its training.
    """
    kept = {
        "identity": dict(identity),
        "status": run.status,
        "reason": run.reason,
        "history": [list(epoch) for epoch in run.history],
        "parameters": 0,
        "weights": 0,
    }
    if network is None:
        return kept
    wiring = network.wiring
    masked = sum(b.mask_ih.size + b.mask_hh.size for b in wiring.blocks) - wiring.weights
    return kept | {
        "parameters": sum(p.numel() for p in network.parameters()) - masked,
        "weights": wiring.weights,
        **network_entry(network),
    }


def train_new(
    name: str,
    identity: Mapping[str, Any],
    build: Callable[[], Wiring],
    strings: tuple[Strings, Strings],
    spec: Mapping[str, Any],
    limits: Limits,
    say: Callable[[str], None],
) -> Record:
    """Train a new network of a wiring, and keep what `record` keeps.

    Args:
        name: seeds its weights and the order of its batches, and heads its lines in the log.
        identity: see `record`.
        build: makes the wiring.
        strings: to train on, and to test on.
        spec: `root` (the study's seed), `cell`, `engine`, and `training`, the fields of `Training`.
        limits: past which the network is given up.
        say: writes a line to the log.
    """
    settings = Training(**spec["training"])
    generator = torch.Generator().manual_seed(torch_seed(spec["root"], f"{name}/weights"))
    order = numpy_generator(spec["root"], f"{name}/order")
    report = progress(say, name, settings.epochs)
    network = None
    try:
        with within(limits, spec["cell"], spec["engine"]):
            network = SequenceClassifier(build(), generator=generator, engine=spec["engine"])
            run = train(network, *strings, settings, order, report, limits.clock())
    except MemoryError as error:
        run = Run(status="out_of_memory", reason=f"{error} before training")
    say(f"{name}: {run.status} {run.reason}")
    return record(identity, network, run)


@contextmanager
def within(limits: Limits, cell: str, engine: Engine) -> Iterator[None]:
    """A block that trains a network of a cell; past the limit of memory it raises `MemoryError`."""
    if limits.megabytes is not None:
        _warm_up(cell, engine)
    with limits.bounded(), memory_errors():
        yield


@cache
def _warm_up(cell: str, engine: Engine) -> None:
    """Train a small network, so that all that is imported, compiled and allocated once is there.

    It is no part of what a network takes. And compilers and BLAS end the process where they lack
    memory.
    """
    wiring = Wiring.dense(cell, input_size=2, hidden_size=2, num_layers=2)
    network = SequenceClassifier(wiring, generator=torch.Generator().manual_seed(0), engine=engine)
    strings = Strings.encode(pd.DataFrame({"string": ["AB", "ABC"], "valid": [1, 0]}))
    train(network, strings, strings, Training(1, 2, 0.0, 1.0), np.random.default_rng(0))
    square = np.ones((256, 256), np.float32)
    np.matmul(square, square)  # some BLAS take no buffer for small ones


def write_records(records: Sequence[Record], spec: Mapping[str, Any], output: Any) -> None:
    """Write a job's networks: their models with the settings that made them, and their tables.

    Args:
        records: the networks.
        spec: the settings.
        output: paths, as attributes: models, networks, history.
    """
    save_checkpoint(output.models, settings=spec, networks=records)
    write_csv(networks_table(records), output.networks)
    write_csv(history_table(records), output.history)


def networks_table(records: Sequence[Record]) -> pd.DataFrame:
    """One row a network: identity, status, reason, epochs, parameters (all that exist), weights
    (of the recurrent cells that exist), and the figures of its last epoch (empty without one).
    A network that could not be built has 0 parameters."""
    rows = []
    for entry in records:
        last = entry["history"][-1] if entry["history"] else [0, *4 * [float("nan")]]
        outcome = {name: entry[name] for name in ("status", "reason", "parameters", "weights")}
        rows.append(entry["identity"] | dict(zip(Epoch._fields, last, strict=True)) | outcome)
    frame = pd.DataFrame(rows).rename(columns={"epoch": "epochs"})
    return frame[[*records[0]["identity"], *OUTCOME]]


def history_table(records: Sequence[Record]) -> pd.DataFrame:
    """One row an epoch: identity, epoch, losses (mean a string) and accuracies (shares)."""
    rows = [
        entry["identity"] | dict(zip(Epoch._fields, epoch, strict=True))
        for entry in records
        for epoch in entry["history"]
    ]
    return pd.DataFrame(rows, columns=[*records[0]["identity"], *Epoch._fields])


def load_network(
    path: str | PathLike[str], cell: str, engine: Engine = "fused"
) -> tuple[Record, SequenceClassifier | None]:
    """The record and the network of a checkpoint that holds a single one, of the given cell; None
    for a network that could not be built."""
    networks = load_checkpoint(path).get("networks", [])
    if len(networks) != 1:
        raise InputError(
            f"{path}: holds {len(networks)} networks, expected 1. "
            "Give a checkpoint of the dense or pruning rules."
        )
    [entry] = networks
    for name in ("status", "reason"):
        if not isinstance(value := entry.get(name), str):
            raise InputError(
                f"{path}: the network's {name} is {brief(value)}, expected text. "
                "Delete the file to have it made again."
            )
    if entry["status"] != "ok" and "state_dict" not in entry:
        return entry, None
    return entry, restore(entry, cell, str(path), engine)


def progress(say: Callable[[str], None], name: str, epochs: int) -> Callable[[Epoch], None]:
    """A function that reports each epoch of a network in a line."""

    def on_epoch(epoch: Epoch) -> None:
        say(
            f"{name}: epoch {epoch.epoch}/{epochs}, train loss {epoch.train_loss:.4f}, "
            f"accuracy {epoch.train_acc:.4f}; test {epoch.test_loss:.4f}, {epoch.test_acc:.4f}"
        )

    return on_epoch
