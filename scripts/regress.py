"""Ordinary least squares of accuracy on properties, with its diagnostics."""

from jobs import job
from sparsernn.files import read_csv, write_csv
from sparsernn.statistics import ols

with job(snakemake):
    spec = snakemake.params.spec
    table = read_csv(snakemake.input.table)
    coefficients, diagnostics = ols(table, spec["features"], spec["confidence"])
    write_csv(coefficients, snakemake.output.coefficients)
    write_csv(diagnostics, snakemake.output.diagnostics)
