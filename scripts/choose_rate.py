"""The learning rate of a network: several are tried, and judged on a part of the training set."""

from typing import Any

from sparsernn.pruning.rates import try_rates
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    try_rates(TrainingJob(spec, limits, snakemake.input, snakemake.output))
