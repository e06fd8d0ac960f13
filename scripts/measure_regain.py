"""Tables of how soon retraining regains the accuracy, and of how much can be pruned safely."""

from typing import Any

from sparsernn.analysis.regain import epochs_to_regain, regained, regained_by_epoch, safe_percent
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    history = read_csv(snakemake.input.history)
    networks = regained(
        read_csv(snakemake.input.networks),
        history,
        read_csv(snakemake.input.dense),
        **snakemake.params.spec["rules"],
    )
    epochs = int(history["epoch"].max()) if len(history) else 0
    write_csv(epochs_to_regain(networks), snakemake.output.epochs)
    write_csv(regained_by_epoch(networks, epochs), snakemake.output.by_epoch)
    write_csv(safe_percent(networks), snakemake.output.safe)
