"""The data set: a task's, sampled from the grammars, or a user's own file."""

from typing import Any

from sparsernn.data.arrays import Arrays, write_arrays
from sparsernn.data.data_set import described, make_data
from sparsernn.files.tables import write_csv
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    data = make_data(spec["dataset"], spec["seed"])
    log(described(data))
    if isinstance(data, Arrays):
        write_arrays(data, snakemake.output.strings)
    else:
        write_csv(data, snakemake.output.strings)
