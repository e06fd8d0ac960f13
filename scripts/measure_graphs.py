"""The properties of all graphs, one row each."""

from pathlib import Path
from typing import Any

import pandas as pd

from sparsernn.files.tables import write_csv
from sparsernn.graphs.graphml import graph_name, shard_graphs
from sparsernn.graphs.measured import measured
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec, rows = snakemake.params.spec, []
    for shard in map(Path, snakemake.input.graphs):
        family = shard.parent.name
        original, null = spec["nulls"].get(family, (family, ""))
        for graph in shard_graphs(shard, family):
            own = family in spec["own"]
            row = {"family": graph.family, "graph": graph_name(graph.path, own)}
            row |= {"file": graph.path.name} if own else {}
            copy = "" if graph.copy is None else graph.copy
            row |= {"original": original, "null": null, "copy": copy} if spec["nulls"] else {}
            rows.append(row | measured(graph.path, spec.get("edges", "feedforward")))
    log(f"{len(rows)} graphs")
    write_csv(pd.DataFrame(rows), snakemake.output.properties)
