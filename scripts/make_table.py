"""One table, as CSV, Markdown, LaTeX and HTML."""

from typing import Any

from sparsernn.report.drawing import drawn
from sparsernn.report.tables.layout import Layout, write
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    table = drawn("tables", spec, dict(snakemake.input.items()))
    write(table, Layout(**spec["layout"]), dict(snakemake.output.items()))
