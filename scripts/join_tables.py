"""Networks with the properties of their graphs, one row a network."""

from jobs import job
from sparsernn.files import read_csv, write_csv
from sparsernn.statistics import join

with job(snakemake) as say:
    table = join(read_csv(snakemake.input.networks), read_csv(snakemake.input.properties))
    missing = table[table["status"] != "ok"]
    say(f"{len(table)} networks, {len(missing)} of them not ok")
    write_csv(table, snakemake.output.table)
