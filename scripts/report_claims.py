"""The claims and their verdicts, for readers."""

from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_bytes, write_text
from sparsernn.report.blocks import as_markdown, as_pdf
from sparsernn.report.claims import claims_report
from sparsernn.thesis.claims import read_judged
from sparsernn.workflow.jobs import job

with job(snakemake):
    questions = read_csv(snakemake.input.answers, ["id", "question"])
    blocks = claims_report(read_judged(snakemake.input.claims), questions)
    write_text(as_markdown(blocks), snakemake.output.markdown)
    write_bytes(as_pdf(blocks), snakemake.output.pdf)
