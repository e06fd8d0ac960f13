"""Accuracy predicted on the thesis's split, by set of features, and what a forest relies on."""

from sparsernn.analysis.prediction import feature_sets
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    scores, importances = feature_sets(read_csv(snakemake.input.table), **spec["settings"])
    write_csv(scores, snakemake.output.scores)
    write_csv(importances, snakemake.output.importances)
