"""One dense network, the start of pruning."""

from typing import Any

from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.training.shards import train_dense
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    train_dense(TrainingJob(spec, limits, snakemake.input, snakemake.output))
