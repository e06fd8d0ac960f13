"""Pearson correlation of every property with accuracy."""

from jobs import job
from sparsernn.files import read_csv, write_csv
from sparsernn.properties import EXTRA_PROPERTIES, PROPERTIES
from sparsernn.statistics import correlations

with job(snakemake):
    table = read_csv(snakemake.input.table)
    names = PROPERTIES + EXTRA_PROPERTIES
    result = correlations(table, names, snakemake.params.spec["confidence"])
    write_csv(result, snakemake.output.table)
