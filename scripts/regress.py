"""Ordinary least squares of accuracy on properties, with its diagnostics."""

from typing import Any

from sparsernn.analysis.regression import ols
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    table = read_csv(snakemake.input.table)
    coefficients, diagnostics = ols(table, spec["features"], spec["confidence"])
    write_csv(coefficients, snakemake.output.coefficients)
    write_csv(diagnostics, snakemake.output.diagnostics)
