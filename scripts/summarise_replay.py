"""How well the thesis's accuracies come back, by kind of network and cell."""

from typing import Any

from sparsernn.files.tables import read_csv, write_csv
from sparsernn.thesis.replay import summary
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    networks = read_csv(snakemake.input.networks)
    saved = networks[networks["kind"] != "pruned"]  # those are the dense ones again
    log(f"{(saved['status'] != 'missing').sum()} of {len(saved)} checkpoints found")
    write_csv(summary(networks), snakemake.output.table)
