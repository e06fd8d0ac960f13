"""The study in one PDF: its answers, all figures, the claims."""

from datetime import UTC, datetime
from pathlib import Path

from sparsernn.files.environment import versions
from sparsernn.report.book import Chapter, Page, TitlePage, bind
from sparsernn.workflow.jobs import job
from sparsernn.workflow.settings import as_yaml

with job(snakemake) as say:
    spec = snakemake.params.spec
    pages = [
        Page(path, title, caption, section)
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
    answers = Chapter(snakemake.input.answers, "Answers")
    claims = Chapter(snakemake.input.claims, "Claims")
    bind([answers, *pages, claims], title_page, snakemake.output.pdf)
    say(f"{len(pages)} figures")
