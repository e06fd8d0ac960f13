"""Pearson correlation of every property with accuracy."""

from typing import Any

from sparsernn.analysis.correlation import correlations
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.graphs.property_names import DIRECTED_PROPERTIES, EXTRA_PROPERTIES, PROPERTIES
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    table = read_csv(snakemake.input.table)
    measured = tuple(name for name in DIRECTED_PROPERTIES if name in table)
    names = PROPERTIES + EXTRA_PROPERTIES + measured
    result = correlations(table, names, snakemake.params.spec["confidence"])
    write_csv(result, snakemake.output.table)
