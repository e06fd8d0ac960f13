"""Networks with the properties of their graphs, one row a network."""

from typing import Any

from sparsernn.analysis.cases import join
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    table = join(read_csv(snakemake.input.networks), read_csv(snakemake.input.properties))
    missing = table[table["status"] != "ok"]
    log(f"{len(table)} networks, {len(missing)} of them not ok")
    write_csv(table, snakemake.output.table)
