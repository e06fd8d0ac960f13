"""One way to prune a network: in each round mask weights, then train with the mask held."""

from typing import Any

from sparsernn.pruning.rounds import prune_in_rounds
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    prune_in_rounds(TrainingJob(spec, limits, snakemake.input, snakemake.output))
