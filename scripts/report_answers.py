"""What the study answers to the research questions, for readers."""

import pandas as pd

from sparsernn.analysis.missing import described
from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_bytes, write_text
from sparsernn.report.answers import answers_report
from sparsernn.report.blocks import Heading, Paragraph, as_markdown, as_pdf
from sparsernn.thesis.claims import read_judged
from sparsernn.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    paths = dict(snakemake.input.items())
    judged = read_judged(paths.pop("claims"))
    answers = read_csv(paths.pop("answers"), ["id", "question", "answer", "claims"])
    counts = pd.concat([read_csv(path) for path in paths.pop("missing")], ignore_index=True)
    tables = {name: read_csv(path) for name, path in paths.items()}
    blocks = answers_report(judged, answers, tables, spec["schedules"], spec["confidence"])
    blocks += [Heading("Networks that are missing"), Paragraph(described(counts))]
    write_text(as_markdown(blocks), snakemake.output.markdown)
    write_bytes(as_pdf(blocks), snakemake.output.pdf)
