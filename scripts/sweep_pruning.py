"""The accuracy of one dense network right after pruning, at many percentages, in several ways."""

from typing import Any

from sparsernn.pruning.sweep import sweep
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.training.job import TrainingJob
from sparsernn.training.limits import Limits
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    spec, limits = snakemake.params.spec, Limits(**snakemake.params.limits)
    sweep(TrainingJob(spec, limits, snakemake.input, snakemake.output))
