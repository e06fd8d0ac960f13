"""A round of pruning: weights of a trained network are masked, and what is left trains on."""

import logging
import math

from sparsernn.networks.classifier import SequenceClassifier
from sparsernn.pruning.masking import Pruning, prune_network
from sparsernn.seeds import numpy_generator
from sparsernn.training.finished import work_key
from sparsernn.training.job import TrainingJob
from sparsernn.training.loop import Epoch, Run, evaluate
from sparsernn.training.outcomes import Outcome, load_network
from sparsernn.wiring.protocol import protocol
from sparsernn.wiring.wiring import Wiring

__all__ = ["prune_round"]

_log = logging.getLogger(__name__)
_IDENTITY = ("protocol", "cell", "seed", "schedule", "target", "percent")


def prune_round(job: TrainingJob) -> None:
    """Prune the network of a job's `inputs.model`, and train it on.

    Args:
        job: its `spec` has `schedule`, `target`, `percent` and `criterion` (None prunes nothing, as
            the control `retrained` does), and the `size` of the dense network's layers.
    """
    key = work_key(job.spec, [job.inputs.strings, job.inputs.model])
    job.run([(key, lambda: _prune_and_train(job))])


def _prune_and_train(job: TrainingJob) -> Outcome:
    name = "/".join(["pruning", *(str(job.spec[key]) for key in _IDENTITY[1:])])
    before, network = load_network(job.inputs.model, job.spec["cell"], job.spec["engine"])
    if network is None or before["status"] != "ok":
        run = Run(status=before["status"], reason=f"not pruned: {before['reason']}")
    else:
        try:
            with job.limited():
                network, run = _trained_on(job, name, _pruned(job, name, network))
        except MemoryError as error:
            run = Run(status="out_of_memory", reason=f"{error} before training")
    _log.info(f"{name}: {run.status} {run.reason}")
    return job.outcome({key: job.spec[key] for key in _IDENTITY}, network, run)


def _pruned(job: TrainingJob, name: str, network: SequenceClassifier) -> SequenceClassifier:
    """The network without the weights that go in this round."""
    spec = job.spec
    if spec["criterion"] is None:
        return network
    choices = protocol(spec["choices"])
    pruning = Pruning(spec["percent"], spec["target"], choices, spec["criterion"])
    original = Wiring.dense(spec["cell"], **spec["size"])
    return prune_network(network, pruning, original, numpy_generator(spec["root"], f"{name}/mask"))


def _trained_on(
    job: TrainingJob, name: str, network: SequenceClassifier
) -> tuple[SequenceClassifier, Run]:
    """The network, trained; its history begins with epoch 0, right after pruning."""
    loss, accuracy = evaluate(network, job.strings[1], job.training.batch_size)
    _log.info(f"{name}: {network.wiring.weights} weights left, test accuracy {accuracy:.4f}")
    run = job.train(name, network, job.strings)
    run.history.insert(0, Epoch(0, math.nan, math.nan, loss, accuracy))
    return network, run
