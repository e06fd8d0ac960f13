"""One figure, and beside it the data that it shows."""

from typing import Any

from sparsernn.files.tables import write_csv
from sparsernn.report.drawing import drawn
from sparsernn.report.style import save
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    figure, data = drawn("figures", snakemake.params.spec, dict(snakemake.input.items()))
    save(figure, snakemake.output.pdf)
    save(figure, snakemake.output.svg)
    write_csv(data, snakemake.output.data)
