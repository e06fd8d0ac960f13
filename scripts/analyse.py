"""The answer of a study to one question, as a table."""

from typing import Any

from sparsernn.analysis.settings import Settings
from sparsernn.data.arrays import read_arrays
from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.plugins import function
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    tables = {
        name: read_arrays(path) if path.endswith(".npz") else read_csv(path, text=TEXT)
        for name, path in snakemake.input.items()
    }
    result = function("questions", spec["question"])(tables, Settings(**spec["settings"]))
    log(f"{len(result)} rows")
    write_csv(result, snakemake.output.table)
