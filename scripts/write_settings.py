"""All settings of a study as a file: the defaults, with what its configuration changes."""

from typing import Any

from sparsernn.workflow.jobs import job
from sparsernn.workflow.settings.settings_file import write_settings


@job
def main(snakemake: Any) -> None:
    write_settings(snakemake.params.spec["config"], snakemake.output.settings)
