"""What each pruned network has and cost: non-zeros, steps, operations; and the seconds it took."""

import math
from typing import Any

import pandas as pd

from sparsernn.data.datasets import read_splits
from sparsernn.files.tables import write_csv
from sparsernn.pruning.costs import costs_of_way
from sparsernn.training.finished import SHOWN, seconds_of_networks
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, given = snakemake.params.spec, snakemake.input
    examples, _ = read_splits(given.strings)
    costs, seconds = [], []
    for models, own, dense in zip(given.models, given.logs, given.dense, strict=True):
        took = seconds_of_networks(own)
        [before] = seconds_of_networks(dense).values() or [math.nan]
        for row in costs_of_way(models, examples, spec["dense_epochs"]):
            rounds = sum(took.get(key[:SHOWN], math.nan) for key in row.pop("keys"))
            whole = rounds + before if row.pop("dense") else rounds
            costs.append(row)
            seconds.append({name: row[name] for name in spec["identity"]} | {"seconds": whole})
    log(f"{len(costs)} networks")
    write_csv(pd.DataFrame(costs), snakemake.output.costs)
    write_csv(pd.DataFrame(seconds), snakemake.output.seconds)
