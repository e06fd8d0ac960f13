"""All tables in one Markdown file."""

from pathlib import Path

from jobs import job
from sparsernn.files import write_text

with job(snakemake):
    texts = [Path(path).read_text(encoding="utf-8") for path in snakemake.input]
    write_text("\n".join(texts), snakemake.output[0])
