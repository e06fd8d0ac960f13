"""Accuracy predicted from the graph's properties, by three regressors."""

from sparsernn.analysis.prediction import prediction
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    result = prediction(
        read_csv(snakemake.input.table),
        **spec["settings"],
        confidence=spec["confidence"],
        seed=spec["seed"],
    )
    write_csv(result, snakemake.output.table)
