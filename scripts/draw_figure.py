"""One figure, a page with its caption, and the data that it shows."""

from pathlib import Path
from typing import Any

from sparsernn.files.tables import write_csv
from sparsernn.files.whole import write_text
from sparsernn.report.drawing import drawn
from sparsernn.report.page import Picture, figure_page
from sparsernn.report.style import save
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    figure, data = drawn("figures", snakemake.params.spec, dict(snakemake.input.items()))
    save(figure, snakemake.output.pdf)
    save(figure, snakemake.output.svg)
    svg = Path(snakemake.output.svg).read_bytes()
    picture = Picture(svg, snakemake.params.title, snakemake.params.caption)
    write_text(figure_page(picture), snakemake.output.html)
    write_csv(data, snakemake.output.data)
