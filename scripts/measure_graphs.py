"""The properties of all graphs, one row each."""

from pathlib import Path

import igraph
import pandas as pd

from jobs import job
from sparsernn.files import write_csv
from sparsernn.graphs import layers, orient, read_graph
from sparsernn.properties import properties

with job(snakemake) as say:
    rows = []
    for shard in map(Path, snakemake.input.graphs):
        for path in sorted(shard.glob("*.graphml"), key=lambda path: int(path.stem)):
            dag = orient(read_graph(path))
            graph = igraph.Graph(n=len(dag), edges=list(dag.edges), directed=True)
            row = {"family": shard.parent.name, "graph": int(path.stem)}
            rows.append(row | properties(graph, layers(dag)))
    say(f"{len(rows)} graphs")
    write_csv(pd.DataFrame(rows), snakemake.output.properties)
