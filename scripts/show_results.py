"""The results of a finished study as a folder that can be published."""

import shutil
from pathlib import Path

from sparsernn.files.environment import machine, versions
from sparsernn.files.tables import read_csv
from sparsernn.files.whole import write_text
from sparsernn.report.captions import heading
from sparsernn.report.core_seconds import costs
from sparsernn.report.showcase import Shown, outcomes, page
from sparsernn.workflow.jobs import job
from sparsernn.workflow.settings import as_yaml

with job(snakemake) as say:
    spec = snakemake.params.spec
    folder = Path(snakemake.output[0])
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    figures = []
    for path, (name, kind, options, protocol) in zip(
        snakemake.input.figures, spec["figures"], strict=True
    ):
        words = heading(kind, protocol, **options)
        file = f"figures/{name.replace('/', '_')}.svg"
        shutil.copyfile(path, folder / file)
        figures.append(Shown(words.title, words.caption, file))
    pages = {"Settings": "settings.yaml"}
    for title, path in zip(spec["pages"], snakemake.input.pages, strict=True):
        pages[title] = Path(path).name
        shutil.copyfile(path, folder / pages[title])
    write_text(as_yaml(spec["config"]), folder / "settings.yaml")
    parts = {name: read_csv(snakemake.input[name]) for name in ("sparse", "dense", "pruning")}
    about = {**machine(), **versions()}
    cost = costs(spec["results"])
    write_text(
        page(spec["config"]["study"], about, outcomes(parts), cost, figures, pages),
        folder / "README.md",
    )
    say(f"{len(figures)} figures")
