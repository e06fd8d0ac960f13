"""One round of pruning: mask weights of a network, then retrain with the mask held."""

from typing import Any

from sparsernn.pruning.rounds import prune_round
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    prune_round(TrainingJob(spec, limits, snakemake.input, snakemake.output))
