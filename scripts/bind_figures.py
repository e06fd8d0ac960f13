"""The study in one PDF: its findings, all figures, and the thesis's questions and claims.

Beside it what the HTML report opens with: the findings and the figures.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sparsernn.files.environment import versions
from sparsernn.files.whole import write_bytes, write_text
from sparsernn.report.blocks import read_blocks
from sparsernn.report.book import About, Figure, book
from sparsernn.report.page import Picture, front_page
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    figures = [
        Figure(path, title, caption, section)
        for path, (section, title, caption) in zip(
            snakemake.input.figures, spec["figures"], strict=True
        )
    ]
    newest = max(Path(path).stat().st_mtime for path in snakemake.input.sources)
    about = About(
        study=spec["study"],
        date=datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%d"),
        versions=versions(),
        settings=Path(snakemake.input.settings).read_text(encoding="utf-8"),
    )
    findings = read_blocks(snakemake.input.findings)
    appendices = [block for path in snakemake.input.appendices for block in read_blocks(path)]
    write_bytes(book([*findings, *figures, *appendices], about), snakemake.output.pdf)
    pictures = [
        Picture(Path(path).read_bytes(), figure.title, figure.caption)
        for path, figure in zip(snakemake.input.svgs, figures, strict=True)
    ]
    order = sorted(range(len(pictures)), key=lambda i: not spec["of_findings"][i])
    front = front_page(findings, [pictures[i] for i in order])  # of the findings first
    write_text(front, snakemake.output.front)
    log(f"{len(figures)} figures")
