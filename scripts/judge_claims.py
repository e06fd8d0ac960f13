"""The thesis's claims, judged on every protocol, and on every schedule where it matters."""

import pandas as pd

from jobs import job
from sparsernn.claims import judge, read_claims
from sparsernn.files import read_csv, write_csv

with job(snakemake) as say:
    spec = snakemake.params.spec
    paths = dict(snakemake.input.items())
    claims = read_claims(paths.pop("claims"))
    tables = {name: read_csv(path) for name, path in paths.items()}
    results = [
        judge(claims, tables, protocol, spec["schedules"], spec["confidence"])
        for protocol in spec["protocols"]
    ]
    for result in results:
        counts = ", ".join(
            f"{n} {verdict}" for verdict, n in result["verdict"].value_counts().items()
        )
        say(f"{result['protocol'].iloc[0]}: {counts}")
    write_csv(pd.concat(results, ignore_index=True), snakemake.output.table)
