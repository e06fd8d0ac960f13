"""The properties of all graphs, one row each."""

from pathlib import Path
from typing import Any

import igraph
import pandas as pd

from sparsernn.files.tables import write_csv
from sparsernn.graphs.graphml import read_graph
from sparsernn.graphs.orientation import layers, orient
from sparsernn.graphs.properties import properties
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    rows = []
    for shard in map(Path, snakemake.input.graphs):
        own = shard / "files.csv"  # of a user's graphs
        files = (
            dict(pd.read_csv(own, dtype={"file": str}).to_numpy().tolist()) if own.exists() else {}
        )
        for path in sorted(shard.glob("*.graphml"), key=lambda path: int(path.stem)):
            dag = orient(read_graph(path))
            graph = igraph.Graph(n=len(dag), edges=list(dag.edges), directed=True)
            row = {"family": shard.parent.name, "graph": int(path.stem)}
            row |= {"file": files[row["graph"]]} if files else {}
            rows.append(row | properties(graph, layers(dag)))
    log(f"{len(rows)} graphs")
    write_csv(pd.DataFrame(rows), snakemake.output.properties)
