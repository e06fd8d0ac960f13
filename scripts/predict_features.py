"""Accuracy predicted on the thesis's split, by set of features, and what a forest relies on."""

from typing import Any

from sparsernn.analysis.prediction import ThesisSplit, feature_sets
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    settings = dict(snakemake.params.spec["settings"])
    draws = settings.pop("draws")
    table = read_csv(snakemake.input.table)
    scores, importances = feature_sets(table, ThesisSplit(**settings), draws)
    write_csv(scores, snakemake.output.scores)
    write_csv(importances, snakemake.output.importances)
