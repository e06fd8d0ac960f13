"""The claims and their verdicts, for readers."""

from jobs import job
from sparsernn.claims import read_judged
from sparsernn.claims_report import claims_report
from sparsernn.files import read_csv, write_bytes, write_text
from sparsernn.report import as_markdown, as_pdf

with job(snakemake):
    questions = read_csv(snakemake.input.answers, ["id", "question"])
    blocks = claims_report(read_judged(snakemake.input.claims), questions)
    write_text(as_markdown(blocks), snakemake.output.markdown)
    write_bytes(as_pdf(blocks), snakemake.output.pdf)
