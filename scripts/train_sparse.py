"""A shard of sparse networks: one for each graph of a shard, all of one cell and protocol."""

from typing import Any

from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.training.shards import train_shard
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    train_shard(TrainingJob(spec, limits, snakemake.input, snakemake.output))
