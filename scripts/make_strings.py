"""The data set: sampled from the grammars, or a user's own file."""

from typing import Any

from sparsernn.data.datasets import make_strings, read_strings
from sparsernn.data.derived import derive
from sparsernn.files.tables import write_csv
from sparsernn.seeds import numpy_generator
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    settings = dict(spec["dataset"])
    rng = numpy_generator(spec["seed"], "strings")
    own, how = settings.pop("strings"), settings.pop("derive")
    if own is None:
        strings = make_strings(**settings, rng=rng)
    else:
        strings = read_strings(own, settings["test_share"], rng)
    if how is not None:
        strings = derive(strings, how)
    log(f"{len(strings)} strings, {int(strings['valid'].sum())} valid")
    write_csv(strings, snakemake.output.strings)
