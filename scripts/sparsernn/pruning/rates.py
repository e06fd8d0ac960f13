"""The learning rate of a way to a sparse network: several are tried on a validation set."""

from collections.abc import Iterator
from functools import partial
from os import PathLike
from pathlib import Path

from sparsernn.files.tables import write_csv
from sparsernn.pruning.rounds import pruned_and_trained
from sparsernn.training.finished import FinishedNetworks, work_key
from sparsernn.training.job import TrainingJob
from sparsernn.training.outcomes import Outcome, load_outcome, networks_table
from sparsernn.training.rates import with_choice
from sparsernn.training.shards import trained_dense

__all__ = ["try_rates"]


def try_rates(job: TrainingJob) -> None:
    """Train the networks of a job with each of several learning rates, and choose one of them.

    The table that it writes has one row a network: identity, lr, chosen (1 or 0), and the columns
    of `networks_table`, those of the test set named after the validation set.

    Args:
        job: of a dense network, or of a way to prune; its `spec` has the `rates`, and the share
            that `validation` holds out, and for a way the `percents`; it prunes `inputs.model`.
    """
    finished = FinishedNetworks(Path(job.outputs.table).with_suffix(".safetensors"), job.limits)
    trials = [(lr, trial) for lr in job.spec["rates"] for trial in _trained(job, lr, finished)]
    table = networks_table([trial for _, trial in trials])
    names = {name: name.replace("test_", "validation_") for name in table if "test_" in name}
    tried = table.rename(columns=names).assign(lr=[lr for lr, _ in trials])
    write_csv(with_choice(tried), job.outputs.table)
    finished.forget()


def _trained(job: TrainingJob, lr: float, finished: FinishedNetworks) -> Iterator[Outcome]:
    """The networks with a learning rate: a dense one, or those of all percentages."""
    apart = ("rates", "percents", "iterative")
    given = {name: value for name, value in job.spec.items() if name not in apart}
    given["training"] = {**given["training"], "lr": lr}
    if "schedule" not in given:
        this = job.for_network(given)
        yield finished.once(_key(this), partial(trained_dense, this))
        return
    path = job.inputs.model
    dense = load_outcome(path)
    for percent in job.spec["percents"]:
        this = job.for_network({**given, "percent": percent})
        yield finished.once(_key(this, path), partial(pruned_and_trained, this, dense, path))


def _key(job: TrainingJob, *files: str | PathLike[str]) -> str:
    return work_key({**job.spec, **job.chosen}, [job.inputs.strings, *files])
