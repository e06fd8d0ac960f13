"""The results of a finished study as a folder that can be published."""

from pathlib import Path
from typing import Any

from sparsernn.files.environment import machine, versions
from sparsernn.files.tables import read_csv
from sparsernn.report.showcase import Showcase, Shown, publish
from sparsernn.workflow.core_seconds import costs
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, paths = snakemake.params.spec, snakemake.input
    showcase = Showcase(
        study=spec["study"],
        about={**machine(), **versions()},
        networks={part: read_csv(paths[part]) for part in ("sparse", "dense", "pruning")},
        cost=costs(spec["results"]),
        figures=[
            Shown(name, title, caption, path)
            for (name, title, caption), path in zip(spec["figures"], paths.figures, strict=True)
        ],
        pages=dict(zip(spec["pages"], paths.pages, strict=True)),
    )
    publish(showcase, Path(snakemake.output.page).parent)
    log(f"{len(showcase.figures)} figures")
