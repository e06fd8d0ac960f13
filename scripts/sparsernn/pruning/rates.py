"""The learning rate of a way to a sparse network: several are tried on a validation set."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from sparsernn.pruning.rounds import pruned_and_trained
from sparsernn.training.job import TrainingJob
from sparsernn.training.outcomes import Outcome, load_outcome, networks_table
from sparsernn.training.rates import with_choice
from sparsernn.training.shards import trained_dense

__all__ = ["tried_rates"]


def tried_rates(job: TrainingJob) -> pd.DataFrame:
    """Train the networks of a job with each of several learning rates, and choose one of them.

    Args:
        job: of a dense network, or of a way to prune; its `spec` has the `rates`, and the share
            that `validation` holds out, and for a way the `percents`. The seeds are 0, 1, …: for a
            way as many as `inputs.models` has dense networks, else `seeds`.

    Returns:
        One row a network: identity, lr, chosen (1 or 0), and the columns of `networks_table`, those
        of the test set named after the validation set.
    """
    outcomes = [(lr, outcome) for lr in job.spec["rates"] for outcome in _trained(job, lr)]
    table = networks_table([outcome for _, outcome in outcomes])
    names = {name: name.replace("test_", "validation_") for name in table if "test_" in name}
    tried = table.rename(columns=names).assign(lr=[lr for lr, _ in outcomes])
    return with_choice(tried)


def _trained(job: TrainingJob, lr: float) -> Iterator[Outcome]:
    """The networks of all seeds with a learning rate."""
    training = {**job.spec["training"], "lr": lr}
    for seed in range(job.spec["seeds"]):
        spec = {**job.spec, "training": training, "seed": seed}
        if "schedule" not in spec:
            yield trained_dense(replace(job, spec=spec))
            continue
        path = job.inputs.models[seed]
        for percent in spec["percents"]:
            this = replace(job, spec={**spec, "percent": percent})
            yield pruned_and_trained(this, load_outcome(path), path)
