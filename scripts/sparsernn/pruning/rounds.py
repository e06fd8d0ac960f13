"""Rounds of pruning: weights of a trained network are masked, and what is left trains on."""

import logging
import math
from collections.abc import Iterator, Mapping
from functools import partial
from os import PathLike
from typing import Any

import torch

from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.pruning.methods import sparse_start
from sparsernn.pruning.scoring import reads_network
from sparsernn.seeds import numpy_generator, torch_seed
from sparsernn.training.finished import FinishedNetworks, work_key
from sparsernn.training.job import TrainingJob
from sparsernn.training.loop import STATUSES, Epoch, Run, evaluate
from sparsernn.training.outcomes import Outcome, load_outcome, network_of
from sparsernn.training.steps import Changing
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["prune_in_rounds", "pruned_and_trained"]

_log = logging.getLogger(__name__)
_IDENTITY = ("protocol", "cell", "seed", "schedule", "target", "percent")


def prune_in_rounds(job: TrainingJob) -> None:
    """Prune the network of a job's `inputs.model` to each percentage, and train it on.

    Args:
        job: its `spec` has `schedule`, `target`, `percents` and `criterion` (None prunes nothing,
            as the control `retrained` does), `iterative` if a round starts from the one before, the
            `size` of the dense network's layers, and the `start`: the "trained" weights, "new"
            ones, or a "small" dense network. With a `method` that says all of this instead; see
            `sparsernn.pruning.methods`.
    """
    job.run(partial(_rounds, job))


def _rounds(job: TrainingJob, finished: FinishedNetworks) -> Iterator[Outcome]:
    apart = ("percents", "iterative")
    given = {name: value for name, value in job.spec.items() if name not in apart}
    files = [job.inputs.strings, job.inputs.model]
    start, where = load_outcome(job.inputs.model), job.inputs.model
    earlier: dict[str, str] = {}
    for percent in job.spec["percents"]:
        this = job.for_network({**given, "percent": percent})
        key = work_key({**this.spec, **this.chosen, **earlier}, files)
        outcome = finished.once(key, partial(pruned_and_trained, this, start, where))
        yield outcome
        if job.spec["iterative"]:
            start, where, earlier = outcome, job.outputs.models, {"before": key}


def pruned_and_trained(job: TrainingJob, before: Outcome, where: str | PathLike[str]) -> Outcome:
    """What comes of the network of one round.

    Args:
        job: as of `prune_in_rounds`, with a `percent` in its `spec`.
        before: the network that the round starts from.
        where: its file, for messages.
    """
    name = "/".join(["pruning", *(str(job.spec[key]) for key in _IDENTITY[1:])])
    network = network_of(before, job.spec["cell"], str(where), job.spec["engine"])
    if network is None or before["status"] != "ok":
        run = Run(status=before["status"], reason=f"not pruned: {before['reason']}")
    else:
        try:
            with job.limited():
                network, changing = _begun(job, name, network)
                network, run = _trained_on(job, name, network, changing)
        except tuple(STATUSES) as error:
            run = Run(status=STATUSES[type(error)], reason=f"{error} before training")
    _log.info(f"{name}: {run.status} {run.reason}")
    return job.outcome({key: job.spec[key] for key in _IDENTITY}, network, run)


def _begun(
    job: TrainingJob, name: str, network: SequenceClassifier
) -> tuple[SequenceClassifier, Changing | None]:
    """The network to train, and what changes its masks meanwhile."""
    if job.spec.get("method") is not None:
        return sparse_start(job, name, network)
    return _started(job, name, _pruned(job, name, network)), None


def _pruned(job: TrainingJob, name: str, network: SequenceClassifier) -> SequenceClassifier:
    """The network without the weights that go in this round."""
    spec = job.spec
    if spec["criterion"] is None:
        return network
    choices = protocol(spec["choices"])
    pruning = Pruning(spec["percent"], spec["target"], choices, spec["criterion"])
    original = Wiring.dense(spec["cell"], **spec["size"])
    rng = numpy_generator(spec["root"], f"{name}/mask")
    if not reads_network(spec["criterion"]):
        return prune_network(network, pruning, original, rng)
    sample = numpy_generator(spec["root"], f"{name}/sample")
    batches = list(job.learned_from.batches(job.training.batch_size, sample))
    return prune_network(network, pruning, original, rng, batches)


def _started(job: TrainingJob, name: str, network: SequenceClassifier) -> SequenceClassifier:
    """The pruned network, or the one that is trained from the start in its place."""
    spec = job.spec
    if spec["start"] == "trained":
        return network
    generator = torch.Generator().manual_seed(torch_seed(spec["root"], f"{name}/weights"))
    wiring = network.wiring if spec["start"] == "new" else _small(spec, network.wiring)
    return job.new_network(wiring, generator)


def _small(spec: Mapping[str, Any], pruned: Wiring) -> Wiring:
    """The dense network of as many layers, and of as many units as fit into a number of weights."""
    step, weights = pruned.readout_step, pruned.weights

    def dense(units: int) -> Wiring:
        return Wiring.dense(
            spec["cell"], **spec["size"] | {"hidden_size": units}, readout_step=step
        )

    sizes = range(1, spec["size"]["hidden_size"] + 1)
    return dense(max((n for n in sizes if dense(n).weights <= weights), default=1))


def _trained_on(
    job: TrainingJob, name: str, network: SequenceClassifier, changing: Changing | None
) -> tuple[SequenceClassifier, Run]:
    """The network, trained; its history begins with epoch 0, right after pruning."""
    loss, accuracy = evaluate(network, job.examples[1], job.training.batch_size)
    _log.info(f"{name}: {network.wiring.weights} weights left, test accuracy {accuracy:.4f}")
    run = job.train(name, network, job.examples, changing)
    run.history.insert(0, Epoch(0, math.nan, math.nan, loss, accuracy))
    return network, run
