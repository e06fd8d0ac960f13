"""The claims and their verdicts, for readers."""

from typing import Any

from sparsernn.files.tables import read_csv
from sparsernn.report.book import write_report
from sparsernn.report.claims import claims_report, paper_report
from sparsernn.thesis.paper import read_judged_paper
from sparsernn.thesis.second_edition import read_twice
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    questions = read_csv(snakemake.input.answers, ["id", "question"])
    whole = snakemake.params.spec["whole"]
    blocks = claims_report(read_twice(snakemake.input.claims), questions, whole)
    blocks += paper_report(read_judged_paper(snakemake.input.paper), whole)
    write_report(blocks, snakemake.output.markdown, snakemake.output.blocks, snakemake.output.pdf)
