"""What each pruned network has and cost: non-zeros, steps, operations; and the seconds it took."""

from typing import Any

import pandas as pd

from sparsernn.data.datasets import read_splits
from sparsernn.files.tables import write_csv
from sparsernn.pruning.costs import round_costs
from sparsernn.workflow.jobs import core_seconds, job, log


@job
def main(snakemake: Any) -> None:
    spec, given = snakemake.params.spec, snakemake.input
    examples, _ = read_splits(given.strings)
    costs, seconds = [], []
    for place, earlier in enumerate(spec["earlier"]):
        row = round_costs(given.models[place], examples, spec["dense_epochs"], earlier)
        took = core_seconds(given.logs[place])
        if row.pop("dense"):
            took += core_seconds(given.dense[place])
        costs.append(row)
        seconds.append({name: row[name] for name in spec["identity"]} | {"seconds": took})
    log(f"{len(costs)} networks")
    write_csv(pd.DataFrame(costs), snakemake.output.costs)
    write_csv(pd.DataFrame(seconds), snakemake.output.seconds)
