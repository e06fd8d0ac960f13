"""The properties of all graphs, one row each."""

from pathlib import Path
from typing import Any

import pandas as pd

from sparsernn.files.tables import write_csv
from sparsernn.graphs.graphml import graph_name, graphs_in
from sparsernn.graphs.measured import measured
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, rows = snakemake.params.spec, []
    for shard in map(Path, snakemake.input.graphs):
        family = shard.parent.name
        original, null, copy = spec["nulls"].get(family, (family, "", ""))
        for path in graphs_in(shard):
            own = family in spec["own"]
            row = {"family": family, "graph": graph_name(path, own)}
            row |= {"file": path.name} if own else {}
            row |= {"original": original, "null": null, "copy": copy} if spec["nulls"] else {}
            rows.append(row | measured(path, spec.get("edges", "feedforward")))
    log(f"{len(rows)} graphs")
    write_csv(pd.DataFrame(rows), snakemake.output.properties)
