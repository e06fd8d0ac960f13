"""What came of each trained network: its model, and its lines in two tables."""

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

import pandas as pd

from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError, brief
from sparsernn.networks.checkpoints import load_checkpoint, network_entry, restore
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.loop import Epoch, Run

__all__ = ["Outcome", "history_table", "load_network", "networks_table", "outcome"]

Outcome = dict[str, Any]
_NO_EPOCH = Epoch(0, *4 * [float("nan")])


def outcome(identity: Mapping[str, Any], network: SequenceClassifier | None, run: Run) -> Outcome:
    """A network and its training, as plain values and tensors.

    Args:
        identity: what the network is: protocol, cell, seed …; the first columns of the tables.
        network: the network after training; None if it could not be built.
        run: its training.
    """
    result = {
        "identity": dict(identity),
        "status": run.status,
        "reason": run.reason,
        "history": [list(epoch) for epoch in run.history],
        "parameters": 0,
        "weights": 0,
    }
    if network is None:
        return result
    wiring = network.wiring
    masked = sum(b.mask_ih.size + b.mask_hh.size for b in wiring.blocks) - wiring.weights
    return result | {
        "parameters": sum(p.numel() for p in network.parameters()) - masked,
        "weights": wiring.weights,
        **network_entry(network),
    }


def networks_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row a network: identity, status, reason, epochs, and numbers.

    These are the parameters (all that the masks leave), the weights (of the recurrent cells, that
    the masks leave), and the losses and accuracies of the last epoch: empty if there was none. A
    network that could not be built has 0 parameters.
    """
    rows = []
    for entry in outcomes:
        last = entry["history"][-1] if entry["history"] else _NO_EPOCH
        numbers = {name: entry[name] for name in ("status", "reason", "parameters", "weights")}
        rows.append(entry["identity"] | dict(zip(Epoch._fields, last, strict=True)) | numbers)
    columns = ["status", "reason", "epochs", "parameters", "weights", *Epoch._fields[1:]]
    frame = pd.DataFrame(rows).rename(columns={"epoch": "epochs"})
    return frame[[*outcomes[0]["identity"], *columns]]


def history_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row an epoch: identity, epoch, losses (mean a string) and accuracies (shares)."""
    rows = [
        entry["identity"] | dict(zip(Epoch._fields, epoch, strict=True))
        for entry in outcomes
        for epoch in entry["history"]
    ]
    return pd.DataFrame(rows, columns=[*outcomes[0]["identity"], *Epoch._fields])


def load_network(
    path: str | PathLike[str], cell: str, engine: Engine = "fused"
) -> tuple[Outcome, SequenceClassifier | None]:
    """Read a checkpoint of a single network of a cell; no network if it could not be built.

    Raises:
        InputError: the file is no such checkpoint.
    """
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
                "Delete the file to have it computed again."
            )
    if entry["status"] != "ok" and "state_dict" not in entry:
        return entry, None
    network = restore(entry, cell, str(path), engine)
    if not isinstance(network, SequenceClassifier):
        raise InputError(
            f"{path}: holds a SparseRNN, expected a SequenceClassifier. "
            "Give a checkpoint of the dense or pruning rules."
        )
    return entry, network
