"""Accuracy right after pruning, at many percentages, of one dense network: nothing is retrained."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import pandas as pd

from sparsernn.files.tables import write_csv
from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.seeds import numpy_generator
from sparsernn.training.job import TrainingJob
from sparsernn.training.loop import evaluate
from sparsernn.training.outcomes import load_network
from sparsernn.wiring.protocol import protocol

__all__ = ["SCOPES", "sweep"]

_log = logging.getLogger(__name__)
SCOPES: tuple[Literal["layer", "global"], ...] = ("layer", "global")
_COLUMNS = ["scope", "criterion", "draw", "percent", "weights", "test_loss", "test_acc"]


class _Arm(NamedTuple):
    """A way to prune: weights compared within a scope, and which random mask, if it is one."""

    scope: Literal["layer", "global"]
    criterion: str
    draw: int


def sweep(job: TrainingJob) -> None:
    """Prune the network of a job's `inputs.model` in all ways, each time from the trained network.

    The ways are magnitude within layers and over all (`scope`), and of each `draws` random masks
    that remove as many weights of every layer, matrix and gate.

    Args:
        job: its `spec` has `target`, `percents` and `draws`; `outputs.table` gets a row for each
            way and percentage, and one for the network itself at 0.
    """
    spec = job.spec
    identity = {name: spec[name] for name in ("protocol", "cell", "seed")}
    before, network = load_network(job.inputs.model, spec["cell"], spec["engine"])
    rows: list[dict[str, Any]] = []
    if network is not None and before["status"] == "ok":
        rows = [identity | row for row in _rows(job, network)]
    _log.info("%d prunings; the network is %s", len(rows), before["status"])
    write_csv(pd.DataFrame(rows, columns=[*identity, *_COLUMNS]), job.outputs.table)


def _rows(job: TrainingJob, network: SequenceClassifier) -> Iterator[dict[str, Any]]:
    for arm in _arms(job.spec["draws"]):
        yield arm._asdict() | {"percent": 0} | _measured(job, network)
        for percent in job.spec["percents"]:
            name = _identity(job.spec, arm, percent)
            rng = numpy_generator(job.spec["root"], name)
            choices = replace(protocol(job.spec["choices"]), prune_scope=arm.scope)
            pruning = Pruning(percent, job.spec["target"], choices, arm.criterion)
            pruned = prune_network(network, pruning, rng=rng)
            yield arm._asdict() | {"percent": percent} | _measured(job, pruned)


def _arms(draws: int) -> list[_Arm]:
    magnitude = [_Arm(scope, "magnitude", 0) for scope in SCOPES]
    return [
        *magnitude,
        *(
            arm._replace(criterion="random_matched", draw=draw)
            for arm in magnitude
            for draw in range(draws)
        ),
    ]


def _identity(spec: Any, arm: _Arm, percent: float) -> str:
    parts = (spec["cell"], spec["seed"], spec["target"], arm.scope, arm.draw, percent)
    return "/".join(["sweep", *map(str, parts)])


def _measured(job: TrainingJob, network: SequenceClassifier) -> dict[str, Any]:
    loss, accuracy = evaluate(network, job.examples[1], job.training.batch_size)
    return {"weights": network.wiring.weights, "test_loss": loss, "test_acc": accuracy}
