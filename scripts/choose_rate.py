"""The learning rate of a network: several are tried, and judged on a part of the training set."""

from typing import Any

from sparsernn.files.tables import write_csv
from sparsernn.pruning.rates import tried_rates
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    trials = TrainingJob(spec, limits, snakemake.input, snakemake.output)
    write_csv(tried_rates(trials), snakemake.output.table)
