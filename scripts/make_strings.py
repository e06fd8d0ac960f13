"""The data set: a task's, sampled from the grammars, or a user's own file."""

from typing import Any

from sparsernn.data.arrays import Arrays, write_arrays
from sparsernn.data.datasets import make_strings, read_strings, split_strings
from sparsernn.data.derived import derive
from sparsernn.data.strings import labels_of
from sparsernn.data.task_data import Split, make_task, repeats
from sparsernn.files.tables import write_csv
from sparsernn.seeds import numpy_generator
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, out = snakemake.params.spec, snakemake.output.strings
    data = _data(dict(spec["dataset"]), spec["seed"])
    if isinstance(data, Arrays):
        log(f"{len(data)} sequences of {data.features} features")
        write_arrays(data, out)
    else:
        labels = labels_of(data)
        counts = {} if labels is None else labels.value_counts().to_dict()
        log(f"{len(data)} strings; {', '.join(f'{n} {name}' for name, n in counts.items())}")
        write_csv(data, out)
    log(f"{repeats(data)} of the test set are in the training set, too")


def _data(settings: dict[str, Any], seed: int) -> Any:
    if "task" in settings:
        name = settings["task"]["name"]
        split = Split(settings["test_share"], settings["duplicates"])
        return make_task(settings["task"], split, numpy_generator(seed, f"task/{name}"))
    rng = numpy_generator(seed, "strings")
    own, how = settings.pop("strings"), settings.pop("derive")
    one_side = settings.pop("duplicates", "keep") == "one_side"
    if own is not None:
        strings = read_strings(own, settings["test_share"], rng, one_side)
    else:
        strings = make_strings(**settings, rng=rng)
        if one_side:
            strings = split_strings(strings, settings["test_share"], rng, one_side)
    return strings if how is None else derive(strings, how)
