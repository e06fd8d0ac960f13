"""The thesis's own networks of a kind and cell, evaluated on its own strings."""

from typing import Any

from sparsernn.files.tables import write_csv
from sparsernn.thesis.replay import replay
from sparsernn.training.arithmetic import fix_arithmetic
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    fix_arithmetic()
    table = replay(**snakemake.params.spec["networks"])
    for row in table[table["status"] == "failed"].to_dict("records"):
        log(f"{row['file']}: {row['reason']}")
    log(f"{(table['status'] == 'ok').sum()} of {len(table)} networks replayed")
    write_csv(table, snakemake.output.networks)
