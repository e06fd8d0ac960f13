"""A table of a study that was run before, taken as it is."""

from typing import Any

from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    table = read_csv(snakemake.input.table, text=TEXT)
    log(f"{len(table)} rows of {snakemake.input.table}")
    write_csv(table, snakemake.output.table)
