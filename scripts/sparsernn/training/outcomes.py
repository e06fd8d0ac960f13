"""What came of each trained network: its model, and its lines in two tables."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from typing import Any

import pandas as pd

from sparsernn.engine.choice import Engine
from sparsernn.errors import InputError, brief
from sparsernn.networks.checkpoints import load_checkpoint, network_entry, restore
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.training.loop import Epoch, Run

__all__ = [
    "LATE",
    "THRESHOLDS",
    "Answered",
    "Outcome",
    "history_table",
    "load_network",
    "load_outcome",
]
__all__ += ["network_of", "networks_table", "outcome"]

Outcome = dict[str, Any]
LATE = 5
"""The last epochs, over which the columns `late_…` are means."""
THRESHOLDS = (0.9, 0.95, 0.99)
"""Test accuracies for which the first epoch that reaches them is recorded."""
_NO_EPOCH = Epoch(0, *4 * [float("nan")])


@dataclass(frozen=True)
class Answered:
    """How a network answers the test set.

    Attributes:
        metric: what its history has beside losses: "acc", or "nrmse" where numbers are predicted.
        wrong: number of examples of each grammar or class that it gets wrong.
        measured: the metrics of the task's file, by their names.
    """

    metric: str = "acc"
    wrong: Mapping[str, int] = field(default_factory=dict)
    measured: Mapping[str, float] = field(default_factory=dict)


_UNSEEN = Answered()


def outcome(
    identity: Mapping[str, Any],
    network: SequenceClassifier | None,
    run: Run,
    answered: Answered = _UNSEEN,
) -> Outcome:
    """A network and its training, as plain values and tensors.

    Args:
        identity: what the network is: protocol, cell, seed …; the first columns of the tables.
        network: the network after training; None if it could not be built.
        run: its training.
        answered: how it answers the test set.
    """
    result = {
        "identity": dict(identity),
        "status": run.status,
        "reason": run.reason,
        "history": [list(epoch) for epoch in run.history],
        "wrong": dict(answered.wrong),
        "metric": answered.metric,
        "parameters": 0,
        "weights": 0,
    }
    if answered.measured:
        result["measured"] = dict(answered.measured)
    if run.validation:  # other networks' files stay as they are
        result["validation"] = [list(epoch) for epoch in run.validation]
    if run.best_epoch is not None:
        result["best_epoch"] = run.best_epoch
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
    the masks leave), the losses and accuracies of the last epoch, and what `_course` and the
    column `wrong_GRAMMAR` (test strings of a grammar that the last epoch's network gets wrong) say:
    empty where there was no epoch. So are the columns `test_METRIC`, of metrics that the task's
    file defines. Where a training may end early, the network, and so its losses
    and accuracies, are those of its `best_epoch`. A network that could not be built has 0
    parameters. Where numbers are predicted, columns are called `nrmse` in the place of `acc`.
    """
    metric = outcomes[0]["metric"]
    rows = []
    for entry in outcomes:
        epochs = {epoch[0]: epoch for epoch in [_NO_EPOCH, *entry["history"]]}
        last = max(epochs)
        best = entry.get("best_epoch")
        numbers = {name: entry[name] for name in ("status", "reason", "parameters", "weights")}
        final = epochs[last if best is None else best]
        epoch = dict(zip(_columns(metric), final, strict=True)) | {"epoch": last}
        epoch |= _course(entry["history"], metric)
        epoch |= {} if best is None else {"best_epoch": best}
        wrong = {f"wrong_{grammar}": count for grammar, count in entry["wrong"].items()}
        own = {f"test_{name}": value for name, value in entry.get("measured", {}).items()}
        rows.append(entry["identity"] | epoch | numbers | own | wrong)
    columns = ["status", "reason", "epochs", "parameters", "weights", *_columns(metric)[1:]]
    frame = pd.DataFrame(rows).rename(columns={"epoch": "epochs"})
    others = [name for name in frame if name not in columns and name not in outcomes[0]["identity"]]
    return frame[[*outcomes[0]["identity"], *columns, *others]]


def _columns(metric: str) -> list[str]:
    """The columns of an epoch."""
    return [name.replace("_acc", f"_{metric}") for name in Epoch._fields]


def _course(history: Sequence[Sequence[float]], metric: str) -> dict[str, float]:
    """The course of a training in a few numbers.

    These are the means of loss and accuracy on the test set over the last `LATE` epochs; and, where
    there is an accuracy, the area under the curve of the test error, as its mean over the epochs,
    and the first epoch with each of `THRESHOLDS`, NaN if there was none.
    """
    epochs = [Epoch(int(number), *rest) for number, *rest in history]
    accuracies, late = [epoch.test_acc for epoch in epochs], epochs[-LATE:]
    mean = {
        "late_test_loss": _mean([epoch.test_loss for epoch in late]),
        f"late_test_{metric}": _mean([epoch.test_acc for epoch in late]),
    }
    if metric != "acc":
        return mean
    mean["error_area"] = _mean([1 - accuracy for accuracy in accuracies])
    return mean | {
        f"epochs_to_{100 * threshold:.0f}": next(
            (epoch.epoch for epoch in epochs if epoch.test_acc >= threshold), math.nan
        )
        for threshold in THRESHOLDS
    }


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values) if values else math.nan


def history_table(outcomes: Sequence[Outcome]) -> pd.DataFrame:
    """One row an epoch: identity, epoch, losses (mean a target) and accuracies (shares).

    Where there is a validation set, its loss and accuracy are in the columns `val_…`.
    """
    metric = outcomes[0]["metric"]
    columns, validated = _columns(metric), ["val_loss", f"val_{metric}"]
    rows = []
    for entry in outcomes:
        checked = dict(enumerate(entry.get("validation", ()), start=1))
        for epoch in entry["history"]:
            of_validation = dict(zip(validated, checked.get(epoch[0], ()), strict=False))
            rows.append(entry["identity"] | dict(zip(columns, epoch, strict=True)) | of_validation)
    more = validated if any("validation" in entry for entry in outcomes) else []
    return pd.DataFrame(rows, columns=[*outcomes[0]["identity"], *columns, *more])


def load_network(
    path: str | PathLike[str], cell: str, engine: Engine = "fused"
) -> tuple[Outcome, SequenceClassifier | None]:
    """Read a checkpoint of a single network of a cell; no network if it could not be built.

    Raises:
        InputError: the file is no such checkpoint.
    """
    entry = load_outcome(path)
    return entry, network_of(entry, cell, str(path), engine)


def load_outcome(path: str | PathLike[str]) -> Outcome:
    """Read what came of the single network of a checkpoint.

    Raises:
        InputError: the file is no such checkpoint.
    """
    networks = load_checkpoint(path).get("networks", [])
    if len(networks) != 1:
        raise InputError(
            f"{path}: holds {len(networks)} networks, expected 1. "
            "Give a checkpoint of the rule that trains dense networks."
        )
    entry: Outcome = networks[0]
    for name in ("status", "reason"):
        if not isinstance(value := entry.get(name), str):
            raise InputError(
                f"{path}: the network's {name} is {brief(value)}, expected text. "
                "Delete the file to have it computed again."
            )
    return entry


def network_of(
    entry: Outcome, cell: str, where: str, engine: Engine = "fused"
) -> SequenceClassifier | None:
    """The network of an outcome, of a cell; None if it could not be built.

    Args:
        entry: of a checkpoint, or just made.
        cell: the network's.
        where: the file, for messages.
        engine: what runs the network.

    Raises:
        InputError: it is no whole network, or none with an embedding and a read-out.
    """
    if entry["status"] != "ok" and "state_dict" not in entry:
        return None
    network = restore(entry, cell, where, engine)
    if not isinstance(network, SequenceClassifier):
        raise InputError(
            f"{where}: holds a SparseRNN, expected a SequenceClassifier. "
            "Give a checkpoint of the rule that trains dense networks."
        )
    return network
