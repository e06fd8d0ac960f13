"""A shard of a family of graphs, each a GraphML file."""

from pathlib import Path
from typing import Any

import pandas as pd

from sparsernn.files.graphml import other_files
from sparsernn.files.tables import write_csv
from sparsernn.graphs.graphml import read_graph, write_graph
from sparsernn.graphs.random import generate
from sparsernn.seeds import numpy_generator
from sparsernn.workflow.jobs import job, log


@job
def main(snakemake: Any) -> None:
    spec = snakemake.params.spec
    own = list(snakemake.input)
    for position, index in enumerate(spec["graphs"]):
        rng = numpy_generator(spec["seed"], f"graph/{spec['family']}/{index}")
        graph = read_graph(own[position]) if own else generate(spec["settings"], rng)
        write_graph(graph, Path(snakemake.output.graphs) / f"{index}.graphml")
        origin = f"{own[position]}: " if own else ""
        log(f"graph {index}: {origin}{len(graph)} vertices, {graph.number_of_edges()} edges")
    if own:
        names = {"graph": spec["graphs"], "file": [Path(path).name for path in own]}
        write_csv(pd.DataFrame(names), Path(snakemake.output.graphs) / "files.csv")
        left = other_files(str(Path(own[0]).parent))
        log(f"not read, as their names don't end in .graphml: {', '.join(left) or 'none'}")
