"""What a study found, in plain words."""

from dataclasses import replace
from typing import Any

from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_text
from sparsernn.plugins import function
from sparsernn.report.book import write_report
from sparsernn.report.finding import Findings, described, write_findings
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, out = snakemake.params.spec, snakemake.output
    found = []
    given = [read_csv(path, text=TEXT) for path in snakemake.input.tables]
    for name, places in spec["findings"].items():
        tables = {argument: given[place] for argument, place in places.items()}
        if finding := function("findings", name)(tables):
            figures = [figure for of, *figure in spec["figures"] if name in of]
            found.append(replace(finding, figures=figures))
        log(f"{name}: {'a finding' if finding else 'nothing to say'}")
    networks = map(read_csv, snakemake.input.networks)
    parts = dict(zip(spec["planned"], networks, strict=True))
    there = {part: len(table) for part, table in parts.items()}
    about = {part: described(table) for part, table in parts.items()}
    findings = Findings(spec["study"], spec["planned"], there, about, found, spec["thesis"])
    write_text(write_findings(findings), out.findings)
    write_report(findings.blocks(), out.markdown, out.blocks, out.pdf)
