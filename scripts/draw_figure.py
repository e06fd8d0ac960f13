"""One figure, and beside it the data that it shows."""

from sparsernn.data.strings import TEXT
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.report.figures.registry import FIGURES, save
from sparsernn.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    tables = {name: read_csv(path, text=TEXT) for name, path in snakemake.input.items()}
    for name, table in tables.items():
        if "protocol" in table:
            tables[name] = table[table["protocol"] == spec["protocol"]]
    figure, data = FIGURES[spec["kind"]](**tables, **spec["options"])
    save(figure, snakemake.output.pdf)
    save(figure, snakemake.output.svg)
    write_csv(data, snakemake.output.data)
