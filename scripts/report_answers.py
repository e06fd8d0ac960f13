"""What the study answers to the research questions, for readers."""

from jobs import job
from sparsernn.answers import answers_report
from sparsernn.claims import read_judged
from sparsernn.files import read_csv, write_bytes, write_text
from sparsernn.report import as_markdown, as_pdf

with job(snakemake):
    spec = snakemake.params.spec
    paths = dict(snakemake.input.items())
    judged = read_judged(paths.pop("claims"))
    answers = read_csv(paths.pop("answers"), ["id", "question", "answer", "claims"])
    tables = {name: read_csv(path) for name, path in paths.items()}
    blocks = answers_report(judged, answers, tables, spec["schedules"], spec["confidence"])
    write_text(as_markdown(blocks), snakemake.output.markdown)
    write_bytes(as_pdf(blocks), snakemake.output.pdf)
