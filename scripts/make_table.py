"""One table, as CSV, Markdown and LaTeX."""

from sparsernn.data.strings import TEXT
from sparsernn.files.tables import read_csv
from sparsernn.report.tables.study import TABLES, write
from sparsernn.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    tables = {name: read_csv(path, text=TEXT) for name, path in snakemake.input.items()}
    for name, table in tables.items():
        if "protocol" in table:
            tables[name] = table[table["protocol"] == spec["protocol"]]
    result = TABLES[spec["kind"]].make(**tables, **spec["options"])
    paths = dict(snakemake.output.items())
    write(result, spec["kind"], paths, protocol=spec["protocol"], **spec["options"])
