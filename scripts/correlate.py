"""Pearson correlation of every property with accuracy."""

from typing import Any

from sparsernn.analysis.correlation import correlations
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.graphs.properties import EXTRA_PROPERTIES, PROPERTIES
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    table = read_csv(snakemake.input.table)
    names = PROPERTIES + EXTRA_PROPERTIES
    result = correlations(table, names, snakemake.params.spec["confidence"])
    write_csv(result, snakemake.output.table)
