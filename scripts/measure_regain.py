"""Tables of how soon retraining regains the accuracy, and of how much can be pruned safely."""

from sparsernn.analysis.regain import epochs_to_regain, regained_by_epoch, safe_percent
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job

with job(snakemake):
    networks = read_csv(snakemake.input.networks)
    history, dense = read_csv(snakemake.input.history), read_csv(snakemake.input.dense)
    rules = snakemake.params.spec["rules"]
    for make, path in (
        (epochs_to_regain, snakemake.output.epochs),
        (regained_by_epoch, snakemake.output.by_epoch),
        (safe_percent, snakemake.output.safe),
    ):
        write_csv(make(networks, history, dense, rules["within"], rules["thresholds"]), path)
