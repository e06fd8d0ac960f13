"""Accuracy predicted from the graph's properties, by three regressors."""

from typing import Any

from sparsernn.analysis.prediction import CrossValidation, ThesisSplit, prediction
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    settings, shared = spec["settings"], {name: spec[name] for name in ("confidence", "seed")}
    split = ThesisSplit(settings["test_share"], settings["split_seed"], **shared)
    crossed = CrossValidation(settings["folds"], settings["repeats"], **shared)
    table = prediction(read_csv(snakemake.input.table), split, crossed)
    write_csv(table, snakemake.output.table)
