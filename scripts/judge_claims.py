"""The thesis's claims, judged on every protocol, and on every schedule where it matters."""

import pandas as pd

from sparsernn.files.tables import read_csv, write_csv
from sparsernn.thesis.claims import judge, read_claims
from sparsernn.workflow.jobs import job

with job(snakemake) as say:
    spec = snakemake.params.spec
    paths = dict(snakemake.input.items())
    claims = read_claims(paths.pop("claims"))
    tables = {name: read_csv(path) for name, path in paths.items()}
    results = [
        judge(claims, tables, protocol, spec["schedules"], spec["confidence"])
        for protocol in spec["protocols"]
    ]
    table = pd.concat(results, ignore_index=True)
    for (protocol, schedule), verdicts in table.groupby(["protocol", "schedule"])["verdict"]:
        counts = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.value_counts().items())
        say(f"{protocol}, {schedule or 'any schedule'}: {counts}")
    write_csv(table, snakemake.output.table)
