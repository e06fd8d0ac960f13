"""Tables of the same columns, one below the other."""

import pandas as pd

from jobs import job
from sparsernn.files import read_csv, write_csv

with job(snakemake) as say:
    frames = [read_csv(path) for path in snakemake.input]
    # An all-empty part (every network of a shard diverged) must not decide a column's type.
    merged = pd.concat([frame for frame in frames if len(frame)] or frames, ignore_index=True)
    say(f"{len(merged)} rows from {len(frames)} tables")
    write_csv(merged, snakemake.output.table)
