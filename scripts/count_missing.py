"""How many networks of a part are missing; no analysis where they are too many."""

from jobs import job
from sparsernn.files import read_csv, write_csv
from sparsernn.missing import check_missing, count_missing, described

with job(snakemake) as say:
    spec = snakemake.params.spec
    networks = read_csv(snakemake.input.networks)
    counts = count_missing(networks, snakemake.wildcards.part)
    say(described(counts))
    check_missing(counts, networks, spec["share"])
    write_csv(counts, snakemake.output.table)
