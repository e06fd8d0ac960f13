"""All tables in one Markdown file."""

from pathlib import Path
from typing import Any

from sparsernn.files.whole import write_text
from sparsernn.workflow.jobs import job


@job
def main(snakemake: Any) -> None:
    texts = [Path(path).read_text(encoding="utf-8") for path in snakemake.input]
    write_text("\n".join(texts), snakemake.output[0])
