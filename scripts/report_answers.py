"""What the study answers to the research questions, for readers."""

from typing import Any

import pandas as pd

from sparsernn.analysis.missing import described
from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv
from sparsernn.report.answers import TABLES, answers_report
from sparsernn.report.blocks import Heading, Paragraph
from sparsernn.report.book import write_report
from sparsernn.thesis.second_edition import read_twice
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    spec, paths = snakemake.params.spec, snakemake.input
    judged = read_twice(paths.claims)
    answers = read_csv(paths.answers, ["id", "question", "answer", "claims"])
    counts = pd.concat([read_csv(path) for path in paths.missing], ignore_index=True)
    tables = {name: read_csv(paths[name], text=TEXT) for name in TABLES}
    blocks = answers_report(judged, answers, tables, spec["schedules"], spec["confidence"])
    blocks += [Heading("Networks that are missing"), Paragraph(described(counts))]
    write_report(blocks, snakemake.output.markdown, snakemake.output.blocks, snakemake.output.pdf)
