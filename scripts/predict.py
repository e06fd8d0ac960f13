"""Accuracy predicted from the graph's properties, by three regressors."""

from jobs import job
from sparsernn.files import read_csv, write_csv
from sparsernn.prediction import prediction

with job(snakemake):
    spec = snakemake.params.spec
    result = prediction(
        read_csv(snakemake.input.table),
        **spec["settings"],
        confidence=spec["confidence"],
        seed=spec["seed"],
    )
    write_csv(result, snakemake.output.table)
