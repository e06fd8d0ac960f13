"""How many networks of a part are missing; no analysis where they are too many."""

from typing import Any

from sparsernn.analysis.missing import check_missing, count_missing, described
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    networks = read_csv(snakemake.input.networks)
    counts = count_missing(networks, snakemake.wildcards.part)
    log(described(counts))
    check_missing(counts, networks, spec["share"])
    write_csv(counts, snakemake.output.table)
