"""The thesis's claims, judged on every protocol, and on every schedule where it matters."""

from typing import Any

from sparsernn.data.datasets import TEXT
from sparsernn.files.tables import read_csv, write_csv
from sparsernn.thesis.claims import verdict_counts
from sparsernn.thesis.claims_table import read_claims
from sparsernn.thesis.paper import judge_paper, read_paper
from sparsernn.thesis.second_edition import judge_twice, second_counts
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    paths = dict(snakemake.input.items())
    claims = read_claims(paths["claims"])
    paper = read_paper(paths["paper"])
    study = dict(snakemake.params.spec["study"])
    tables = {name: read_csv(paths[name], text=TEXT) for name in study.pop("tables")}
    judged = judge_twice(claims, tables, **study)
    for line in (*verdict_counts(judged), *second_counts(judged)):
        log(line)
    write_csv(judged, snakemake.output.table)
    found = judge_paper(paper, tables, study["protocols"], study["confidence"])
    write_csv(found, snakemake.output.paper)
