"""The study in one PDF: all figures, then the answers and the claims."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sparsernn.files.environment import versions
from sparsernn.files.whole import write_bytes
from sparsernn.report.blocks import read_blocks
from sparsernn.report.book import Figure, TitlePage, book
from sparsernn.workflow.jobs import job, log
from sparsernn.workflow.settings.validation import as_yaml


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
    title_page = TitlePage(
        study=spec["config"]["study"],
        date=datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%d"),
        versions=versions(),
        settings=as_yaml(spec["config"]),
    )
    answers, claims = read_blocks(snakemake.input.answers), read_blocks(snakemake.input.claims)
    write_bytes(book([*figures, *answers, *claims], title_page), snakemake.output.pdf)
    log(f"{len(figures)} figures")
