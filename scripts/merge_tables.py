"""Tables of the same columns, one below the other: a named output from the inputs of its name."""

from typing import Any

import pandas as pd

from sparsernn.files.tables import read_csv, write_csv
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    for name, path in snakemake.output.items():
        frames = [read_csv(part) for part in snakemake.input.get(name)]
        # An empty part (every network of a shard diverged) must not decide a column's type.
        merged = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
        log(f"{name}: {len(merged)} rows from {len(frames)} tables")
        write_csv(merged, path)
