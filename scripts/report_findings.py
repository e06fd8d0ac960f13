"""What a study found, in plain words."""

from typing import Any

from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_text
from sparsernn.plugins import function
from sparsernn.report.blocks import Heading, Paragraph
from sparsernn.report.book import write_report
from sparsernn.report.finding import as_blocks, write_findings
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, out = snakemake.params.spec, snakemake.output
    findings = []
    for name, paths in spec["findings"].items():
        tables = {argument: read_csv(path, text=TEXT) for argument, path in paths.items()}
        found = function("findings", name)(tables)
        findings += [found] if found else []
        log(f"{name}: {'a finding' if found else 'nothing to say'}")
    missing = [Paragraph(text) for text in spec["missing"]]
    nothing = [] if findings else [Paragraph("The study has no tables that a finding rests on.")]
    title = Heading(f"What was found: {spec['study']}", level=1)
    blocks = [title, *missing, *nothing, *as_blocks(findings)]
    write_text(write_findings(findings), out.findings)
    write_report(blocks, out.markdown, out.blocks, out.pdf)
